---- MODULE Spec ----
EXTENDS Integers
VARIABLE x
Init == x = 5
Next == x' = CASE x = 1 -> 2 [] x = 2 -> 3
====
