---- MODULE Symmetric ----
\* Symmetry under all permutations of three model values, in sets, functions and records.
EXTENDS Naturals, FiniteSets, TLC
CONSTANTS Proc, None
VARIABLES holder, waiting, count
Init == holder = None /\ waiting = {} /\ count = [p \in Proc |-> 0]
Ask(p) == /\ p \notin waiting /\ holder # p
          /\ waiting' = waiting \cup {p}
          /\ UNCHANGED <<holder, count>>
Get(p) == /\ holder = None /\ p \in waiting
          /\ holder' = p /\ waiting' = waiting \ {p}
          /\ count' = [count EXCEPT ![p] = (@ + 1) % 3]
Release == holder # None /\ holder' = None /\ UNCHANGED <<waiting, count>>
Next == (\E p \in Proc : Ask(p) \/ Get(p)) \/ Release
TypeOK == /\ holder \in Proc \cup {None}
          /\ waiting \in SUBSET Proc
          /\ count \in [Proc -> 0..2]
Perms == Permutations(Proc)
====
