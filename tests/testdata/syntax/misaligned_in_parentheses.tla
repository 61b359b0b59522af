---- MODULE M ----
A == /\ (a
     + b)
====
