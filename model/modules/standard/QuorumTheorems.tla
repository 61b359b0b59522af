---- MODULE QuorumTheorems ----
\* Theorems only, which nothing evaluates: what remains is what the module extends.

EXTENDS Quorum, Integers, FiniteSets
====
