---- MODULE LeadingDisjunction ----
\* A disjunction before the last assignment counts a successor for each arm that holds, even if the arms agree.
EXTENDS Naturals
VARIABLES x, y
Init == x = 0 /\ y = 0
Next == /\ \/ x >= 0
           \/ x < 3
           \/ x = 7
        /\ x' = (x + 1) % 4
        /\ \E w \in 1..3 : w > 1
        /\ y' = IF x' = 0 THEN 1 - y ELSE y
====
