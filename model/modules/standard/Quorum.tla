------------------------------ MODULE Quorum -------------------------------
\* Sets of which any two have an element in common.

\* The sets of quorums over S: not empty, any two meet, and what holds a quorum is one.
QuorumSystem(S) ==
  {Q \in SUBSET SUBSET S :
     /\ Q # {}
     /\ \A A, B \in Q : A \cap B # {}
     /\ \A A \in Q : \A B \in SUBSET S : A \subseteq B => B \in Q}
=============================================================================
