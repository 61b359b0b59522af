---- MODULE M ----
A == a /\ b \/ c
====
