---- MODULE M ----
A == x && !y
====
