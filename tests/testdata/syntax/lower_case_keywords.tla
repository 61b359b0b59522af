---- MODULE M ----
A == if x then y else z
====
