---- MODULE SetsInActions ----
\* x' \in a set of functions, of records, of subsets; x' \subseteq S; two bounds; a tuple pattern.
EXTENDS Naturals, FiniteSets
VARIABLES f, s, p
Init == f \in [{1, 2} -> BOOLEAN] /\ s = {} /\ p = [a |-> 0, b |-> 0]
Next == \/ f' \in [{1, 2} -> BOOLEAN] /\ UNCHANGED <<s, p>>
        \/ s' \in SUBSET {1, 2, 3} /\ Cardinality(s') = 2 /\ UNCHANGED <<f, p>>
        \/ p' \in [a : {0, 1}, b : s \cup {0}] /\ UNCHANGED <<f, s>>
        \/ \E <<i, j>> \in s \X s : i < j /\ p' = [a |-> i, b |-> j] /\ UNCHANGED <<f, s>>
        \/ \E i, j \in s, k \in {9} : i # j /\ p' = [p EXCEPT !.a = k] /\ UNCHANGED <<f, s>>
Inv == p.b \in 0..3
====
