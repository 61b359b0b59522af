---- MODULE SubsetLoops ----
\* Loops over subsets whose bodies begin by saying which, in Init, actions and predicates.
EXTENDS Integers, FiniteSets
VARIABLES x, S, n
All == 1..3
Init == /\ n = 0
        /\ \E r \in SUBSET All : r # {} /\ r \subseteq {1, 2, 9} /\ S = r
        /\ x \in {r \in SUBSET All : S \subseteq r /\ r \subseteq 0..3}
Grow == \E r \in SUBSET All : r \subseteq x \cup {3} /\ S \subseteq r /\ n' = Cardinality(r) /\ x' = r /\ S' = S
Given(T) == \E r \in SUBSET All : T \subseteq r /\ 3 \in r /\ n < 2 /\ x' = r /\ UNCHANGED <<S, n>>
Several == \E r, q \in SUBSET All : r \subseteq q /\ q \subseteq x /\ r # {} /\ x' = q \ r /\ n' = 0 /\ UNCHANGED S
None == \E r \in SUBSET All : 2 \in r /\ r \subseteq {1, 3} /\ n' = Cardinality("no set") /\ UNCHANGED <<x, S>>
Empty == \E r \in SUBSET All : r \subseteq {} /\ r # {} /\ UNCHANGED <<x, S, n>>
Either == n < 2 /\ x' \in {{}} /\ n' = n /\ S' \in {q \in SUBSET All : S \subseteq q /\ Cardinality(q) < 3}
Next == Grow \/ Given({n}) \/ Several \/ None \/ Empty \/ Either
Small == \A r \in SUBSET All : r \subseteq x /\ 3 \in r => Cardinality(r) <= Cardinality(x)
Least == (CHOOSE r \in SUBSET All : x \subseteq r) = x
Can == ENABLED Given({3}) \/ n > 1
====
