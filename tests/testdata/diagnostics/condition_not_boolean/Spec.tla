---- MODULE Spec ----
EXTENDS Integers
VARIABLE x
Init == x = 0
Next == IF x THEN x' = 1 ELSE x' = 2
====
