---- MODULE ActionProperty ----
\* An action property that one step violates.
EXTENDS Naturals
VARIABLES x, y
vars == <<x, y>>
Init == x = 0 /\ y = 0
Up == x < 4 /\ x' = x + 1 /\ y' = (y + x) % 3
Reset == x = 4 /\ x' = 0 /\ y' = y
Next == Up \/ Reset
Spec == Init /\ [][Next]_vars
Monotone == [][x' >= x]_vars
Positive == [](y >= 0)
====
