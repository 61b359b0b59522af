---- MODULE M ----
EXTEND Naturals
====
