---- MODULE M ----
I == INSTANCE N WITH x = 1
====
