"""How the futures of each final group stand on the way, by the rule of the ratings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meguru.foresight.analysis.grouping.features import row_of
from meguru.foresight.analysis.grouping.groups import Groups
from meguru.foresight.analysis.outlook.rating import Rule, sign_of
from meguru.foresight.futures import Futures

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Standing:
    """Mean scores of the final groups over time.

    A future has the group in which it ends all the way: in no year are futures grouped or sorted into
    classes, and nothing is said of the chance to get from a class of a year to a final group.

    Attributes
    ----------
    years, codes
        The axes.
    scores
        (year, group) mean over the futures of a group of their score over all KPIs with a direction, from −1
        to 1.
    """

    years: tuple[float, ...]
    codes: tuple[str, ...]
    scores: Floats

    def order(self, at: int) -> tuple[int, ...]:
        """Numbers of the groups in a year, that with the best score first; of equals the first code."""
        return tuple(int(one) for one in np.argsort(-self.scores[at], kind="stable"))


def standing(futures: Futures, groups: Groups, rule: Rule, years: Sequence[float]) -> Standing:
    """Mean score of the futures of each final group over all KPIs with a direction, in some years.

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
    sizes = np.bincount(groups.labels, minlength=len(groups.codes))
    rows = [_scores(futures, groups, rule, row_of(futures, year)) for year in years]
    sums = [np.bincount(groups.labels, row, minlength=len(groups.codes)) for row in rows]
    return Standing(
        years=tuple(float(year) for year in years),
        codes=groups.codes,
        scores=np.array(sums) / np.maximum(sizes, 1),
    )


def _scores(futures: Futures, groups: Groups, rule: Rule, row: int) -> Floats:
    """Score of each scenario (scenario,) at a snapshot."""
    total, weights = np.zeros(futures.members.size), 0.0
    for name in groups.kpis:
        sign, weight = sign_of(futures, name), (rule.weights or {}).get(name, 1.0)
        path = np.asarray(futures.of(name)[[0, row]], dtype=float)
        base = path[0] if rule.against == "start" else path[1].mean()
        gain = sign * (path[1] - base) / abs(futures.model.nodes[name].scale)
        if sign:
            total += weight * ((gain > rule.margin).astype(float) - (gain < -rule.margin))
            weights += weight
    return total / weights if weights else total
