------------------------------ MODULE Graphs -------------------------------
\* Directed graphs: records of a set `node` and a set `edge` of pairs of nodes. A path may be a single node.

EXTENDS Naturals, Sequences, FiniteSets, SequencesExt, Relation

\* --- kinds of graphs
IsDirectedGraph(G) == G = [edge |-> G.edge, node |-> G.node] /\ G.edge \subseteq G.node \X G.node

IsUndirectedGraph(G) == IsDirectedGraph(G) /\ \A e \in G.edge : <<e[2], e[1]>> \in G.edge

EmptyGraph == [edge |-> {}, node |-> {}]

Graphs(S) == [edge : SUBSET (S \X S), node : {S}]

\* --- graphs from graphs
DirectedSubgraph(G) ==
  {H \in [edge : SUBSET G.edge, node : SUBSET G.node] : IsDirectedGraph(H)}

UndirectedSubgraph(G) == {H \in DirectedSubgraph(G) : IsUndirectedGraph(H)}

Transpose(G) == [G EXCEPT !.edge = {<<e[2], e[1]>> : e \in @}]

GraphUnion(G, H) == [edge |-> G.edge \cup H.edge, node |-> G.node \cup H.node]

\* --- paths
Path(G) == {p \in Seq(G.node) : Len(p) > 0 /\ \A i \in 1 .. Len(p) - 1 : <<p[i], p[i + 1]>> \in G.edge}

\* Without a node that occurs twice.
SimplePath(G) ==
  {p \in SeqOf(G.node, Cardinality(G.node)) :
     /\ Len(p) > 0
     /\ IsInjective(p)
     /\ \A i \in 1 .. Len(p) - 1 : <<p[i], p[i + 1]>> \in G.edge}

\* Whether a path leads from m to n, for each pair, by Warshall.
ConnectionsIn(G) ==
  LET RECURSIVE through(_)
      through(S) ==
        IF S = {}
        THEN [m, n \in G.node |-> m = n \/ <<m, n>> \in G.edge]
        ELSE LET x == CHOOSE x \in S : TRUE
                 C == through(S \ {x})
             IN [m, n \in G.node |-> C[m, n] \/ (C[m, x] /\ C[x, n])]
  IN through(G.node)

AreConnectedIn(m, n, G) == m \in G.node /\ n \in G.node /\ ConnectionsIn(G)[m, n]

IsStronglyConnected(G) == LET C == ConnectionsIn(G) IN \A m \in G.node : \A n \in G.node : C[m, n]

\* A loop, or two nodes each of which leads to the other.
HasCycle(G) ==
  LET C == ConnectionsIn(G)
  IN \E m \in G.node : \E n \in G.node : IF m = n THEN <<m, m>> \in G.edge ELSE C[m, n] /\ C[n, m]

IsDag(G) == IsDirectedGraph(G) /\ ~HasCycle(G)

\* Edges lead to the root: one from every other node.
IsTreeWithRoot(G, r) ==
  /\ IsDirectedGraph(G)
  /\ r \in G.node
  /\ \A e \in G.edge : r # e[1] /\ \A f \in G.edge : e = f \/ e[1] # f[1]
  /\ \A n \in G.node : AreConnectedIn(n, r, G)

IsBipartiteWithPartitions(G, U, V) ==
  /\ U \cap V = {}
  /\ \A n \in G.node : n \in U \/ n \in V
  /\ \A e \in G.edge : (e[1] \in U /\ e[2] \in V) \/ (e[1] \in V /\ e[2] \in U)

\* --- neighbours
Successors(G, n) == {m \in G.node : <<n, m>> \in G.edge}

AllSuccessors(G, S) == UNION {Successors(G, n) : n \in S}

Predecessors(G, n) == {m \in G.node : <<m, n>> \in G.edge}

AllPredecessors(G, S) == UNION {Predecessors(G, n) : n \in S}

LOCAL Reach(G) == TransitiveClosure([p \in G.node \X G.node |-> <<p[1], p[2]>> \in G.edge], G.node)

\* The nodes with a path of one edge at least to n, and from n.
Ancestors(G, n) == LET C == Reach(G) IN {m \in G.node : C[m, n]}

Descendants(G, n) == LET C == Reach(G) IN {m \in G.node : C[n, m]}

InDegree(G, n) == Cardinality(Predecessors(G, n))

OutDegree(G, n) == Cardinality(Successors(G, n))

Roots(G) == {n \in G.node : InDegree(G, n) = 0}

Leaves(G) == {n \in G.node : OutDegree(G, n) = 0}
=============================================================================
