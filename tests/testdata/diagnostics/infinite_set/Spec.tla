---- MODULE Spec ----
EXTENDS Integers
VARIABLE x
Init == x \in Nat
Next == x' = x
====
