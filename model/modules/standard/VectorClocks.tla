--------------------------- MODULE VectorClocks ----------------------------
\* Logs of events that carry vector clocks: functions from nodes to how many events of the node are known.

EXTENDS Naturals, Sequences, Functions

\* How far `node` is along by a clock that may not know of it yet.
LOCAL At(clock, node) == IF node \in DOMAIN clock THEN clock[node] ELSE 0

\* An event may come after another one where its clock knows of something that the other's does not.
LOCAL MayFollow(later, earlier) == \E n \in DOMAIN later \cup DOMAIN earlier : At(later, n) > At(earlier, n)

IsCausalOrder(log, clock(_)) ==
  \A i \in 1 .. Len(log) : \A j \in 1 .. i - 1 : MayFollow(clock(log[i]), clock(log[j]))

\* `node` of an entry, and `domain` of a clock, only tell an engine what it need not find out by trying.
CausalOrder(log, clock(_), node(_), domain(_)) ==
  CHOOSE sorted \in {s \in [1 .. Len(log) -> Range(log)] : Range(s) = Range(log)} : IsCausalOrder(sorted, clock)
=============================================================================
