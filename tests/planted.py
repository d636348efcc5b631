"""Models whose branches are known: a switch planted in a network, and linear Gaussian models without any."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from meguru.foresight.interventions import Intervention
from meguru.foresight.model import CausalModel, Condition, Edge, Event, Node, Spread
from meguru.foresight.simulation import simulate

NODES = 120
KPIS = 24
FIRST, LAST = 2024, 2050
SWITCH = "switch"
PILOT = 400  # scenarios by which the effect of a switch is measured


@dataclass(frozen=True)
class Planted:
    """A model with one switch.

    Attributes
    ----------
    model
        Of :data:`NODES` nodes.
    year
        The last year in which the path is open: in the step that begins in it the level of the switch is
        read.
    kind
        ``event``: where the switch stands above a level in that year, an event pushes nodes from then on.
        ``tipping``: from that year on the switch feeds back on itself and runs to its upper or lower bound.
    largest
        Largest displacement that the switch makes to any other node in any year: difference of the means of
        the two paths, in standard deviations of that node in that year on one path.
    """

    model: CausalModel
    year: int
    kind: str
    largest: float


def network(
    chance: np.random.Generator, nodes: int = NODES, kpis: int = KPIS
) -> tuple[dict[str, Node], list[Edge]]:
    """Nodes that relax, disturbed by noise, and about two and a half random linear edges to each.

    Levels of noise, rates, strengths and lags are drawn; edges run among drivers and to KPIs, as in workshop
    models.
    """
    found: dict[str, Node] = {}
    for number in range(nodes):
        kpi = number >= nodes - kpis
        role = "kpi" if kpi else ("lever" if number % 6 == 0 else "driver" if number % 6 == 1 else "state")
        found[f"n{number:03d}"] = Node(
            name=f"n{number:03d}",
            label={"en": f"Factor {number}", "ja": f"要素{number}"},
            field=("circulation", "environment", "economy", "society")[number % 4],
            dynamics="relax",
            pull=float(chance.uniform(0.1, 0.5)),
            noise=float(chance.uniform(0.2, 0.6)),
            direction="up" if kpi else "none",
            role=role,  # type: ignore[arg-type]
        )
    names = list(found)
    edges: list[Edge] = []
    taken = set()
    while len(edges) < int(2.5 * nodes):
        source = int(chance.integers(nodes - kpis))
        target = int(chance.integers(nodes))
        if source == target or (source, target) in taken:
            continue
        taken.add((source, target))
        size = float(chance.uniform(0.02, 0.08) * chance.choice([-1, 1]))
        lag = float(chance.integers(0, 4))
        edges.append(Edge(names[source], names[target], Spread.constant(size), lag=Spread.constant(lag)))
    return found, edges


def linear_gaussian(seed: int) -> CausalModel:
    """A linear model with constant strengths and Gaussian noise: its KPIs are jointly normal.

    Between models the number of KPIs differs, and how much of their variation is common.
    """
    chance = np.random.default_rng([seed, 11])
    nodes, edges = network(chance, nodes=int(chance.integers(100, 140)), kpis=int(chance.integers(3, 31)))
    common = [f"n{number:03d}" for number in range(int(chance.integers(0, 4)))]
    for name in common:
        nodes[name] = replace(
            nodes[name], noise=float(chance.uniform(0.5, 2.0)), pull=float(chance.uniform(0.02, 0.3))
        )
        edges = [edge for edge in edges if not (edge.source == name and nodes[edge.target].role == "kpi")]
        for target, node in nodes.items():
            if node.role == "kpi" and chance.random() < 0.7:
                size = float(chance.normal(0, 0.15))
                edges.append(Edge(name, target, Spread.constant(size)))
    return CausalModel(f"linear-{seed}", nodes, tuple(edges), first=FIRST, last=LAST)


def planted(seed: int) -> Planted:
    """A network with a switch; kind, year and everything else drawn from the seed."""
    chance = np.random.default_rng([seed, 7])
    kind = "event" if chance.random() < 0.5 else "tipping"
    year = int(chance.integers(2028, 2043))
    nodes, edges = network(chance)
    names = list(nodes)
    listeners = chance.choice(names, size=3, replace=False)
    # As noisy as its fellows or more, forgetting faster: what it is in a year says little of the next.
    nodes[SWITCH] = Node(
        SWITCH,
        {"en": "Switch", "ja": "転換点"},
        dynamics="relax",
        pull=float(chance.uniform(0.6, 1.0)),
        noise=0.5,
    )
    edges += [
        Edge(SWITCH, str(name), Spread.constant(float(chance.uniform(0.005, 0.02) * chance.choice([-1, 1]))))
        for name in listeners
    ]
    hit = [
        str(name)
        for name in chance.choice(names[-KPIS:], size=int(chance.integers(16, KPIS + 1)), replace=False)
    ]
    hit += [str(name) for name in chance.choice(names[: NODES - KPIS], size=8, replace=False)]
    signs = chance.choice([-1.0, 1.0], size=len(hit))
    pushes = {name: float(sign * chance.uniform(0.7, 1.0)) for name, sign in zip(hit, signs, strict=True)}
    level = float(chance.uniform(-0.2, 0.2))
    make = _event if kind == "event" else _tipping
    model = CausalModel(f"planted-{seed}", nodes, tuple(edges), first=FIRST, last=LAST)
    # Three rounds by node, since those hit push each other too; then all alike, the largest to below one.
    for rounds in range(5):
        effect = displacement(make(model, year, level, pushes), kind, year)
        if rounds < 3:
            pushes = {name: size * min(4.0, 0.9 / effect[name]) for name, size in pushes.items()}
        else:
            pushes = {name: 0.97 * size / max(effect.values()) for name, size in pushes.items()}
    final = make(model, year, level, pushes)
    return Planted(final, year, kind, max(displacement(final, kind, year).values()))


def _event(model: CausalModel, year: int, level: float, pushes: dict[str, float]) -> CausalModel:
    """The event is certain to come up in the year, and happens where the switch is above the level."""
    event = Event(
        "turn",
        {FIRST: 0.0, year: 60.0, year + 1: 0.0},
        push=pushes,
        conditions=(Condition(SWITCH, above=level),),
    )
    return replace(model, events={"turn": event})


def _tipping(model: CausalModel, year: int, level: float, pushes: dict[str, float]) -> CausalModel:
    """A clock opens the feedback of the switch on itself; many nodes feel on which side it is."""
    bound = 1.5
    nodes = dict(model.nodes)
    nodes["clock"] = Node("clock", dynamics="drift", drift=1.0)
    nodes[SWITCH] = replace(nodes[SWITCH], low=-bound, high=bound)
    loop = Edge(
        SWITCH,
        SWITCH,
        Spread.constant(4.0),
        form="product",
        second="clock",
        gate="threshold",
        steepness=40.0,
        threshold=year - model.first - 0.5,
    )
    ways = [
        Edge(
            SWITCH,
            name,
            Spread.constant(size / bound),
            form="product",
            second="clock",
            gate="threshold",
            steepness=40.0,
            threshold=year - model.first + 0.5,
        )
        for name, size in pushes.items()
    ]
    return replace(model, nodes=nodes, edges=(*model.edges, loop, *ways))


def displacement(model: CausalModel, kind: str, year: int) -> dict[str, float]:
    """Largest difference that the path makes to each node over the years, in deviations on one path."""
    up, down = (
        simulate(
            model,
            PILOT,
            1,
            threads=1,
            interventions=[
                Intervention(SWITCH, year - 1, "hold", value, None if kind == "tipping" else year)
            ],
        )
        for value in ((1.5, -1.5) if kind == "tipping" else (1.0, -1.0))
    )
    apart = np.abs(up.states.mean(axis=2) - down.states.mean(axis=2))
    spread = down.states.std(axis=2)
    ratio = np.divide(apart, spread, out=np.zeros_like(apart), where=spread > 1e-12).max(axis=0)
    return {name: float(value) for name, value in zip(up.nodes, ratio, strict=True) if name != SWITCH}


def gate(year: int = 2036) -> CausalModel:
    """A lever that opens a gate in one year: who stands above the level then has it better afterwards.

    ``echo`` follows the lever and leads nowhere; ``idle`` is a lever that does nothing.
    """
    nodes = {
        "lever": Node(
            "lever",
            {"en": "Lever", "ja": "梃子"},
            start=Spread(0.0, 0.5, 1.0),
            role="lever",
            low=0.0,
            high=1.0,
        ),
        "idle": Node("idle", start=Spread(0.0, 0.5, 1.0), role="lever"),
        "echo": Node("echo", dynamics="relax", pull=0.5, noise=0.02),
        "reuse": Node(
            "reuse",
            {"en": "Reuse", "ja": "再使用"},
            field="circulation",
            role="kpi",
            direction="up",
            noise=0.05,
        ),
        "waste": Node(
            "waste",
            {"en": "Waste", "ja": "廃棄物"},
            field="environment",
            role="kpi",
            direction="down",
            noise=0.05,
        ),
        "still": Node("still", field="economy", role="kpi", direction="up"),
    }
    event = Event(
        "gate",
        {FIRST: 0.0, year: 60.0, year + 1: 0.0},
        push={"reuse": 0.2, "waste": -0.2},
        conditions=(Condition("lever", above=0.6),),
    )
    edges = (Edge("lever", "echo", Spread.constant(0.5)),)
    return CausalModel("gate", nodes, edges, {"gate": event}, first=FIRST, last=LAST)
