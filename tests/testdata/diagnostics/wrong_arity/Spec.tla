---- MODULE Spec ----
EXTENDS Integers
VARIABLE x
Init == x = 0
Add(a, b) == a + b
Next == x' = Add(x)
====
