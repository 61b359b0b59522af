---- MODULE M ----
a ++ b == INSTANCE N
====
