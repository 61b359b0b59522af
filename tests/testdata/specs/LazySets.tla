---- MODULE LazySets ----
\* Sets kept by rule: membership in infinite sets, unions of them, filters; functions on infinite domains.
EXTENDS Integers, Sequences, FiniteSets
VARIABLES x, s
Odd == {n \in Nat : n % 2 = 1}
Some == (Nat \ {0}) \cup {-1}
Half == [n \in Int |-> n \div 2]
Init == x = 0 /\ s = <<>>
Next == \/ x' = x + 1 /\ x < 6 /\ s' = s
        \/ x \in Odd /\ s' = Append(s, Half[x]) /\ x' = x - 3 /\ Len(s) < 2
Inv == /\ x \in Int /\ (x > 0 => x \in Some) /\ (x # 0 \/ x \notin Some)
       /\ s \in Seq(Nat \cup {-1, -2}) /\ {x} \in SUBSET Int
       /\ Cardinality(SUBSET (1..20)) = 1048576
       /\ <<x, s>> \in Int \X Seq(Int)
====
