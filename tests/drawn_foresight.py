"""Causal models drawn at random: every form, lag, bound and event, and interventions on them."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from meguru.foresight.interventions import Intervention
from meguru.foresight.model import CausalModel, Condition, Edge, Event, Form, Node, Spread

FORMS: tuple[Form, ...] = ("linear", "saturating", "threshold", "product")


def number(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False).map(lambda x: round(x, 3))


@st.composite
def spreads(draw: st.DrawFn, low: float, high: float) -> Spread:
    if draw(st.booleans()):
        return Spread.constant(draw(number(low, high)))
    return Spread(*sorted(draw(st.tuples(*[number(low, high)] * 3))))


@st.composite
def node_of(draw: st.DrawFn, name: str) -> Node:
    start = draw(spreads(-2, 2))
    bounded = draw(st.booleans())
    own: dict[str, Any] = draw(
        st.one_of(
            st.just({"dynamics": "hold"}),
            st.fixed_dictionaries({"dynamics": st.just("drift"), "drift": number(-0.5, 0.5)}),
            st.fixed_dictionaries(
                {"dynamics": st.just("relax"), "pull": number(0, 1), "rest": number(-1, 1)}
            ),
        )
    )
    return Node(
        name=name,
        start=start,
        scale=draw(number(0.5, 4)),
        low=start.low - draw(number(0.001, 1)) if bounded else float("-inf"),
        high=start.high + draw(number(0.001, 1)) if bounded else float("inf"),
        noise=draw(st.one_of(st.just(0.0), number(0.01, 0.5))),
        **own,
    )


@st.composite
def edge_of(draw: st.DrawFn, nodes: list[str], run: float) -> Edge:
    form = draw(st.sampled_from(FORMS))
    shape: dict[str, Any] = {}
    if form == "saturating":
        shape["cap"] = draw(number(0.2, 3))
    if form == "product":
        shape["second"] = draw(st.sampled_from(nodes))
        shape["second_reference"] = draw(st.one_of(st.none(), number(-1, 1)))
        shape["gate"] = draw(st.sampled_from(("linear", "threshold")))
    if form == "threshold" or shape.get("gate") == "threshold":
        shape |= {"steepness": draw(number(0.2, 8)), "threshold": draw(number(-1, 1))}
    return Edge(
        source=draw(st.sampled_from(nodes)),
        target=draw(st.sampled_from(nodes)),
        strength=draw(spreads(-0.3, 0.3)),
        lag=draw(spreads(0, np.floor(run * 1000) / 1000)),
        form=form,
        reference=draw(st.one_of(st.none(), number(-1, 1))),
        **shape,
    )


@st.composite
def event_of(draw: st.DrawFn, name: str, nodes: list[str], last: float) -> Event:
    some = st.dictionaries(st.sampled_from(nodes), number(-1, 1), min_size=1, max_size=2)
    conditions = [
        Condition(
            draw(st.sampled_from(nodes)), **{draw(st.sampled_from(("above", "below"))): draw(number(-1, 1))}
        )
        for _ in range(draw(st.integers(0, 2)))
    ]
    hazard = draw(st.dictionaries(st.integers(2020, int(last)), number(0, 2), min_size=1, max_size=3))
    lasting = draw(st.one_of(st.none(), number(1, 3)))
    return Event(name, hazard, draw(some), draw(some), lasting, tuple(conditions))


@st.composite
def models(draw: st.DrawFn) -> CausalModel:
    step = draw(st.sampled_from((1.0, 1 / 12, 0.25, 0.03125)))
    last = 2020 + draw(st.integers(1, 40)) * step
    names = [f"n{index}" for index in range(draw(st.integers(1, 6)))]
    edges = draw(
        st.lists(edge_of(names, last - 2020), max_size=12, unique_by=lambda edge: (edge.source, edge.target))
    )
    events = [draw(event_of(f"e{index}", names, last)) for index in range(draw(st.integers(0, 2)))]
    return CausalModel(
        name="drawn",
        nodes={name: draw(node_of(name)) for name in names},
        edges=tuple(edges),
        events={event.name: event for event in events},
        first=2020,
        last=last,
        step=step,
    )


@st.composite
def forced(draw: st.DrawFn, model: CausalModel) -> list[Intervention]:
    steps = round((model.last - model.first) / model.step)
    found = []
    for _ in range(draw(st.integers(0, 2))):
        node = draw(st.sampled_from(list(model.nodes)))
        start = draw(st.integers(0, steps - 1))
        year = model.first + start * model.step
        if draw(st.booleans()):
            found.append(Intervention(node, year, "shift", draw(number(-1, 1))))
        else:
            end = draw(st.one_of(st.none(), st.integers(start + 1, steps)))
            until = None if end is None else model.first + end * model.step
            value = model.nodes[node].start.mode
            found.append(Intervention(node, year, "hold", value, until))
    return found
