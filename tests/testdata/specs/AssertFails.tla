---- MODULE AssertFails ----
\* Assert ends the run.
EXTENDS Naturals, TLC
VARIABLE x
Init == x = 0
Next == x' = x + 1 /\ Assert(x' < 4, "x is too large")
====
