-------------------------- MODULE MCPBFTCheckpoint --------------------------
(*****************************************************************************)
(* Finite models of PBFT with checkpoints.  Each configuration               *)
(* MCPBFTCheckpoint*.cfg is one model; the catalog tells what checking it    *)
(* must find.                                                                *)
(*****************************************************************************)
EXTENDS PBFTCheckpoint, TLC

CONSTANTS r0, r1, r2, r3

FourReplicas == <<r0, r1, r2, r3>>

Symmetry == Permutations(Value)
=============================================================================
