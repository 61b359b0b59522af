---- MODULE Spec ----
EXTENDS Integers
VARIABLE x
Init == x = (CHOOSE n : n > 3)
Next == x' = x
====
