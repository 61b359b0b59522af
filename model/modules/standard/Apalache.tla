------------------------------ MODULE Apalache ------------------------------
\* The operators by which a specification speaks to Apalache, and what they mean to everyone else.

LOCAL INSTANCE FiniteSets
LOCAL INSTANCE Integers
LOCAL INSTANCE Sequences

\* An assignment, of a next value too.
x := e == x = e

\* --- hints, each equal to its argument
Skolem(e) == e

Expand(S) == S

ConstCardinality(e) == e

\* --- data
\* A value of the type wanted, of that size at most: Apalache alone can tell.
Gen(size) == {}

Guess(S) == CHOOSE x \in S : TRUE

MkSeq(n, F(_)) == [i \in 1 .. n |-> F(i)]

\* The function of which S holds the pairs.
SetAsFun(S) == [x \in {p[1] : p \in S} |-> (CHOOSE p \in S : p[1] = x)[2]]

FunAsSeq(f, length, capacity) == SubSeq([i \in 1 .. capacity |-> f[i]], 1, length)

\* F(... F(F(x, 1), 2) ..., n).
Repeat(F(_, _), n, x) ==
  LET RECURSIVE upTo(_)
      upTo(i) == IF i = 0 THEN x ELSE F(upTo(i - 1), i)
  IN upTo(n)

\* op(... op(op(v, a), b) ..., z).
ApaFoldSet(op(_, _), v, S) ==
  LET RECURSIVE fold(_, _)
      fold(T, result) ==
        IF T = {} THEN result ELSE LET x == CHOOSE x \in T : TRUE IN fold(T \ {x}, op(result, x))
  IN fold(S, v)

ApaFoldSeqLeft(op(_, _), v, s) == Repeat(LAMBDA result, i : op(result, s[i]), Len(s), v)
=============================================================================
