---- MODULE M ----
A == x <-1
====
