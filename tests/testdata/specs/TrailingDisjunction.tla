---- MODULE TrailingDisjunction ----
\* Once every variable is assigned, a trailing disjunction is one boolean: one successor, not one for each arm.
EXTENDS Naturals
VARIABLES x, y
Init == x = 0 /\ y = 0
Next == /\ x' = (x + 1) % 3
        /\ y' \in {y, 1 - y}
        /\ \/ x' > y
           \/ x' >= 0
           \/ y' = y
====
