---- MODULE ExceptPaths ----
\* EXCEPT with several paths and @, also outside the domain; functions of two arguments; recursive functions.
EXTENDS Integers, Sequences, TLC
VARIABLES f, r
fact[n \in Nat] == IF n = 0 THEN 1 ELSE n * fact[n - 1]
Init == /\ f = [i \in 1..2, j \in {"a", "b"} |-> i]
        /\ r = [k |-> <<1, [z |-> 0]>>, m |-> (1 :> 5 @@ 7 :> 6)]
Next == \/ /\ f' = [f EXCEPT ![1, "a"] = (@ + 1) % 3, ![2, "b"] = f[1, "a"]]
           /\ r' = [r EXCEPT !.k[2].z = (@ + 1) % 2, !.m[7] = @ + 0]
        \/ /\ f' = [f EXCEPT ![1, "b"] = fact[3] - @]
           /\ r' = [r EXCEPT !.k[1] = -r.k[1]]
Inv == /\ r.k[1] \in {-1, 1}
       /\ DOMAIN f = (1..2) \X {"a", "b"}
       /\ r.m[7] = 6
====
