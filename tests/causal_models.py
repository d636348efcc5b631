"""Causal models for tests: one that has everything, and random ones."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from meguru.foresight import CausalModel, Condition, Edge, Event, Node, Spread

WHOLE = """\
foresight: 1
name: whole
label: {ja: 全部, en: everything}
note: made up for tests
first: 2024
last: 2040
step: month
nodes:
  law: {label: {ja: 法律, en: law}, role: lever, start: {low: 0, mode: 1, high: 3}, high: 10}
  price: {role: driver, unit: JPY, start: 100, scale: 20, dynamics: drift, drift: 2, noise: 5}
  awareness: {unit: "%", start: 40, scale: 10, low: 0, high: 100, dynamics: relax, pull: 0.2, rest: 30}
  waste: {role: kpi, field: environment, direction: down, unit: kg, start: 300, scale: 50, source: assumed}
edges:
  - {from: law, to: awareness, strength: {low: 0.1, mode: 0.2, high: 0.3}, polarity: "+", lag: 1}
  - {from: price, to: waste, strength: -0.1, polarity: "-", lag: {low: 0, mode: 1, high: 2}, form: saturating,
     cap: 2}
  - {from: awareness, to: waste, strength: -0.2, form: threshold, steepness: 3, threshold: 1, confidence: 0.5}
  - {from: awareness, to: waste, strength: -0.1, form: product, second: law, gate: threshold}
  - {from: waste, to: awareness, strength: 0.02, reference: 200, basis: literature, citation: p. 1, author: A}
events:
  shock: {hazard: {2026: 0.1, 2030: 0.2}, jump: {price: 50}}
  reform: {hazard: {2030: 0.1}, push: {law: 0.5}, lasting: 5, conditions: [{node: awareness, above: 50}]}
settings: {scenarios: 100, milestones: [2030, 2040], rating: {good: 0.5}}
"""

names = st.text(
    st.sampled_from("abZ09 _-.:,;'\"[]{}#&*!|>%@`=+/\\()é意識ア（１＋・～\u3000"), min_size=1, max_size=8
).filter(lambda name: name.strip() == name and name != "?")
texts = st.one_of(
    st.just(""), names, st.sampled_from(['"', "[1] a", '"quoted"', "=1+1", "-", "1.50", "a\nb", "  x "])
)
numbers = st.one_of(
    st.integers(-1000, 1000).map(float), st.floats(-1e9, 1e9, allow_nan=False), st.just(1e-9)
).map(lambda value: value + 0.0)  # no negative zero
positive = st.floats(1e-6, 1e6)


@st.composite
def spreads(draw: st.DrawFn, values: st.SearchStrategy[float] = numbers) -> Spread:
    if draw(st.booleans()):
        return Spread.constant(draw(values))
    return Spread(*sorted(draw(st.tuples(values, values, values))))


labels: st.SearchStrategy[dict[str, str]] = st.one_of(
    st.just({}), st.fixed_dictionaries({}, optional={"ja": texts.filter(bool), "en": texts.filter(bool)})
)


@st.composite
def models(draw: st.DrawFn) -> CausalModel:
    """Models that can be written; not all of them can be run."""
    known = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    nodes = {name: draw(_nodes(name)) for name in known}
    some = st.sampled_from(known)
    edges = draw(st.lists(_edges(some), max_size=4))
    happening = draw(st.lists(names, max_size=2, unique=True))
    events = {name: draw(_events(name, some)) for name in happening}
    values: Any = st.one_of(st.integers(-5, 5), st.booleans(), texts, st.lists(st.integers(0, 9), max_size=3))
    return CausalModel(
        draw(names),
        nodes,
        tuple(edges),
        events,
        first=draw(st.sampled_from([0.0, 2024.0])),
        last=draw(st.sampled_from([2050.0, 2060.5])),
        step=draw(st.sampled_from([1.0, 1 / 12, 0.03125])),
        label=draw(labels),
        note=draw(texts),
        settings=draw(st.dictionaries(names, values, max_size=2)),
    )


def _nodes(name: str) -> st.SearchStrategy[Node]:
    return st.builds(
        Node,
        st.just(name),
        label=labels,
        field=texts,
        unit=texts,
        start=spreads(),
        scale=numbers,
        low=st.one_of(st.just(float("-inf")), numbers),
        high=st.one_of(st.just(float("inf")), numbers),
        direction=st.sampled_from(["up", "down", "none"]),
        dynamics=st.sampled_from(["hold", "drift", "relax"]),
        drift=numbers,
        noise=numbers,
        role=st.sampled_from(["driver", "state", "kpi", "lever"]),
        source=texts,
    )


def _edges(some: st.SearchStrategy[str]) -> st.SearchStrategy[Edge]:
    return st.builds(
        Edge,
        some,
        some,
        spreads(),
        polarity=st.sampled_from(["+", "-", ""]),
        lag=spreads(),
        form=st.sampled_from(["linear", "saturating", "threshold", "product"]),
        reference=st.one_of(st.none(), numbers),
        cap=numbers,
        second=st.one_of(st.just(""), some),
        gate=st.sampled_from(["linear", "threshold"]),
        citation=texts,
        confidence=st.one_of(st.none(), st.floats(0, 1)),
    )


def _events(name: str, some: st.SearchStrategy[str]) -> st.SearchStrategy[Event]:
    return st.builds(
        Event,
        st.just(name),
        st.dictionaries(st.integers(2024, 2050), positive, min_size=1, max_size=3).map(
            lambda held: dict(sorted(held.items()))
        ),
        jump=st.dictionaries(some, numbers, max_size=2),
        push=st.dictionaries(some, numbers, max_size=2),
        lasting=st.one_of(st.none(), positive),
        conditions=st.lists(st.builds(Condition, some, above=st.one_of(st.none(), numbers)), max_size=2).map(
            tuple
        ),
        label=labels,
        source=texts,
    )
