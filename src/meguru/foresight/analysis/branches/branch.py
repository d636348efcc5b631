"""Branch years: from when on the state tells on which side of a split a scenario will end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from meguru.foresight.analysis.branches.continuum import continuum_curves
from meguru.foresight.analysis.branches.sides import key_of, sides_of, state_at
from meguru.foresight.analysis.grouping.groups import Groups
from meguru.foresight.analysis.grouping.tree import FEWEST, Split, Tree
from meguru.foresight.analysis.statistics.lda import auc, out_of_fold
from meguru.foresight.analysis.statistics.loops import each
from meguru.foresight.analysis.statistics.streams import order, resample
from meguru.foresight.analysis.statistics.threads import one_thread
from meguru.foresight.futures import Futures

Floats = NDArray[np.float64]
Side = NDArray[np.bool_]

TOLD = 0.9  # AUC from which a side counts as told
SAMPLE = 3000  # scenarios of a split that the discriminants rest on at most
FOLDS = 5
RESAMPLES = 200


@dataclass(frozen=True, slots=True)
class BranchYear:
    """When a split is decided.

    A split that is not supported is nothing that is decided at a time: it has curves, and no year.

    Attributes
    ----------
    left, right
        Codes of the groups on either side.
    years
        Of the snapshots.
    auc
        By year: chance that the state, by a discriminant fitted on other scenarios, ranks a scenario of the
        left side above one of the right.
    null_auc
        The same in a continuum of the same means and covariances, cut by the same centroids; empty where too
        few of its points fall to a side.
    year
        First from which ``auc`` is and stays at :data:`TOLD` or above; None: at no time, or not supported.
    null_year
        The same for the continuum.
    low, high
        From the 5th to the 95th percentile of the bootstrap; None where most resamples have no such year.
    sample
        Scenarios of the split that the curve rests on.
    supported
        Whether the split is supported and its side is told in that year better than in the continuum: the 5th
        percentile of the bootstrap of ``auc`` lies above ``null_auc``.
    reason
        Why not; empty where it is supported.
    """

    left: tuple[str, ...]
    right: tuple[str, ...]
    years: tuple[float, ...]
    auc: tuple[float, ...]
    null_auc: tuple[float, ...]
    year: float | None
    null_year: float | None
    low: float | None
    high: float | None
    sample: int
    supported: bool
    reason: str


def branch_years(futures: Futures, groups: Groups, found: Tree) -> tuple[BranchYear, ...]:
    """Branch year of each split of a tree.

    Parameters
    ----------
    futures
        The scenarios that were grouped.
    groups, found
        Their groups and tree.
    """
    curves = [_curve(futures, groups, split) for split in found.splits]
    nulls = continuum_curves(futures, groups, found.splits, FEWEST // 2)
    return tuple(
        _judged(futures, split, curve, null)
        for split, curve, null in zip(found.splits, curves, nulls, strict=True)
    )


@dataclass(frozen=True, eq=False)
class _Curve:
    """AUC (year,), its 5th percentile over resamples, and their branch years (resample,) or nan."""

    auc: Floats
    least: Floats
    drawn: Floats
    sample: int


def _curve(futures: Futures, groups: Groups, split: Split) -> _Curve | None:
    sides = sides_of(groups, split, SAMPLE, "branch.sample")
    if _few(sides.left):
        return None
    years = np.asarray(futures.years, dtype=float)
    place = f"branch.{key_of(split)}"
    fold = folds(groups.seed, f"{place}.folds", sides.left)
    scores = _scores(lambda row: state_at(futures, row, sides.rows), len(years), sides.left, fold)
    ranked = np.argsort(scores, axis=1, kind="stable")
    curves = [
        _weighted_auc(ranked, sides.left, resample(groups.seed, f"{place}.{number}", fold.size))
        for number in range(RESAMPLES)
    ]
    drawn = [first_told(years, curve) for curve in curves]
    return _Curve(
        auc=np.array([auc(row, sides.left) for row in scores]),
        least=np.quantile(curves, 0.05, axis=0),
        drawn=np.array([np.nan if year is None else year for year in drawn]),
        sample=sides.rows.size,
    )


def _judged(futures: Futures, split: Split, curve: _Curve | None, null: Floats) -> BranchYear:
    years = np.asarray(futures.years, dtype=float)
    told = tuple(float(one) for one in years)
    nothing = BranchYear(
        split.left, split.right, told, (), (), None, None, None, None, 0, False, split.reason
    )
    if curve is None:
        return replace(nothing, reason=split.reason or "too few scenarios")
    nothing = replace(
        nothing,
        auc=tuple(float(one) for one in curve.auc),
        null_auc=tuple(float(one) for one in null),
        sample=curve.sample,
    )
    if not split.supported:
        return nothing
    year = first_told(years, curve.auc)
    null_year = first_told(years, null) if null.size else None
    if year is None:
        return replace(nothing, null_year=null_year, reason="no year from which the state tells the side")
    low, high = _interval(curve.drawn)
    early = bool(null.size and (curve.least <= null)[years == year].any())
    reason = "a continuum is told as early" if early else ""
    return replace(
        nothing, year=year, null_year=null_year, low=low, high=high, supported=not reason, reason=reason
    )


def first_told(years: Floats, curve: Floats) -> float | None:
    """First year from which a curve (year,) is at :data:`TOLD` or above to the end; None: there is none."""
    below = np.flatnonzero(curve < TOLD)
    first = int(below[-1]) + 1 if below.size else 0
    return float(years[first]) if first < len(years) else None


def _interval(drawn: Floats) -> tuple[float | None, float | None]:
    told = drawn[~np.isnan(drawn)]
    if told.size <= drawn.size / 2:
        return None, None
    low, high = np.quantile(told, [0.05, 0.95], method="nearest")
    return float(low), float(high)


def folds(seed: int, name: str, side: Side) -> NDArray[np.int64]:
    """Numbers of folds (scenario,), each with its part of either side."""
    found = np.empty(side.size, dtype=np.int64)
    for which in (False, True):
        members = np.flatnonzero(side == which)
        found[members[order(seed, f"{name}.{which}", members.size)]] = np.arange(members.size) % FOLDS
    return found


def _few(side: Side) -> bool:
    return bool(min(side.sum(), side.size - side.sum()) < FEWEST // 2)


def _scores(state: Callable[[int], Floats], years: int, side: Side, fold: NDArray[np.int64]) -> Floats:
    """Out-of-fold scores (year, scenario)."""
    with one_thread():
        return np.array(each(lambda row: out_of_fold(state(row), side, fold), range(years)))


def _weighted_auc(ranked: NDArray[np.intp], side: Side, drawn: NDArray[np.intp]) -> Floats:
    """AUC by year of a resample, from the order (year, scenario) of the scores."""
    weight = np.bincount(drawn, minlength=side.size).astype(float)
    up = (weight * side)[ranked]
    down = (weight * ~side)[ranked]
    return np.asarray((up * (np.cumsum(down, axis=1) - down / 2)).sum(axis=1) / (up[0].sum() * down[0].sum()))
