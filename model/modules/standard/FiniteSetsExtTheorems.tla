---- MODULE FiniteSetsExtTheorems ----
\* Theorems only, which nothing evaluates: what remains is what the module extends.

EXTENDS FiniteSetsExt, FiniteSets, Integers
====
