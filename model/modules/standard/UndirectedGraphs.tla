------------------------- MODULE UndirectedGraphs --------------------------
\* Undirected graphs: records of a set `node` and a set `edge` of sets {m, n} of nodes; a loop is the set {n}.

LOCAL INSTANCE FiniteSets
LOCAL INSTANCE Functions
LOCAL INSTANCE Naturals
LOCAL INSTANCE Sequences
LOCAL INSTANCE SequencesExt

\* --- kinds of graphs
IsUndirectedGraph(G) ==
  G = [edge |-> G.edge, node |-> G.node] /\ \A e \in G.edge : \E m \in G.node : \E n \in G.node : e = {m, n}

IsLoopFreeUndirectedGraph(G) == IsUndirectedGraph(G) /\ \A e \in G.edge : Cardinality(e) = 2

UndirectedGraphs(S) == [edge : SUBSET {{m, n} : m \in S, n \in S}, node : {S}]

UndirectedSubgraph(G) == {H \in [edge : SUBSET G.edge, node : SUBSET G.node] : IsUndirectedGraph(H)}

\* --- paths
Path(G) == {p \in Seq(G.node) : Len(p) > 0 /\ \A i \in 1 .. Len(p) - 1 : {p[i], p[i + 1]} \in G.edge}

\* Without a node that occurs twice.
SimplePath(G) ==
  {p \in SeqOf(G.node, Cardinality(G.node)) :
     /\ Len(p) > 0
     /\ IsInjective(p)
     /\ \A i \in 1 .. Len(p) - 1 : {p[i], p[i + 1]} \in G.edge}

\* --- components
\* What can be reached from the nodes of S, S included.
LOCAL Around(S, G) ==
  LET RECURSIVE grown(_)
      grown(T) ==
        LET next == {n \in G.node : \E m \in T : m = n \/ {m, n} \in G.edge} IN IF next = T THEN T ELSE grown(next)
  IN grown(S)

AreConnectedIn(m, n, G) == m \in G.node /\ n \in Around({m}, G)

ConnectedComponents(G) == {Around({n}, G) : n \in G.node}

IsStronglyConnected(G) == {G.node} = ConnectedComponents(G)
=============================================================================
