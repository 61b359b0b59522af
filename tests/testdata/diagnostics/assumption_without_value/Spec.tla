---- MODULE Spec ----
EXTENDS Integers
ASSUME {} = 1
VARIABLE x
Init == x = 0
Next == x' = 1 - x
====
