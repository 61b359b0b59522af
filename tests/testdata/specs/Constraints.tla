---- MODULE Constraints ----
\* A state outside the CONSTRAINT is generated and checked, but neither stored nor explored; so with steps.
EXTENDS Naturals
VARIABLES x, y
Init == x \in 0..9 /\ y = 0
Next == \/ x' = x + 1 /\ y' = y
        \/ y' = y + 1 /\ x' = x
Bound == x <= 5 /\ y <= 4
Steps == ~(x = 2 /\ x' = 3)
Checked == x <= 9
====
