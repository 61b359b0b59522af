--------------------------- MODULE FiniteSetsExt ---------------------------
\* Finite sets: folds, sums, extremes, subsets of a size, choices.
\* FoldSet takes the elements in TLC's order, each as the left operand: op(z, ... op(b, op(a, base))).

EXTENDS Integers, FiniteSets, Folds, Functions

\* --- folds
FoldSet(op(_, _), base, S) ==
  LET RECURSIVE fold(_, _)
      fold(T, result) ==
        IF T = {} THEN result ELSE LET x == CHOOSE x \in T : TRUE IN fold(T \ {x}, op(x, result))
  IN fold(S, base)

ReduceSet(op(_, _), S, base) == FoldSet(op, base, S)

SumSet(S) == FoldSet(LAMBDA x, sum : sum + x, 0, S)

ProductSet(S) == FoldSet(LAMBDA x, product : product * x, 1, S)

MapThenSumSet(f(_), S) == FoldSet(LAMBDA x, sum : sum + f(x), 0, S)

\* --- counting and extremes
Quantify(S, P(_)) == Cardinality({x \in S : P(x)})

Max(S) == CHOOSE x \in S : \A y \in S : y <= x

Min(S) == CHOOSE x \in S : \A y \in S : y >= x

ChooseUnique(S, P(_)) == CHOOSE x \in S : {y \in S : P(y)} = {x}

\* --- sets from sets
FlattenSet(S) == UNION S

SymDiff(S, T) == (S \cup T) \ (S \cap T)

kSubset(k, S) == {T \in SUBSET S : Cardinality(T) = k}

\* Every set that has one element from each of Sets.
Choices(Sets) == {Range(f) : f \in {g \in [Sets -> UNION Sets] : \A S \in Sets : g[S] \in S}}
=============================================================================
