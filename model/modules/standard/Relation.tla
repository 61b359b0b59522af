----------------------------- MODULE Relation ------------------------------
\* Relations on a set S, as boolean functions R on S \X S. With the suffix Under: as an operator of two arguments.

EXTENDS Naturals, FiniteSets

LOCAL Table(op(_, _), S) == [p \in S \X S |-> op(p[1], p[2])]

\* --- properties
IsReflexive(R, S) == \A x \in S : R[x, x]

IsReflexiveUnder(op(_, _), S) == IsReflexive(Table(op, S), S)

IsIrreflexive(R, S) == \A x \in S : R[x, x] = FALSE

IsIrreflexiveUnder(op(_, _), S) == IsIrreflexive(Table(op, S), S)

IsSymmetric(R, S) == \A x \in S : \A y \in S : R[x, y] = R[y, x]

IsSymmetricUnder(op(_, _), S) == IsSymmetric(Table(op, S), S)

IsAntiSymmetric(R, S) == \A x \in S : \A y \in S : x = y \/ ~R[x, y] \/ ~R[y, x]

IsAntiSymmetricUnder(op(_, _), S) == IsAntiSymmetric(Table(op, S), S)

IsAsymmetric(R, S) == \A x \in S : \A y \in S : ~R[x, y] \/ ~R[y, x]

IsAsymmetricUnder(op(_, _), S) == IsAsymmetric(Table(op, S), S)

IsTransitive(R, S) == \A x \in S : \A y \in S : R[x, y] => \A z \in S : R[y, z] => R[x, z]

IsTransitiveUnder(op(_, _), S) == IsTransitive(Table(op, S), S)

\* --- orders
IsPartiallyOrdered(R, S) == IsReflexive(R, S) /\ IsAntiSymmetric(R, S) /\ IsTransitive(R, S)

IsPartiallyOrderedUnder(op(_, _), S) == IsPartiallyOrdered(Table(op, S), S)

IsStrictlyPartiallyOrdered(R, S) == IsIrreflexive(R, S) /\ IsAntiSymmetric(R, S) /\ IsTransitive(R, S)

IsStrictlyPartiallyOrderedUnder(op(_, _), S) == IsStrictlyPartiallyOrdered(Table(op, S), S)

IsTotallyOrdered(R, S) == IsPartiallyOrdered(R, S) /\ \A x \in S : \A y \in S : R[x, y] \/ R[y, x]

IsTotallyOrderedUnder(op(_, _), S) == IsTotallyOrdered(Table(op, S), S)

IsStrictlyTotallyOrdered(R, S) ==
  IsStrictlyPartiallyOrdered(R, S) /\ \A x \in S : \A y \in S : x = y \/ R[x, y] \/ R[y, x]

IsStrictlyTotallyOrderedUnder(op(_, _), S) == IsStrictlyTotallyOrdered(Table(op, S), S)

\* --- closures
\* By Warshall: one more element of S may be passed through on each level.
TransitiveClosure(R, S) ==
  LET RECURSIVE through(_)
      through(T) ==
        IF T = {}
        THEN [x, y \in S |-> R[x, y]]
        ELSE LET z == CHOOSE z \in T : TRUE
                 C == through(T \ {z})
             IN [x, y \in S |-> C[x, y] \/ (C[x, z] /\ C[z, y])]
  IN through(S)

ReflexiveTransitiveClosure(R, S) == LET C == TransitiveClosure(R, S) IN [x, y \in S |-> x = y \/ C[x, y]]

IsConnected(R, S) == LET C == ReflexiveTransitiveClosure(R, S) IN \A x \in S : \A y \in S : C[x, y]
=============================================================================
