---- MODULE M ----
A == "C:\dir"
====
