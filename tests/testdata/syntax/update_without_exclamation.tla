---- MODULE M ----
A == [f EXCEPT [a] = 1]
====
