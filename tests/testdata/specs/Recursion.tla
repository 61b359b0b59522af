---- MODULE Recursion ----
\* Recursive operators, one under LET that sees its surroundings, and operators as arguments.
EXTENDS Naturals, Sequences, FiniteSets
VARIABLES x, trail
RECURSIVE Fold(_, _, _)
Fold(Op(_, _), base, s) == IF s = <<>> THEN base ELSE Op(Head(s), Fold(Op, base, Tail(s)))
Plus(a, b) == a + b
Sum(s) == Fold(Plus, 0, s)
Longest(S) ==
  LET RECURSIVE Best(_, _)
      Best(T, m) == IF T = {} THEN m
                    ELSE LET e == CHOOSE e \in T : TRUE
                         IN Best(T \ {e}, IF e > m THEN e ELSE m)
  IN Best(S, x)
Init == x = 0 /\ trail = <<>>
Next == /\ Len(trail) < 3
        /\ \E d \in 1..2 : /\ trail' = Append(trail, d)
                           /\ x' = Longest({Sum(trail'), Fold(LAMBDA a, b : a * b, 1, trail')})
Inv == x >= Sum(trail)
====
