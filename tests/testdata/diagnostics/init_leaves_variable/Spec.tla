---- MODULE Spec ----
EXTENDS Integers
VARIABLES x, y
Init == x = 0
Next == x' = 1 - x /\ y' = y
====
