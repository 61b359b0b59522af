---- MODULE M ----
A == [x \in S -> x]
====
