---- MODULE Spec ----
EXTENDS Integers, Sequences
VARIABLE x
Init == x = <<1, 2>>
Next == x' = <<x[3]>>
====
