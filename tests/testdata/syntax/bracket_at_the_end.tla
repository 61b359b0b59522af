---- MODULE M ----
A == [a |-> {1, 2
