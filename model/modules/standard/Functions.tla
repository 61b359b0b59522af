----------------------------- MODULE Functions -----------------------------
\* Functions: parts of them, their ranges and inverses, those of one kind between two sets, folds.
\* The folds take the elements in TLC's order, each as the left operand: op(f[z], ... op(f[b], op(f[a], base))).

EXTENDS Integers, Folds

Range(f) == {f[x] : x \in DOMAIN f}

\* --- parts of a function
Restrict(f, S) == [x \in S |-> f[x]]

RestrictDomain(f, Test(_)) == [x \in {a \in DOMAIN f : Test(a)} |-> f[x]]

RestrictValues(f, Test(_)) == [x \in {a \in DOMAIN f : Test(f[a])} |-> f[x]]

IsRestriction(f, g) ==
  /\ DOMAIN f \subseteq DOMAIN g
  /\ \A x \in DOMAIN f : f[x] = g[x]

\* --- one function from another
Pointwise(f, g, op(_, _)) == [x \in DOMAIN f |-> op(f[x], g[x])]

\* Where f takes a value of T several times, or never, the choice is some element of S.
Inverse(f, S, T) == LET R == Range(f) IN [y \in T |-> CHOOSE x \in S : y \notin R \/ f[x] = y]

AntiFunction(f) == Inverse(f, DOMAIN f, Range(f))

\* --- kinds of functions
IsInjective(f) == \A x, y \in DOMAIN f : x = y \/ f[x] # f[y]

Injection(S, T) == {f \in [S -> T] : IsInjective(f)}

Surjection(S, T) == {f \in [S -> T] : \A y \in T : \E x \in S : f[x] = y}

Bijection(S, T) == {f \in Injection(S, T) : \A y \in T : \E x \in S : f[x] = y}

ExistsInjection(S, T) == \E f \in [S -> T] : IsInjective(f)

ExistsSurjection(S, T) == \E f \in [S -> T] : \A y \in T : \E x \in S : f[x] = y

ExistsBijection(S, T) == \E f \in Injection(S, T) : \A y \in T : \E x \in S : f[x] = y

\* --- folds
FoldFunctionOnSet(op(_, _), base, f, S) ==
  LET RECURSIVE fold(_, _)
      fold(T, result) ==
        IF T = {} THEN result ELSE LET x == CHOOSE x \in T : TRUE IN fold(T \ {x}, op(f[x], result))
  IN fold(S, base)

FoldFunction(op(_, _), base, f) == FoldFunctionOnSet(op, base, f, DOMAIN f)

SumFunctionOnSet(f, S) == FoldFunctionOnSet(LAMBDA value, sum : sum + value, 0, f, S)

SumFunction(f) == SumFunctionOnSet(f, DOMAIN f)
=============================================================================
