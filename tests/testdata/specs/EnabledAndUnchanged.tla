---- MODULE EnabledAndUnchanged ----
\* ENABLED in an invariant and in a guard; primes under definitions; UNCHANGED of nested tuples.
EXTENDS Naturals
VARIABLES x, y, z
inner == <<y, z>>
vars == <<x, inner>>
Up == x < 3 /\ x' = x + 1 /\ UNCHANGED inner
Down == x > 0 /\ ~ENABLED Up /\ x' = 0 /\ y' = (y + 1) % 2 /\ z' \in {y, z}
Init == x = 0 /\ inner = <<0, 0>>
Init2 == x = 0 /\ y = 0 /\ z = 0
Next == Up \/ Down
Inv == (ENABLED Up) = (x < 3) /\ (ENABLED <<Down>>_vars) = (x = 3)
====
