----------------------------- MODULE MCPBFTLive -----------------------------
(*****************************************************************************)
(* Finite models of the liveness of PBFT.  Each configuration MCPBFTLive*    *)
(* is one model; the catalog tells what checking it must find.               *)
(*****************************************************************************)
EXTENDS PBFTLive

CONSTANTS r0, r1, r2, r3

FourReplicas == <<r0, r1, r2, r3>>
=============================================================================
