---- MODULE M ----
A == IF x THEN y
B == 2
====
