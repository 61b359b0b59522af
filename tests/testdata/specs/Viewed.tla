---- MODULE Viewed ----
\* States with one VIEW are one state.
EXTENDS Naturals
VARIABLES x, history
Init == x = 0 /\ history = {}
Next == x' \in 0..3 /\ x' # x /\ history' = history \cup {x}
Look == <<x, history = {}>>
====
