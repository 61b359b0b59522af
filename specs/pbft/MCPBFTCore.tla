----------------------------- MODULE MCPBFTCore -----------------------------
(*****************************************************************************)
(* Finite models of the core of PBFT.  Each configuration MCPBFTCore*.cfg is *)
(* one model; the catalog tells what checking it must find.                  *)
(*                                                                           *)
(* Replicas are primaries by turns, and so are not alike; requests are.      *)
(*****************************************************************************)
EXTENDS PBFTCore, TLC

CONSTANTS r0, r1, r2, r3, r4

FourReplicas == <<r0, r1, r2, r3>>
FiveReplicas == <<r0, r1, r2, r3, r4>>

ASSUME GuardsAssumption == DroppedGuards \subseteq CoreGuards

Symmetry == Permutations(Value)
=============================================================================
