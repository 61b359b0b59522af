---- MODULE Instances ----
\* Parametrised and named instances, operators handed over, a variable that stands for an expression.
EXTENDS Naturals
VARIABLES a, b
---- MODULE Counter ----
EXTENDS Naturals
CONSTANTS Limit, Step(_)
VARIABLE c
Start == c = 0
Tick == c < Limit /\ c' = Step(c)
Small == c <= Limit
====
Two(n) == n + 2
A == INSTANCE Counter WITH c <- a, Limit <- 4, Step <- LAMBDA n : n + 1
B(l) == INSTANCE Counter WITH c <- b, Limit <- l, Step <- Two
Both == INSTANCE Counter WITH c <- a + b, Limit <- 10, Step <- Two
Init == A!Start /\ B(3)!Start
Next == \/ A!Tick /\ UNCHANGED b
        \/ B(5)!Tick /\ UNCHANGED a
        \/ a' = 0 /\ b' = 0 /\ a > 2
Inv == A!Small /\ B(6)!Small /\ Both!Small
Prop == [][Both!Tick \/ b' = b \/ a' = a]_<<a, b>>
====
