---- MODULE KindsClash ----
\* TLC compares before it merges: an error, not a state space that is smaller.
EXTENDS Naturals
VARIABLE x
Init == x = 0
Next == x' = IF x = 0 THEN "a" ELSE 0
Inv == x \in Nat
====
