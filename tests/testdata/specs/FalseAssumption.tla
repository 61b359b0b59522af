---- MODULE FalseAssumption ----
EXTENDS Naturals
CONSTANT N
ASSUME N > 0
ASSUME TooMany == N < 3
VARIABLE x
Init == x = 0
Next == x' = x
====
