------------------------------- MODULE Folds -------------------------------
\* Folding an operator over a finite set, one element after the other.

\* op(f(a), op(f(b), ... op(f(z), base))) where a is chosen from S, b from S without a, and so on: z is chosen last.
MapThenFoldSet(op(_, _), base, f(_), choose(_), S) ==
  LET RECURSIVE fold(_)
      fold(T) == IF T = {} THEN base ELSE LET a == choose(T) IN op(f(a), fold(T \ {a}))
  IN fold(S)
=============================================================================
