---- MODULE M ----
A == x + 
====
