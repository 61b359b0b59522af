---- MODULE M ----
Next ==
  /\ x < 3
  /\ x' = (x + 1

Inv == x < 3
====
