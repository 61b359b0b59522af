------------------------------ MODULE PBFTLive ------------------------------
(*****************************************************************************)
(* Liveness of PBFT: under eventual synchrony, and if replicas fail by       *)
(* crashing only, a request is committed.                                    *)
(*                                                                           *)
(* Time is told by one number.  Timeouts double from view to view ([O]       *)
(* section 4.5.2), and at some time the network is quick enough: from the    *)
(* view `good' on, which nobody knows, a timer no longer expires before a    *)
(* primary that works has been heard.  Before that view timers may expire at *)
(* any time.                                                                 *)
(*                                                                           *)
(* A replica that crashes is one that need not go on: for those in Crashing  *)
(* there is no fairness.  They may stop at any time, or not at all.          *)
(*****************************************************************************)
EXTENDS PBFTCore
-----------------------------------------------------------------------------
CONSTANT Crashing  \* The set of replicas that may crash.

Working == Replica \ Crashing

(*****************************************************************************)
(* The rules that a model may drop besides those of PBFTCore.                *)
(*****************************************************************************)
LiveGuards ==
  { "TimersRun",      \* Replicas give up a primary that has crashed.
    "TimersDouble" }  \* From some view on they give up no other.

ASSUME LiveAssumption == /\ Byzantine = {}
                         /\ Crashing \subseteq Replica
                         /\ DroppedGuards \subseteq CoreGuards \cup LiveGuards

VARIABLE good  \* From this view on timers expire only where they ought to.

vars == <<coreVars, good>>

TypeOK == CoreTypeOK /\ good \in View
-----------------------------------------------------------------------------
Done == \A n \in Seqno : \E v \in View, d \in Digest : Committed(v, n, d)
  (***************************************************************************)
  (* Nobody waits for a request any more.                                    *)
  (***************************************************************************)

(*****************************************************************************)
(* The timer of i expires: its view is not yet good, or its primary may have *)
(* crashed.                                                                  *)
(*****************************************************************************)
Expire(i) ==
  /\ ~ Done
  /\ Kept("TimersDouble") => \/ view[i] < good
                             \/ Primary(view[i]) \in Crashing
  /\ view[i] + 1 \in View
  /\ ViewChange(i, view[i] + 1)
  /\ UNCHANGED good

(*****************************************************************************)
(* The other steps are those of PBFTCore.                                    *)
(*****************************************************************************)
StartRequest(i) ==
  \E n \in Seqno, d \in Value : Propose(i, n, d) /\ UNCHANGED good

SendPrepare(i) ==
  \E n \in Seqno, d \in Value : Vote(i, n, d) /\ UNCHANGED good

SendCommit(i) ==
  \E v \in View, n \in Seqno, d \in Digest :
     Commit(i, v, n, d) /\ UNCHANGED good

SendNewView(i) == Announce(i, SettledBases) /\ UNCHANGED good

AcceptNewView(i) ==
  \E v \in View : Accept(i, v, SettledBases) /\ UNCHANGED good

Step(i) == \/ StartRequest(i)
           \/ SendPrepare(i)
           \/ SendCommit(i)
           \/ SendNewView(i)
           \/ AcceptNewView(i)
-----------------------------------------------------------------------------
(*****************************************************************************)
(* There are views enough: of any F + 1 in a row one has a primary that      *)
(* works.                                                                    *)
(*****************************************************************************)
Init ==
  /\ CoreInit
  /\ good \in {v \in View : \E w \in v..MaxView : Primary(w) \in Working}

Next == \E i \in Replica : Expire(i) \/ Step(i)

(*****************************************************************************)
(* Replicas that work do what they can; a timer that has reason to expires.  *)
(*****************************************************************************)
Fairness ==
  \A i \in Working : /\ WF_vars(Step(i))
                     /\ Kept("TimersRun") => WF_vars(Expire(i))

Spec == Init /\ [][Next]_vars /\ Fairness
-----------------------------------------------------------------------------
(*****************************************************************************)
(* Progress: in the end a request is committed at every sequence number.     *)
(*****************************************************************************)
Progress == <>Done

(*****************************************************************************)
(* Witness: that it takes no view change.                                    *)
(*****************************************************************************)
DoneInFirstView ==
  \A n \in Seqno, d \in Digest, v \in View \ {0} : ~ Committed(v, n, d)
=============================================================================
