"""Writes causal.yaml beside it: a causal model of stated size, made of random numbers.

SYNTHETIC: no factor and no number means anything. It is as large as published studies of this kind (391
factors) and linear with Gaussian noise, so that it has no branches: groups and "branch years" of it would be
inventions.

Usage: python examples/foresight-synthetic/build.py
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from meguru.foresight import CausalModel, Edge, Node, Spread, save

FACTORS, INFLUENCES, YEARS, LONGEST = 391, 1200, 26, 5
KPIS, LEVERS = 20, 40
PULL, NOISE, BOUND = 0.3, 0.1, 30.0
SEED = 7
AIMS = ("resource circulation", "environment", "economy", "society")
NOTE = (
    "Synthetic: random numbers that stand for nothing, made to show size and speed. Linear with Gaussian "
    "noise: its futures are a continuum without branches."
)


def model() -> CausalModel:
    """The model; the same each time."""
    random = np.random.default_rng(SEED)
    starts = random.normal(0, 1, FACTORS).round(3)
    nodes = {f"n{number:03d}": _node(number, float(start)) for number, start in enumerate(starts)}
    names = list(nodes)
    places = random.choice(FACTORS * (FACTORS - 1), INFLUENCES, replace=False)
    edges = []
    for place in sorted(places.tolist()):
        target, other = divmod(place, FACTORS - 1)
        source = other + (other >= target)
        strength = round(float(random.normal(0, 0.1)), 4) or 0.0001
        lag = round(float(random.uniform(1, LONGEST - 1)), 2)
        edges.append(
            Edge(
                names[source],
                names[target],
                _around(strength, 0.3 * abs(strength)),
                lag=_around(lag, 1.0),
                citation="synthetic",
                author="random numbers",
            )
        )
    return CausalModel(
        "foresight-synthetic",
        nodes,
        tuple(edges),
        first=2024.0,
        last=2024.0 + YEARS,
        label={"ja": "合成モデル：391要素", "en": "Synthetic model of 391 factors"},
        note=NOTE,
        settings={"scenarios": 20000},
    )


def _node(number: int, start: float) -> Node:
    """Levers come first, KPIs last."""
    kpi, lever = number >= FACTORS - KPIS, number < LEVERS
    node = Node(
        f"n{number:03d}",
        label={"ja": f"合成要素{number}", "en": f"Synthetic factor {number}"},
        field=AIMS[number % len(AIMS)] if kpi else "synthetic",
        start=_around(start, 1.0),
        low=-BOUND,
        high=BOUND,
        dynamics="relax",
        pull=PULL,
        noise=NOISE,
        role="lever" if lever else "kpi" if kpi else "state",
        source="synthetic",
    )
    return replace(node, direction="up" if number % 2 else "down") if kpi else node


def _around(mode: float, reach: float) -> Spread:
    return Spread(round(mode - reach, 5), mode, round(mode + reach, 5))


if __name__ == "__main__":
    save(model(), Path(__file__).with_name("causal.yaml"))
