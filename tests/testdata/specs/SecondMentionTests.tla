---- MODULE SecondMentionTests ----
\* The second mention of x' tests; x' \in S after x' = e tests too; UNCHANGED of an assigned variable tests.
EXTENDS Naturals
VARIABLES x, y
Init == x \in 0..2 /\ y \in {0, 1} /\ x # y
Next == \/ /\ x' \in 0..4
           /\ x' = x + 1
           /\ x' \in {1, 3}
           /\ y' = 0
        \/ /\ x' = x
           /\ UNCHANGED x
           /\ y' = 1 - y
        \/ /\ y' = y + 1
           /\ UNCHANGED y
           /\ x' = 0
====
