---- MODULE M
A == x + 
====
