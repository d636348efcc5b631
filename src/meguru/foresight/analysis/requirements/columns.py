"""What conditions may bound: levels of nodes at milestones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from meguru.errors import RangeError, UnknownNameError, did_you_mean
from meguru.foresight.analysis.grouping.features import row_of
from meguru.foresight.analysis.statistics.importance import effect_sizes
from meguru.foresight.futures import Futures

Floats = NDArray[np.float64]
Column = tuple[str, float]  # node, year

COLUMNS = 25  # nodes that a box may bound


def bounded_nodes(futures: Futures, others: Sequence[str]) -> tuple[str, ...]:
    """Levers and the nodes named, in the order of the model."""
    known = futures.model.nodes
    for name in others:
        if name not in known:
            raise UnknownNameError("no such node", found=name, hint=did_you_mean(name, known))
    return tuple(name for name, node in known.items() if node.role == "lever" or name in others)


def milestone_years(futures: Futures, years: Sequence[float] | None) -> tuple[float, ...]:
    """Years at which levels are looked at, strictly inside the run.

    Raises
    ------
    RangeError
        The run has no snapshot of a year, or none is inside.
    """
    named = futures.model.settings.get("condition_years") if years is None else list(years)
    fifths = [float(year) for year in futures.years if year % 5 == 0]
    chosen = [float(year) for year in named] if isinstance(named, list) and named else fifths
    inside = tuple(year for year in chosen if futures.years[0] < year < futures.years[-1])
    for year in inside:
        row_of(futures, year)
    if inside:
        return inside
    if years is not None or len(futures.years) < 3:
        raise RangeError("no milestone inside the run", place="years", found=chosen)
    return (float(futures.years[len(futures.years) // 2]),)


def chosen_columns(
    futures: Futures,
    names: Sequence[str],
    years: Sequence[float],
    rows: NDArray[np.intp],
    in_group: NDArray[np.bool_],
) -> tuple[tuple[str, float], ...]:
    """For each node the milestone at which the group differs most; the nodes that differ most."""
    every = [(name, year) for name in names for year in years]
    if not every:
        return ()
    sizes, _ = effect_sizes(table(futures, every, rows), in_group[rows])
    strength = np.abs(sizes).reshape(len(names), len(years))
    best = strength.argmax(axis=1)
    ranked = np.argsort(-strength.max(axis=1), kind="stable")[:COLUMNS]
    return tuple((names[one], years[best[one]]) for one in sorted(ranked) if strength[one].max() > 0)


def table(futures: Futures, columns: Sequence[tuple[str, float]], rows: NDArray[np.intp]) -> Floats:
    """Levels (scenario, column) of nodes at years."""
    places = {name: place for place, name in enumerate(futures.nodes)}
    return np.array(
        [futures.states[row_of(futures, year), places[name]][rows] for name, year in columns], dtype=float
    ).T
