------------------------------- MODULE MCPBFT -------------------------------
(*****************************************************************************)
(* Finite models of PBFT.  Each configuration MCPBFT*.cfg is one model; the  *)
(* catalog tells what checking it must find.                                 *)
(*****************************************************************************)
EXTENDS PBFT, TLC

CONSTANTS r0, r1, r2, r3,
  MaxView,       \* The last view.
  MaxSeqno,      \* The last sequence number.
  MaxTimestamp   \* The last timestamp of a client.

FourReplicas == <<r0, r1, r2, r3>>

MCView      == 0..MaxView
MCSeqno     == 1..MaxSeqno
MCTimestamp == 1..MaxTimestamp
MCBatch     == {<<>>} \cup {<<r>> : r \in Request}
MCResult    == 1..MaxSeqno

Symmetry == Permutations(Operation)

Core == INSTANCE PBFTCore WITH
  Value      <- {<<r>> : r \in Request},
  Checkpoint <- {n \in Seqno : n % Interval = 0},
  votes      <- coreVotes,
  commits    <- coreCommits,
  late       <- coreLate,
  newViews   <- coreNewViews

CoreSpec            == Core!CoreSpec
CoreAgreement       == Core!Agreement
CoreChosenSafe      == Core!ChosenSafe
CoreVoteUnique      == Core!VoteUnique
CorePreparedUnique  == Core!PreparedUnique
=============================================================================
