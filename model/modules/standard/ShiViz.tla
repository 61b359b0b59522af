------------------------------- MODULE ShiViz -------------------------------
\* What ShiViz wants of the states of a trace of a PlusCal algorithm: which process took the step, and a vector clock.

LOCAL INSTANCE Integers
LOCAL INSTANCE Json
LOCAL INSTANCE TLC
INSTANCE Toolbox

\* The process that took the step to the i-th state; one that left its pc as it was is taken to be the one before it.
LOCAL Hosts ==
  LET host[i \in DOMAIN _TETrace] ==
        IF i = 1
        THEN "--"
        ELSE LET before == _TETrace[i - 1].pc
                 after == _TETrace[i].pc
             IN IF after = before
                THEN host[i - 1]
                ELSE CHOOSE p \in DOMAIN before : after[p] # before[p]
  IN TLCEval(host)

\* How many steps each process took on the way to the i-th state.
LOCAL Clocks ==
  LET clock[i \in DOMAIN _TETrace] ==
        [p \in DOMAIN _TETrace[i].pc |->
           IF i = 1 THEN 0 ELSE clock[i - 1][p] + (IF Hosts[i] = p THEN 1 ELSE 0)]
  IN TLCEval(clock)

Host == Hosts[_TEPosition]

Clock == ToJsonObject(Clocks[_TEPosition])
=============================================================================
