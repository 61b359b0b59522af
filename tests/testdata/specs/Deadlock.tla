---- MODULE Deadlock ----
\* A successor outside the model is enough to avoid deadlock; the state (3, 3) has none at all.
EXTENDS Naturals
VARIABLES x, y
Init == x = 0 /\ y = 0
Next == \/ x < 3 /\ x' = x + 1 /\ y' = y
        \/ y < 3 /\ y' = y + 1 /\ x' = x
Bound == x + y < 6
====
