---- MODULE M ----
A == UNCHANGED x'
====
