-------------------------------- MODULE Shapes --------------------------------
(* Next takes its actions through every construct that may lie in between.   *)
EXTENDS Naturals, Sequences

CONSTANT N

VARIABLES x, y

S == 0..N

Inner == INSTANCE ShapesInner WITH z <- y

Init == x = 0 /\ y = 0

Plain(a) == x' = a /\ y' = y
Pair(a, b) == x' = a /\ y' = b
Add(a, b) == x' = (x + a + b) % (N + 1) /\ UNCHANGED y
Swap == x' = y /\ y' = x
Both(a) == (x' = a /\ y' = a) \/ (x' = a /\ y' = 0)
Deep(a) == x' = x /\ y' = a
Never(a) == x' = a /\ y' = a

(* Through definitions: an argument passed on, and one chosen on the way.    *)
Way(b) == \E a \in S : a # b /\ Pair(a, b)
Way2(c) == \E b \in S : b > c /\ Way(b)

(* Under conditions, which have to hold too.                                 *)
Odd(a) == LET twice == 2 * a
          IN  IF twice > x THEN Deep(twice % (N + 1)) ELSE a = 0 /\ Deep(a)
Cases == CASE x = 0 -> Swap
           [] x = 1 -> \E a \in S : Both(a)
           [] OTHER -> \E a \in S : Odd(a)

RECURSIVE Loop(_)
Loop(n) == IF n = 0 THEN FALSE ELSE Never(n) \/ Loop(n - 1)

Next ==
  \/ \E a \in S : x < a /\ Plain(a)
  \/ \E a \in S : Way2(a)
  \/ \E a, b \in S : Add(a, b) \/ Add(b, b) \/ Add(a + 1, 3)
  \/ \E <<a, b>> \in S \X {1} : Both(a) /\ b = 1
  \/ Cases
  \/ \E a \in S : y = 0 /\ (Swap \/ Both(a))
  \/ Inner!Step
  \/ \E a \in S : Inner!Set(a)
  \/ Loop(0)

Spec == Init /\ [][Next]_<<x, y>>
=============================================================================
