---- MODULE M ----
A == WF_v(a,b)
====
