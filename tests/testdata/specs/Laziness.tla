---- MODULE Laziness ----
\* LET definitions and parameters are lazy: what is not needed is not evaluated, though it would fail.
EXTENDS Naturals, Sequences
VARIABLES q, n
Pick(a, b, c) == IF c THEN a ELSE b
Init == q = <<>> /\ n = 0
Next == \/ LET h == Head(q) IN
             /\ Len(q) > 0
             /\ q' = Tail(q)
             /\ n' = h
        \/ /\ Len(q) < 2
           /\ \E v \in 0..1 : q' = Append(q, v)
           /\ n' = Pick(n, Head(q), Len(q) = 0)
Safe == LET bad == Head(q) IN (Len(q) = 0) \/ bad \in {0, 1}
Unreached == n < 9 \/ [p \in {1, "a"} |-> 0] = n \/ <<>> \in [{1, "a"} -> {n}] \/ \E s \in {t \in SUBSET 1 : TRUE} : s = n
====
