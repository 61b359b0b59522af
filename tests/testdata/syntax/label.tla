---- MODULE M ----
A == f(1):: x
====
