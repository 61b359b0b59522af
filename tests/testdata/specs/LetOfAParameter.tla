---- MODULE LetOfAParameter ----
\* A LET definition that stands for a parameter of the action around it.
EXTENDS Naturals
VARIABLE b
Init == b = 0
Become(n) == LET same == n IN b' = same
Add(n) == LET sum == n + 1 IN LET twice == 2 * sum IN b' = twice
Next == Become((b + 1) % 3) \/ (b = 2 /\ Add(b))
====
