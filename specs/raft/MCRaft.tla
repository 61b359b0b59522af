------------------------------- MODULE MCRaft -------------------------------
(*****************************************************************************)
(* Finite models of Raft.  Each configuration MCRaft*.cfg is one model; the  *)
(* catalog tells what checking it must find.                                 *)
(*                                                                           *)
(* Raft has infinitely many states.  A model keeps those that satisfy        *)
(* Bounds: TLC generates the steps that leave them, and goes no further.     *)
(* With Lose among the steps, MaxMessages bounds what is under way at a time *)
(* and not what is ever sent, so that few messages suffice for long          *)
(* behaviours.  There is no bound on the number of crashes, only on how many *)
(* servers are down at a time.                                               *)
(*****************************************************************************)
EXTENDS Raft, TLC

CONSTANTS
  MaxTerm,        \* The last term.
  MaxCandidates,  \* How many servers may be candidates at a time.
  MaxDown,        \* How many servers may be down at a time.
  MaxLogLength,   \* The number of entries in a log, of which
  MaxCommands,    \*   this many are commands, the others being no-ops.
  MaxEntries,     \* The number of entries in a request.
  MaxMessages,    \* The number of messages in the network.
  Heartbeats      \* Which requests without entries there may be: "all", "news"
                  \*   for those that tell of a commitment, or "none".

ASSUME BoundsAssumption ==
  /\ {MaxTerm, MaxCandidates, MaxDown, MaxLogLength, MaxCommands, MaxEntries,
      MaxMessages} \subseteq Nat
  /\ Heartbeats \in {"all", "news", "none"}

Symmetry == Permutations(Server)

HasRole(r) == {i \in Server : role[i] = r}

Commands(l) == {k \in 1..Len(l) : l[k].value # NoOp}

Bounds ==
  /\ Cardinality(messages) <= MaxMessages
  /\ Cardinality(HasRole("Candidate")) <= MaxCandidates
  /\ Cardinality(HasRole("Down")) <= MaxDown
  /\ \A i \in Server : /\ currentTerm[i] <= MaxTerm
                       /\ Len(log[i]) <= MaxLogLength
                       /\ Cardinality(Commands(log[i])) <= MaxCommands
  /\ \A m \in messages :
        m.mtype = "AppendRequest" =>
          /\ Len(m.mentries) <= MaxEntries
          /\ \/ m.mentries # <<>>
             \/ Heartbeats = "all"
             \/ Heartbeats = "news" /\ m.mcommitIndex > 0
-----------------------------------------------------------------------------
(*****************************************************************************)
(* The situation of [P] figure 8 (b), with three servers: a led term 1 and b *)
(* led term 2, each kept the entry of its term to itself, and all are        *)
(* followers again.  Of what may happen next, nothing is decided yet.        *)
(*                                                                           *)
(* To get there and on to the violation that the figure shows is a long way. *)
(* So one model starts here, and another shows that this is a state of Raft: *)
(* its invariant NoFigure8 must be violated.                                 *)
(*****************************************************************************)
Figure8(a, b, c) ==
  /\ a # b
  /\ a # c
  /\ b # c
  /\ currentTerm = [i \in Server |-> 2]
  /\ votedFor = [i \in Server |-> IF i = a THEN Nil ELSE b]
  /\ log = [i \in Server |->
              IF i = a THEN <<[term |-> 1, value |-> NoOp]>>
                       ELSE IF i = b THEN <<[term |-> 2, value |-> NoOp]>>
                                     ELSE <<>>]
  /\ role = [i \in Server |-> "Follower"]
  /\ commitIndex = [i \in Server |-> 0]
  /\ votesGranted = [i \in Server |-> {}]
  /\ nextIndex = [i \in Server |-> [j \in Server |-> 1]]
  /\ matchIndex = [i \in Server |-> [j \in Server |-> 0]]
  /\ messages = {}
  /\ elected = {[term |-> 1, leader |-> a], [term |-> 2, leader |-> b]}
  /\ committed = <<>>

Figure8Init == \E a, b, c \in Server : Figure8(a, b, c)

NoFigure8 == ~ Figure8Init
=============================================================================
