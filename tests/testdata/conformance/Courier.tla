------------------------------- MODULE Courier -------------------------------
(* Parcels for clients, at most Room of them under way at a time.            *)
EXTENDS Naturals, FiniteSets

CONSTANTS Client, Weight, Room

ASSUME Enough == Room > 0

VARIABLES
  way,     \* The set of parcels under way.
  door,    \* door[c] is "open" or "shut".
  stock    \* stock[c] is the weight that c has got so far.

Parcel == [to : Client, weight : Weight]

Init == /\ way = {}
        /\ door \in [Client -> {"shut"}]
        /\ stock = [c \in Client |-> 0]

Send(c, w) ==
  /\ Cardinality(way) < Room
  /\ way' = way \cup {[to |-> c, weight |-> w]}
  /\ UNCHANGED <<door, stock>>

(* A parcel is lost.                                                         *)
Lose(p) ==
  /\ way' = way \ {p}
  /\ UNCHANGED <<door, stock>>

Open(c) ==
  /\ door[c] = "shut"
  /\ door' = [door EXCEPT ![c] = "open"]
  /\ UNCHANGED <<way, stock>>

Shut(c) ==
  /\ door[c] = "open"
  /\ door' = [door EXCEPT ![c] = "shut"]
  /\ UNCHANGED <<way, stock>>

Deliver(c, p) ==
  /\ p.to = c
  /\ door[c] = "open" \/ p.weight < 1     \* What is light fits through a slot.
  /\ way' = way \ {p}
  /\ stock' = [stock EXCEPT ![c] = @ + p.weight]
  /\ UNCHANGED door

Next ==
  \/ \E c \in Client, w \in Weight : Send(c, w)
  \/ \E p \in way : Lose(p)
  \/ \E c \in Client : Open(c) \/ Shut(c)
  \/ \E c \in Client : \E p \in way : Deliver(c, p)

Spec == Init /\ [][Next]_<<way, door, stock>>

Light == \A c \in Client : stock[c] < 10
=============================================================================
