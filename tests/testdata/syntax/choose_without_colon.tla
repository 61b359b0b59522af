---- MODULE M ----
A == CHOOSE x \in S
====
