---- MODULE EnabledInInstance ----
\* ENABLED within an instance: next values of its own variables, not of what is substituted for them.
EXTENDS Naturals
VARIABLES x, z
---- MODULE Inner ----
VARIABLES y, w
Step == \/ y < 6 /\ y' = y + 1 /\ w' = {y'}
        \/ y > 8 /\ y' \in {y, 3} /\ w' = w /\ y' = 3
Able == ENABLED Step
AbleAgain == ENABLED (Step /\ w' # w)
====
I(a, b) == INSTANCE Inner WITH y <- 2 * a, w <- {b, x}
Init == x = 0 /\ z = 1
Next == x' = (x + 1) % 6 /\ z' = (IF I(x, z)!Able THEN z + 1 ELSE z) % 4
Inv == /\ I(x, z)!Able <=> x \notin {3, 4}
       /\ x = 5 => ~I(x, 0)!AbleAgain
       /\ x = 2 /\ z = 3 => I(x, z)!AbleAgain
====
