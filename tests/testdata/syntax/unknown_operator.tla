---- MODULE M ----
A == x \foo y
B == 1
====
