---- MODULE InitialViolation ----
\* An initial state violates the invariant; the assumption holds.
EXTENDS Naturals
CONSTANT N
ASSUME Positive == N > 0
VARIABLE x
Init == x \in 0..N
Next == x' = (x + 1) % (N + 1)
Inv == x < N
====
