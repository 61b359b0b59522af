---- MODULE FunctionTheorems ----
\* Theorems only, which nothing evaluates: what remains is what the module extends.

EXTENDS Functions, Integers, FiniteSets
====
