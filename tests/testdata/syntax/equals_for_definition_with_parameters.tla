---- MODULE M ----
A == 1
B(x) = 2
====
