---- MODULE RecursiveOperatorInAction ----
\* Recursive operators that assign, branch, call each other, and are handed operators and formulas: each way through is a successor.
EXTENDS Naturals, Sequences
VARIABLES x, y, z

RECURSIVE Times(_, _)
Times(n, A) == IF n = 0 THEN z' = x ELSE (A \/ Times(n - 1, A)) 

RECURSIVE Fold(_, _, _)
Fold(Op(_, _), acc, s) == IF s = <<>> THEN acc ELSE Fold(Op, Op(acc, Head(s)), Tail(s))

RECURSIVE Steps(_, _)
Steps(Op(_), s) == IF s = {} THEN UNCHANGED z
                   ELSE LET e == CHOOSE e \in s : TRUE
                        IN Op(e) \/ Steps(Op, s \ {e})

RECURSIVE Even(_), Odd(_)
Even(n) == IF n = 0 THEN x' = (x + 1) % 3 ELSE Odd(n - 1) \/ n = 2
Odd(n) == IF n = 0 THEN FALSE ELSE Even(n - 1) \/ y' = n

Init == LET RECURSIVE From(_)
            From(n) == IF n = 0 THEN x = 0 ELSE From(n - 1) \/ x = n
        IN From(2) /\ y = 0 /\ z = 0
Local(m) ==
  LET RECURSIVE Down(_)
      Down(n) == \/ n = m /\ z' = n
                 \/ n < m /\ \E k \in {1, 2} : Down(n + k)
  IN Down(0)
\* What is tested branches too, once for each way in which it is TRUE.
RECURSIVE Any(_)
Any(n) == IF n = 0 THEN TRUE ELSE Any(n - 1) \/ n > 1

\* A function by application, whose arms give different variables their values.
Set[n \in 0..3] == IF n = 0 THEN x' = 0 /\ y' = 1 ELSE Set[n - 1] \/ (n = 2 /\ y' = n)
Next == \/ Any(3) /\ x' = (x + 1) % 3 /\ UNCHANGED <<y, z>>
        \/ Set[3] /\ x' \in {0, 1} /\ UNCHANGED z
        \/ Times(2, x' = x /\ z' = 1 - (z % 2)) /\ y' = y /\ x' \in 0..2
        \/ Steps(LAMBDA e : z' = e, {1, 2}) /\ x' = Fold(LAMBDA a, b : (a + b) % 3, 0, <<x, y, 1>>) /\ y' = y
        \/ Even(2) /\ UNCHANGED z /\ (y' = 0 \/ y' = 1) /\ x' \in {0, 1}
        \/ Local(3) /\ UNCHANGED <<x, y>>
Spec == Init /\ [][Next]_<<x, y, z>>
Able == ENABLED (Even(2) /\ UNCHANGED z /\ (y' = 0 \/ y' = 1) /\ x' \in {0, 1})
Inv == Able
====
