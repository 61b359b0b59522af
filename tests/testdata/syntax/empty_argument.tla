---- MODULE M ----
A == F(x, )
====
