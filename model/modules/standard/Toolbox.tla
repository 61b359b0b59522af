------------------------------ MODULE Toolbox -------------------------------
\* What the TLA+ Toolbox and TLC's debugger hand to a specification that explores a trace.

LOCAL INSTANCE FiniteSets
LOCAL INSTANCE Naturals
LOCAL INSTANCE TLC

\* The states of the trace, as records. A configuration puts a value in its place.
_TETrace == CHOOSE trace : TRUE

\* The place in the trace of the current state.
_TEPosition ==
  LET last == Cardinality(DOMAIN _TETrace)
      level == TLCGet("level")
  IN CASE level >= last -> last [] level = 0 -> 1 [] OTHER -> level
=============================================================================
