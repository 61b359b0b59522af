---- MODULE M ----
A == "abc
====
