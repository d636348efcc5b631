"""Where the scenarios of each final group stand on the way, by the rule of the ratings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from meguru.foresight.analysis.grouping.features import row_of
from meguru.foresight.analysis.grouping.groups import Groups
from meguru.foresight.analysis.outlook.rating import MARKS, Mark, Rule, mark_of, sign_of
from meguru.foresight.futures import Futures


@dataclass(frozen=True, slots=True)
class Standing:
    """Marks of scenarios over time, counted by their final group.

    No groups of single years are formed: a scenario has the group in which it ends all the way.

    Attributes
    ----------
    years, codes, marks
        The axes.
    counts
        (year, group, mark) scenarios with a mark over all KPIs.
    flows
        (year but the last, group, mark, mark in the next year) scenarios.
    """

    years: tuple[float, ...]
    codes: tuple[str, ...]
    marks: tuple[Mark, ...]
    counts: NDArray[np.int64]
    flows: NDArray[np.int64]


def standing(futures: Futures, groups: Groups, rule: Rule, years: Sequence[float]) -> Standing:
    """Mark of each scenario over all KPIs with a direction, in some years.

    Parameters
    ----------
    futures, groups
        The scenarios and their groups.
    rule
        Of the ratings; ``against: all`` holds a scenario against the mean of all in the same year.
    years
        Of the run, in order.

    Raises
    ------
    RangeError
        The run has no such year.
    """
    marks = np.array([_marks(futures, groups, rule, row_of(futures, year)) for year in years])
    codes, kinds = len(groups.codes), len(MARKS)
    counts = np.array([_count((groups.labels, row), (codes, kinds)) for row in marks])
    flows = [_count((groups.labels, row, after), (codes, kinds, kinds)) for row, after in pairwise(marks)]
    return Standing(
        years=tuple(float(year) for year in years),
        codes=groups.codes,
        marks=MARKS,
        counts=counts,
        flows=np.array(flows, dtype=np.int64).reshape(-1, codes, kinds, kinds),
    )


def _count(columns: tuple[NDArray[np.int64], ...], shape: tuple[int, ...]) -> NDArray[np.int64]:
    flat = np.ravel_multi_index(columns, shape)
    return np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape)


def _marks(futures: Futures, groups: Groups, rule: Rule, row: int) -> NDArray[np.int64]:
    """Number of the mark of each scenario (scenario,) at a snapshot."""
    total, weights = np.zeros(futures.members.size), 0.0
    for name in groups.kpis:
        sign, weight = sign_of(futures, name), (rule.weights or {}).get(name, 1.0)
        path = np.asarray(futures.of(name)[[0, row]], dtype=float)
        base = path[0] if rule.against == "start" else path[1].mean()
        gain = sign * (path[1] - base) / abs(futures.model.nodes[name].scale)
        if sign:
            total += weight * ((gain > rule.margin).astype(float) - (gain < -rule.margin))
            weights += weight
    scores = total / weights if weights else total
    return np.array([MARKS.index(mark_of(float(score), rule)) for score in scores], dtype=np.int64)
