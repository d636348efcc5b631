"""Scenarios on the two sides of a split, and what was known of them by a year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meguru.foresight.analysis.grouping.groups import Groups
from meguru.foresight.analysis.grouping.tree import Split
from meguru.foresight.analysis.statistics.streams import some
from meguru.foresight.futures import Futures

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sides:
    """A sample of the scenarios of a split.

    Attributes
    ----------
    rows
        (scenario,) columns of the futures.
    left
        (scenario,) whether a scenario ends on the left side.
    """

    rows: NDArray[np.intp]
    left: NDArray[np.bool_]


def sides_of(groups: Groups, split: Split, most: int, name: str) -> Sides:
    """At most ``most`` scenarios of a split, drawn from the stream of a name."""
    left = np.isin(groups.labels, [groups.number(code) for code in split.left])
    right = np.isin(groups.labels, [groups.number(code) for code in split.right])
    members = np.flatnonzero(left | right)
    rows = members[some(groups.seed, f"{name}.{key_of(split)}", members.size, most)]
    return Sides(rows, left[rows])


def key_of(split: Split) -> str:
    """A split as a text: ``ABC|DE``."""
    return f"{''.join(split.left)}|{''.join(split.right)}"


def state_names(futures: Futures) -> tuple[str, ...]:
    """Variables of :func:`state_at`: nodes, then ``event:`` and the name of each event."""
    return (*futures.nodes, *(f"event:{name}" for name in futures.model.events))


def state_at(futures: Futures, row: int, scenarios: NDArray[np.intp]) -> Floats:
    """State (scenario, variable) at a snapshot: all nodes, and whether each event has happened before it."""
    levels = np.asarray(futures.states[row][:, scenarios], dtype=float).T
    happened = (futures.events[:, scenarios] < futures.years[row]).astype(float).T
    return np.concatenate([levels, happened], axis=1)
