---- MODULE GraphTheorems ----
\* Theorems only, which nothing evaluates: what remains is what the module extends.

EXTENDS Graphs, Sequences
====
