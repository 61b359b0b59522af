---------------------------- MODULE PBFTReplicas ----------------------------
(*****************************************************************************)
(* The replicas of PBFT, how many of them may be faulty, and how many make a *)
(* quorum; and the means by which a model leaves out a rule.  This is what   *)
(* PBFTCore and PBFT have in common.                                         *)
(*****************************************************************************)
EXTENDS Naturals, FiniteSets, Sequences
-----------------------------------------------------------------------------
CONSTANTS
  Replicas,      \* The replicas, as a sequence: they are primaries by turns.
  Byzantine,     \* The set of those that are faulty.
  DroppedGuards  \* The guards to be left out: the empty set, for PBFT.

(*****************************************************************************)
(* Each rule that prevents an error bears a name, and a model may drop it by *)
(* naming it in DroppedGuards, to see that the error then occurs and that    *)
(* one of the properties tells it.                                           *)
(*****************************************************************************)
Dropped(guard) == guard \in DroppedGuards
Kept(guard) == ~ Dropped(guard)
  (***************************************************************************)
  (* True iff the model leaves out this guard, or does not.                  *)
  (***************************************************************************)

N == Len(Replicas)
F == (N - 1) \div 3
  (***************************************************************************)
  (* The number of replicas, and of those that may be faulty.                *)
  (***************************************************************************)

Replica == {Replicas[k] : k \in 1..N}
Correct == Replica \ Byzantine

ASSUME ReplicaAssumption == /\ N > 0
                            /\ Cardinality(Replica) = N
                            /\ Byzantine \subseteq Replica

Primary(v) == Replicas[(v % N) + 1]
  (***************************************************************************)
  (* The primary of view v; the other replicas are its backups.              *)
  (***************************************************************************)

(*****************************************************************************)
(* Two quorums have a correct replica in common, and the correct replicas    *)
(* are a quorum.  With N = 3F + 1 this is 2F + 1, the number that is usually *)
(* given; it is too few with N = 3F + 2 or more.  `comitia prove quorums'    *)
(* proves this for all N.  Of F + 1 replicas one is correct.                 *)
(*****************************************************************************)
Quorum == IF Dropped("QuorumOfAll") THEN 2 * F + 1
                                    ELSE (N + F) \div 2 + 1

WeakQuorum == F + 1

MaxOf(S) == CHOOSE k \in S : \A l \in S : l <= k
  (***************************************************************************)
  (* The greatest element of a finite set of numbers that is not empty.      *)
  (***************************************************************************)
=============================================================================
