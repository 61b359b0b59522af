--------------------------- MODULE PBFTCheckpoint ---------------------------
(*****************************************************************************)
(* This adds to the core of PBFT what replicas do with what they agree on:   *)
(* they execute it, take checkpoints of their state, and when a quorum has   *)
(* the same they forget what lies behind it.  So the log of a replica is as  *)
(* long as the distance of its water marks.  A replica that has been left    *)
(* behind fetches a stable checkpoint from others ([O] section 4.3, [T]      *)
(* section 4.6).                                                             *)
(*                                                                           *)
(* As in PBFTCore there are no messages.  A correct replica has sent its     *)
(* CHECKPOINT for m as soon as it has executed m; a faulty one has sent any. *)
(*****************************************************************************)
EXTENDS PBFTCore
-----------------------------------------------------------------------------
CONSTANT LogSize  \* How many sequence numbers lie between the water marks.

(*****************************************************************************)
(* The rules that a model may drop besides those of PBFTCore.                *)
(*****************************************************************************)
CheckpointGuards ==
  { "CheckpointQuorum",  \* A checkpoint is stable once a quorum has it.
    "ExecuteInOrder" }   \* Requests are executed in the order of numbers.

ASSUME CheckpointAssumption == /\ LogSize \in Nat
                               /\ DroppedGuards \subseteq
                                    CoreGuards \cup CheckpointGuards

VARIABLE done  \* done[i] is the sequence of digests that i has executed.

vars == <<coreVars, done>>

State == UNION {[1..m -> Digest] : m \in 0..MaxSeqno}
  (***************************************************************************)
  (* The state after m is told by the first m digests executed.              *)
  (***************************************************************************)

TypeOK == CoreTypeOK /\ done \in [Correct -> State]

InWindow(i, n) == n <= low[i] + LogSize

StateAt(i, m) == SubSeq(done[i], 1, m)
-----------------------------------------------------------------------------
(*****************************************************************************)
(* i executes what is next, when it is committed.                            *)
(*****************************************************************************)
Execute(i, n) ==
  /\ n > low[i]
  /\ IF Kept("ExecuteInOrder") THEN n = Len(done[i]) + 1 ELSE n > Len(done[i])
  /\ \E b \in commits[i] : /\ b[2] = n
                           /\ Committed(b[1], b[2], b[3])
                           /\ done' = [done EXCEPT ![i] = Append(@, b[3])]
  /\ UNCHANGED coreVars

(*****************************************************************************)
(* It can be shown that enough replicas have this state at m.                *)
(*****************************************************************************)
Stable(m, state) ==
  Cardinality(Byzantine \cup {i \in Correct : /\ Len(done[i]) >= m
                                             /\ StateAt(i, m) = state})
    >= IF Dropped("CheckpointQuorum") THEN WeakQuorum - 1 ELSE Quorum

StableStates(m) == {state \in [1..m -> Digest] : Stable(m, state)}

Bases == {0} \cup {m \in Checkpoint : StableStates(m) # {}}

(*****************************************************************************)
(* i learns that its checkpoint at m is stable.                              *)
(*****************************************************************************)
CollectStable(i, m) ==
  /\ Len(done[i]) >= m
  /\ Stable(m, StateAt(i, m))
  /\ m > low[i]
  /\ low' = [low EXCEPT ![i] = m]
  /\ UNCHANGED <<view, active, votes, commits, late, newViews, done>>

(*****************************************************************************)
(* i, which has not come as far as m, fetches the state there.               *)
(*****************************************************************************)
Transfer(i, m) ==
  /\ Len(done[i]) < m
  /\ m >= low[i]
  /\ \E state \in StableStates(m) : done' = [done EXCEPT ![i] = state]
  /\ low' = [low EXCEPT ![i] = m]
  /\ UNCHANGED <<view, active, votes, commits, late, newViews>>
-----------------------------------------------------------------------------
(*****************************************************************************)
(* The other steps are those of PBFTCore, with both water marks.             *)
(*****************************************************************************)
ProposeInWindow(i, n, d) == InWindow(i, n) /\ Propose(i, n, d) /\ UNCHANGED done
VoteInWindow(i, n, d)    == InWindow(i, n) /\ Vote(i, n, d) /\ UNCHANGED done
SendCommit(i, v, n, d)   == Commit(i, v, n, d) /\ UNCHANGED done
SendViewChange(i, v)     == ViewChange(i, v) /\ UNCHANGED done
SendNewView(i)           == Announce(i, Bases) /\ UNCHANGED done
AcceptNewView(i, v)      == Accept(i, v, Bases) /\ UNCHANGED done

Init == CoreInit /\ done = [i \in Correct |-> <<>>]

Next ==
  \/ \E i \in Correct, n \in Seqno, d \in Value : ProposeInWindow(i, n, d)
  \/ \E i \in Correct, n \in Seqno, d \in Value : VoteInWindow(i, n, d)
  \/ \E i \in Correct, v \in View, n \in Seqno, d \in Digest :
        SendCommit(i, v, n, d)
  \/ \E i \in Correct, n \in Seqno : Execute(i, n)
  \/ \E i \in Correct, m \in Checkpoint : CollectStable(i, m)
  \/ \E i \in Correct, m \in Checkpoint : Transfer(i, m)
  \/ \E i \in Correct, v \in View : SendViewChange(i, v)
  \/ \E i \in Correct : SendNewView(i)
  \/ \E i \in Correct, v \in View : AcceptNewView(i, v)

Spec == Init /\ [][Next]_vars
-----------------------------------------------------------------------------
(*****************************************************************************)
(* Replicas execute the same in the same order.                              *)
(*****************************************************************************)
SameHistory ==
  \A i, j \in Correct :
     Len(done[i]) <= Len(done[j]) => StateAt(j, Len(done[i])) = done[i]

(*****************************************************************************)
(* Checkpoint safety: whatever can be shown to be stable is the state of     *)
(* every correct replica that has come so far.                               *)
(*****************************************************************************)
CheckpointSafety ==
  \A m \in Checkpoint : \A state \in StableStates(m) :
     \A i \in Correct : Len(done[i]) >= m => StateAt(i, m) = state

(*****************************************************************************)
(* Nothing is forgotten before enough correct replicas have executed it.     *)
(*****************************************************************************)
NothingLost ==
  \A i \in Correct :
     low[i] > 0 => Cardinality({j \in Correct : Len(done[j]) >= low[i]})
                     >= WeakQuorum
-----------------------------------------------------------------------------
(*****************************************************************************)
(* Witnesses.                                                                *)
(*****************************************************************************)
NothingCollected == \A i \in Correct : low[i] = 0

NothingBehindCheckpoint ==
  \A i \in Correct : \A b \in commits[i] : b[2] <= LogSize

NoViewFromCheckpoint == \A m \in newViews : m.base = 0

NothingFetched ==
  [][\A i \in Correct : Len(done'[i]) > Len(done[i]) => low'[i] = low[i]]_vars
=============================================================================
