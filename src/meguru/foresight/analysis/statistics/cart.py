"""A classification tree as the second view of the conditions of a group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Sides = NDArray[np.bool_]

DEPTH = 3
LEAF = 0.02  # share of the scenarios that a leaf holds at least

Rule = tuple[int, str, float]  # column, "<=" or ">", bound


@dataclass(frozen=True, slots=True)
class Leaf:
    """A path through the tree.

    Attributes
    ----------
    rules
        Column, ``>`` or ``<=``, and bound of each fork on the way.
    share
        Of the held-out scenarios that come here.
    density
        Of these, the share that is wanted; None where none comes here.
    coverage
        Of the wanted held-out scenarios, the share that comes here; None where none is wanted.
    """

    rules: tuple[Rule, ...]
    share: float
    density: float | None
    coverage: float | None


def find_leaves(values: Floats, wanted: Sides, held: Floats, held_wanted: Sides) -> tuple[Leaf, ...]:
    """Leaves of a classification tree (Breiman et al. 1984), densest first, judged on held-out scenarios.

    Each fork is the one that lowers the Gini impurity most, three deep, with a fiftieth of the scenarios in
    each leaf at least.

    Parameters
    ----------
    values, wanted
        (scenario, column) and (scenario,) by which the tree is grown.
    held, held_wanted
        Those by which its leaves are judged.
    """
    total = int(held_wanted.sum())
    found = []
    for rules in grow(values, wanted, DEPTH, max(1, int(np.ceil(LEAF * len(values))))):
        here = np.ones(len(held), dtype=bool)
        for column, side, bound in rules:
            here &= held[:, column] <= bound if side == "<=" else held[:, column] > bound
        both, count = int((here & held_wanted).sum()), int(here.sum())
        share = count / len(held)
        found.append(Leaf(rules, share, both / count if count else None, both / total if total else None))
    return tuple(sorted(found, key=lambda leaf: (-(leaf.density or 0.0), leaf.rules)))


def grow(values: Floats, wanted: Sides, depth: int, least: int) -> list[tuple[Rule, ...]]:
    """Rules of each leaf, from left to right."""
    fork = best_fork(values, wanted, least) if depth else None
    if fork is None:
        return [()]
    column, bound = fork
    low = values[:, column] <= bound
    found: list[tuple[Rule, ...]] = []
    for side, here in (("<=", low), (">", ~low)):
        found += [
            ((column, side, bound), *rest) for rest in grow(values[here], wanted[here], depth - 1, least)
        ]
    return found


def best_fork(values: Floats, wanted: Sides, least: int) -> tuple[int, float] | None:
    """Column and bound whose sides are purest; None where no fork makes them purer."""
    size = len(values)
    if size < 2 * least or wanted.all() or not wanted.any():
        return None
    order = np.argsort(values, axis=0, kind="stable")
    ranked = np.take_along_axis(values, order, axis=0)
    below = np.cumsum(wanted[order], axis=0)[:-1].astype(float)
    count = np.arange(1, size, dtype=float)[:, None]
    total = float(wanted.sum())
    # Two sides' impurities weighted by their sizes, less what no fork changes: p (1 − p) n = k − k²/n.
    gain = below**2 / count + (total - below) ** 2 / (size - count) - total**2 / size
    able = (ranked[1:] > ranked[:-1]) & (count >= least) & (size - count >= least)
    gain = np.where(able, gain, 0.0)
    place, column = np.unravel_index(int(gain.argmax()), gain.shape)
    if gain[place, column] <= 1e-12 * size:
        return None
    return int(column), float((ranked[place, column] + ranked[place + 1, column]) / 2)
