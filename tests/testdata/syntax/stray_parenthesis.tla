---- MODULE M ----
A == x)
====
