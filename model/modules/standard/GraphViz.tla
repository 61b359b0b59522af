----------------------------- MODULE GraphViz ------------------------------
\* Graphs in the language of Graphviz. How nodes are told apart there is an engine's affair.

\* The text of a directed graph; `node` and `edge` give what stands at a node and at an edge.
DotDiGraph(G, node(_), edge(_)) == CHOOSE text : text \in STRING
=============================================================================
