------------------------------ MODULE BagsExt ------------------------------
\* Bags, which are functions to the number of occurrences: single elements put in and taken out, folds.
\* FoldBag takes the elements in TLC's order, each as often as it occurs: op(... op(op(base, a), a) ..., z).

LOCAL INSTANCE Bags
LOCAL INSTANCE Folds
LOCAL INSTANCE Integers

BagAdd(B, x) == [y \in DOMAIN B \cup {x} |-> IF y # x THEN B[y] ELSE IF x \in DOMAIN B THEN B[x] + 1 ELSE 1]

BagRemoveAll(B, x) == [y \in DOMAIN B \ {x} |-> B[y]]

BagRemove(B, x) ==
  IF x \notin DOMAIN B THEN B ELSE IF B[x] = 1 THEN BagRemoveAll(B, x) ELSE [B EXCEPT ![x] = B[x] - 1]

\* Elements are folded on their own first, all occurrences of one together; choose does not matter.
MapThenFoldBag(op(_, _), base, f(_), choose(_), B) ==
  LET RECURSIVE times(_, _)
      times(x, n) == IF n = 0 THEN base ELSE op(times(x, n - 1), f(x))
  IN MapThenFoldSet(op, base, LAMBDA x : times(x, B[x]), LAMBDA S : CHOOSE x \in S : TRUE, DOMAIN B)

FoldBag(op(_, _), base, B) ==
  LET RECURSIVE fold(_, _)
      fold(C, result) ==
        IF DOMAIN C = {}
        THEN result
        ELSE LET x == CHOOSE x \in DOMAIN C : TRUE IN fold(BagRemove(C, x), op(result, x))
  IN fold(B, base)

SumBag(B) == FoldBag(LAMBDA sum, x : sum + x, 0, B)

ProductBag(B) == FoldBag(LAMBDA product, x : product * x, 1, B)
=============================================================================
