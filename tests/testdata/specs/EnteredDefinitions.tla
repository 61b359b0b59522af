---- MODULE EnteredDefinitions ----
\* Definitions, parameters and \A in action position are entered: each disjunct and witness in them is a successor.
EXTENDS Naturals
CONSTANT P
VARIABLES x, y, v
Ready == x >= 0 \/ (\E p \in P : y[p] >= 0)
Both(g) == g /\ x' = (x + 1) % 3
Many == \A p \in {q \in P : y[q] < 2} : (y[p] = 0 \/ y[p] >= 0)
Init == x = 0 /\ y = [p \in P |-> 0] /\ v = [p \in P |-> FALSE]
Next == \/ Ready /\ x' = (x + 1) % 3 /\ UNCHANGED <<y, v>>
        \/ Both(x = 0 \/ x < 2) /\ UNCHANGED <<y, v>>
        \/ Many /\ \E p \in P : y' = [y EXCEPT ![p] = (@ + 1) % 3] /\ UNCHANGED <<x, v>>
        \/ /\ ~(x = 1 \/ x = 2) /\ (x = 0 => (x = 0 \/ x < 9))
           /\ x' = x /\ y' = y
           /\ v' \in [P -> BOOLEAN]
Next2 == Next
====
