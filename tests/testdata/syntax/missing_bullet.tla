---- MODULE M ----
A == /\ x = 1
   y = 2
====
