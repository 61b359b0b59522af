"""Temporal properties under fairness, for any engine that can list states and steps and evaluate predicates on them.

A property F holds where no behaviour satisfies the specification's fairness and ~F. That formula is brought into
negation normal form (`formula`, `translation`) and split into branches (`branches`). In each, what speaks of infinitely
often and of almost always alone, as fairness does, becomes acceptance conditions on the edges of the behaviour graph
(generalised Büchi, and Streett for strong fairness); the rest becomes a tableau (`tableau`), whose product with the
graph (`product`) is searched for a strongly connected component that meets every condition (`emptiness`). A component
found gives a short lasso (`lasso`). `plan` is what an engine asks before it searches, `check` after.

Every state may stutter: the graph has an edge from each state to itself. A formula that speaks of steps (`<<A>>_v`,
`[A]_v`) is a predicate on edges, wherever it stands; TLC has them under []<> and <>[] alone. Under [] and <> TLC takes
`~~F`, F temporal, for `~F` (LNNeg.java, pushNeg), and constants wrongly (`<>TRUE` fails); here they are what they are.

Sources: Manna & Pnueli, Temporal Verification of Reactive Systems: Safety, chapter 5; Gerth, Peled, Vardi & Wolper,
Simple On-the-fly Automatic Verification of Linear Temporal Logic (1995); Emerson & Lei, Modalities for Model Checking
(1987), for Streett emptiness by removal of edges; TLC's own reduction is in tlc2/tool/liveness/Liveness.java.
"""
