---- MODULE NotMerged ----
\* Values of different kinds that are not merged: 1 and TRUE, "a" and a model value, <<>> and {}.
EXTENDS Naturals, Sequences
CONSTANT a
VARIABLE x
Init == x \in {0}
Next == \/ x = 0 /\ x' = 1
        \/ x = 0 /\ x' = <<1>>
        \/ x = 0 /\ x' = <<TRUE>>
        \/ x = 0 /\ x' = [i \in {1} |-> 1]
        \/ x = 0 /\ x' = <<"a">>
        \/ x = 0 /\ x' = <<a>>
        \/ x = 0 /\ x' = <<{}>>
        \/ x = 0 /\ x' = <<<<>>>>
        \/ x = 0 /\ x' = [n |-> 1]
        \/ x = 0 /\ x' = 0 - 1
        \/ x = 0 /\ x' = 0 - 2
====
