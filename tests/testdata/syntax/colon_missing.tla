---- MODULE M ----
A == \E x \in S P
====
