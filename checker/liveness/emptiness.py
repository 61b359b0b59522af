"""Is there a fair cycle? Strongly connected components, with edges removed until none or a fair one is left.

A component meets a recurrent condition where one of its edges does. Where it lacks the response of a pair, a fair cycle
in it avoids the requests: those edges are removed, and the components that then remain are looked at in their turn.
"""

from __future__ import annotations

import numpy as np

from ...model.structs import Struct
from .graph import Numbers, Truths
from .product import Product


class FairComponents(Struct, frozen=False):
    """`edges` are those within fair components, `labels` the component of each node."""

    edges: Truths
    labels: Numbers


def fair_components(product: Product, allowed: Truths) -> FairComponents | None:
    """Components of allowed edges in which a cycle through all their edges is fair; None where there is none."""
    digraph = product.digraph
    alive = product.lasting & allowed
    while alive.any():
        count, labels = digraph.components(alive)
        alive &= labels[digraph.sources] == labels[digraph.targets]
        component = labels[digraph.sources]

        def among(edges: Truths, component: Numbers = component, count: int = count) -> Truths:
            """The components that have some of these edges."""
            found = np.zeros(count, bool)
            found[component[edges]] = True
            return found

        usable = among(alive)
        for condition in product.recurrent:
            usable &= among(alive & condition)
        fair = usable.copy()
        removed = ~usable[component]
        for request, response in product.pairs:
            lacking = among(alive & request) & ~among(alive & response)
            fair &= ~lacking
            removed |= lacking[component] & request
        if fair.any():
            return FairComponents(alive & fair[component], labels)
        alive &= ~removed
    return None
