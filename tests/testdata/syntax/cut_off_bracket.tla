---- MODULE M ----
A == f[1
B == 2
====
