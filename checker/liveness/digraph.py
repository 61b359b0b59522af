"""A directed graph with its edges in order of their sources, and the searches of scipy on it."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order, connected_components

from ...model.structs import Struct
from .graph import Numbers, Truths


class Digraph(Struct, frozen=False):
    """Nodes 0 to `size` - 1; edge i runs from `sources[i]` to `targets[i]`, sources ascending."""

    size: int
    sources: Numbers
    targets: Numbers

    @staticmethod
    def of(size: int, sources: Numbers, targets: Numbers) -> tuple[Digraph, Numbers]:
        """The graph of edges in any order, and for each of its edges the index it was given with."""
        order = np.argsort(sources, kind="stable")
        return Digraph(size, sources[order], targets[order]), order

    def _matrix(self, edges: Truths | slice) -> csr_matrix:
        sources, targets = self.sources[edges], self.targets[edges]
        starts = np.zeros(self.size + 1, np.int64)
        np.cumsum(np.bincount(sources, minlength=self.size), out=starts[1:])
        return csr_matrix((np.ones(len(targets), np.int8), targets, starts), shape=(self.size, self.size))

    def components(self, edges: Truths) -> tuple[int, Numbers]:
        """How many strongly connected components the given edges make, and the component of each node."""
        count, labels = connected_components(self._matrix(edges), directed=True, connection="strong")
        return count, labels

    def breadth_first(self, start: int, edges: Truths | slice = slice(None)) -> tuple[Numbers, Numbers]:
        """The nodes that can be reached, nearest first, and for each node the one before it on a shortest path."""
        return breadth_first_order(self._matrix(edges), start, directed=True, return_predecessors=True)
