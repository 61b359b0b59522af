---- MODULE Spec ----
EXTENDS Integers
VARIABLES x, y
Init == x = 0 /\ y = 0
Flip == x' = 1 - x
Next == Flip
====
