---- MODULE BagNetwork ----
\* Bags of messages, sent twice and lost.
EXTENDS Naturals, Bags, FiniteSets
VARIABLES net, got
Init == net = EmptyBag /\ got = {}
Send(m) == BagCardinality(net) < 3 /\ net' = net (+) SetToBag({m}) /\ UNCHANGED got
Recv(m) == BagIn(m, net) /\ net' = net (-) SetToBag({m}) /\ got' = got \cup {m}
Next == \E m \in {"a", "b"} : Send(m) \/ Recv(m)
Inv == /\ IsABag(net) /\ BagToSet(net) \subseteq {"a", "b"}
       /\ \A m \in {"a", "b"} : CopiesIn(m, net) <= 3
====
