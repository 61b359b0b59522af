---- MODULE Spec ----
EXTENDS Integers, Sequencs
VARIABLE x
Init == x = 0
Next == x' = 1 - x
====
