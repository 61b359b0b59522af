---- MODULE ForallAssigns ----
\* \A that gives variables' values, in Init and in Next.
EXTENDS Naturals
VARIABLES a, b
Init == \A i \in {1, 2} : IF i = 1 THEN a \in {0, 1} ELSE b \in {0, 1} \/ b = 0
Next == \A i \in {1, 2} : IF i = 1 THEN a' = 1 - a \/ a' = a ELSE b' \in {a', 1}
====
