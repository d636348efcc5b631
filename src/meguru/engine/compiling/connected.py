"""Which inputs and offers of the forward network hang together. Others share no source with them."""

from __future__ import annotations

from meguru.engine.plan import (
    EDGE_OFFER,
    INPUT_COMPONENT,
    INPUT_EDGE,
    INPUT_EDGES_END,
    INPUT_OWNER,
    OFFER_COMPONENT,
)


def number_components(offers: list[list[int]], inputs: list[list[int]], edges: list[list[int]]) -> None:
    """Write into each row of offers and inputs the number of one input of its component."""
    root = list(range(len(inputs)))

    def component(i: int) -> int:
        while root[i] != i:
            i = root[i]
        return i

    of_offer: dict[int, int] = {}
    for i, row in enumerate(inputs):
        touched = {edge[EDGE_OFFER] for edge in edges[row[INPUT_EDGE] : row[INPUT_EDGES_END]]}
        for offer in sorted(touched | ({row[INPUT_OWNER]} if row[INPUT_OWNER] >= 0 else set())):
            root[component(of_offer.setdefault(offer, i))] = component(i)
    for i, row in enumerate(inputs):
        row[INPUT_COMPONENT] = component(i)
    for offer, i in of_offer.items():
        offers[offer][OFFER_COMPONENT] = component(i)
