"""What tells the sides of a split apart: effect sizes, false discovery rates, permutation importance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import ttest_ind_from_stats

from meguru.foresight.analysis.statistics.lda import auc, direction
from meguru.foresight.analysis.statistics.streams import order
from meguru.foresight.analysis.statistics.threads import one_thread

Floats = NDArray[np.float64]
Sides = NDArray[np.bool_]

PERMUTATIONS = 3


def effect_sizes(values: Floats, side: Sides) -> tuple[Floats, Floats]:
    """Difference of the means in standard deviations of all, and its p-value by Welch's test, by variable.

    The deviation of both sides together keeps the effect finite where the sides do not overlap: with shares p
    and 1 − p it is at most 1/√(p (1 − p)). A variable that does not vary has effect 0 and p-value 1.

    Parameters
    ----------
    values
        (scenario, variable).
    side
        (scenario,).
    """
    one, other = values[side], values[~side]
    counts = np.array([len(one), len(other)], dtype=float)
    means = np.array([one.mean(axis=0), other.mean(axis=0)])
    squares = np.array([one.var(axis=0, ddof=1), other.var(axis=0, ddof=1)])
    spread = values.std(axis=0)
    varies = spread > 1e-12 * np.maximum(np.abs(values).max(axis=0), 1e-300)
    sizes, chance = np.zeros(values.shape[1]), np.ones(values.shape[1])
    sizes[varies] = (means[0] - means[1])[varies] / spread[varies]
    inside = squares.sum(axis=0) > 1e-24 * spread**2
    chance[varies & ~inside] = 0.0
    tested = varies & inside
    deviations = np.sqrt(squares[:, tested])
    chance[tested] = ttest_ind_from_stats(
        means[0][tested],
        deviations[0],
        counts[0],
        means[1][tested],
        deviations[1],
        counts[1],
        equal_var=False,
    ).pvalue
    return sizes, chance


def false_discovery(chance: Floats) -> Floats:
    """q-values of p-values (Benjamini & Hochberg 1995, https://doi.org/10.1111/j.2517-6161.1995.tb02031.x)."""
    size = chance.size
    falling = np.argsort(-chance, kind="stable")
    raw = chance[falling] * size / np.arange(size, 0, -1)
    found = np.empty(size)
    found[falling] = np.minimum(np.minimum.accumulate(raw), 1.0)
    return found


def permutation_importance(values: Floats, side: Sides, seed: int, name: str, most: int = 100) -> Floats:
    """Loss of AUC on held-out scenarios where one variable is shuffled (Breiman 2001), by variable.

    A discriminant of the ``most`` variables with the largest effect sizes is fitted on one half and judged on
    the other; variables left out have importance 0.

    Parameters
    ----------
    values
        (scenario, variable).
    side
        (scenario,).
    """
    shuffled = order(seed, f"{name}.halves", side.size)
    fitted, held = np.sort(shuffled[: side.size // 2]), np.sort(shuffled[side.size // 2 :])
    found = np.zeros(values.shape[1])
    if len({bool(one) for one in side[fitted]}) < 2 or len({bool(one) for one in side[held]}) < 2:
        return found
    sizes, _ = effect_sizes(values[fitted], side[fitted])
    chosen = np.argsort(-np.abs(sizes), kind="stable")[:most]
    chosen = chosen[sizes[chosen] != 0]
    if not chosen.size:
        return found
    spread = values[fitted][:, chosen].std(axis=0)
    with one_thread():
        weights = direction(values[fitted][:, chosen] / spread, side[fitted]) / spread
        scores = values[held][:, chosen] @ weights
    base = auc(scores, side[held])
    orders = [order(seed, f"{name}.shuffle.{number}", held.size) for number in range(PERMUTATIONS)]
    for variable, weight in zip(chosen, weights, strict=True):
        column = values[held, variable]
        losses = [base - auc(scores + weight * (column[one] - column), side[held]) for one in orders]
        found[variable] = float(np.mean(losses))
    return found
