---- MODULE RecursiveFunctionInAction ----
\* A recursive function applied in action position is walked: each arm that is TRUE is a successor, at every depth.
EXTENDS Naturals
VARIABLES x, seen
Reach[n \in 0..3] == n = 0 \/ n = x \/ (n > 0 /\ Reach[n - 1])
Safe(b) ==
  LET SA[bb \in 0..3] ==
        \/ bb = 0
        \/ \E c \in 0..(bb - 1) : /\ (c # 1) => (SA[c] /\ c \notin seen)
                                  /\ bb # x
  IN SA[b]
Init == x = 0 /\ seen = {} /\ Reach[2]
Next == \/ \E n \in 0..3 : Safe(n) /\ x' = n /\ seen' = seen \cup {x}
        \/ /\ Reach[x]
           /\ x' = (x + 1) % 4
           /\ UNCHANGED seen
        \/ x' = 0 /\ UNCHANGED seen /\ Reach[3]
Able == ENABLED (Safe(2) /\ x' = 1 /\ UNCHANGED seen)
Inv == Able \/ x \in 0..3
====
