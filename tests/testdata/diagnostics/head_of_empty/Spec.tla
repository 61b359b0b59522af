---- MODULE Spec ----
EXTENDS Integers, Sequences
VARIABLE x
Init == x = <<>>
Next == x' = <<Head(x)>>
====
