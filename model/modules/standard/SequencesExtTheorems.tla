---- MODULE SequencesExtTheorems ----
\* Theorems, and operators to state them with, which nothing evaluates: what remains is what the module extends.

EXTENDS Sequences, SequencesExt, Functions, Integers, WellFoundedInduction
====
