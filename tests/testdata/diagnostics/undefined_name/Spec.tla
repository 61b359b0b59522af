---- MODULE Spec ----
EXTENDS Integers
VARIABLE counter
Init == counter = 0
Next == counter' = countr + 1
====
