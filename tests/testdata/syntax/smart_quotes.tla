---- MODULE M ----
A == “a”
====
