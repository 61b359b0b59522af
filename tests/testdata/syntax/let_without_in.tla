---- MODULE M ----
A == LET x == 1
     x + 1
B == 2
====
