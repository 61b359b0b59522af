---- MODULE Spec ----
EXTENDS Integers
VARIABLE x
Init == x = [term |-> 1, log |-> <<>>]
Next == x' = [x EXCEPT !.term = x.trem]
====
