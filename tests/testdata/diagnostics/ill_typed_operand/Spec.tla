---- MODULE Spec ----
EXTENDS Integers
VARIABLE x
Init == x = "a"
Next == x' = x + 1
====
