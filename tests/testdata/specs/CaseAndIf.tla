---- MODULE CaseAndIf ----
\* In Next, CASE takes the first true arm alone; IF takes one side.
EXTENDS Naturals
VARIABLES x, y
Init == x = 0 /\ y = 0
Next == \/ CASE x = 0 -> x' = 1 /\ y' = y
             [] x = 1 -> x' \in {0, 2} /\ y' = 1
             [] x >= 1 -> x' = 0 /\ y' \in 0..2
        \/ IF y = 2 THEN x' = x /\ y' = 0 ELSE y' = y + 1 /\ x' = x
====
