---- MODULE M ----
A == 1 (* foo
====
