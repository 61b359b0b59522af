---- MODULE M ----
A == x;
====
