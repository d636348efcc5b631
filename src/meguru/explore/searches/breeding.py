"""Points that can be bred from: what may be chosen, by chance, and what was tried of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from meguru.explore.searches.space import FEW_LEVELS, keys_of, snapped

if TYPE_CHECKING:
    from meguru.explore.searches.search import SearchProblem

Array = NDArray[np.float64]
ROUNDS = 20  # of breeding or drawing, in which choices that were not tried yet are looked for


class Choosing:
    """What may be chosen in a problem, by chance, and what was tried of it.

    Attributes
    ----------
    tried
        Points as told, one array a generation.
    """

    def __init__(self, problem: SearchProblem, draws: np.random.Generator) -> None:
        self.variables, self.combinations = problem.variables, problem.combinations
        self.draws = draws
        self.tried: list[Array] = []
        self._keys: set[bytes] = set()
        few = [one.count is not None and 1 < one.count <= FEW_LEVELS for one in problem.variables]
        self._few = np.flatnonzero(few)

    def possible(self, points: Array) -> Array:
        """(point, variable) nearest points that may be chosen."""
        found = snapped(self.variables, points)
        return found if self.combinations is None else self.combinations.without_excluded(found, self.draws)

    def as_told(self, points: Array) -> Array:
        """(point, variable) NaN for what does not matter."""
        return points.copy() if self.combinations is None else self.combinations.as_told(points)

    def note(self, points: Array) -> None:
        """Points, as told, that were tried."""
        self.tried.append(points)
        self._keys.update(keys_of(points))

    def are_known(self, points: Array, beside: Array | None = None) -> NDArray[np.bool_]:
        """(point,) Which were tried, or are among others, or come twice: all but the first."""
        known = set() if beside is None else set(keys_of(self.as_told(beside)))
        found = np.empty(len(points), dtype=bool)
        for row, key in enumerate(keys_of(self.as_told(points))):
            found[row] = key in known or key in self._keys
            known.add(key)
        return found

    def first(self, population: int) -> Array:
        """(point, variable) a population by chance, no choice twice; smaller if there are fewer."""
        found = np.empty((0, len(self.variables)))
        for _ in range(ROUNDS):
            columns = [one.drawn(self.draws, population) for one in self.variables]
            more = np.concatenate([found, self.possible(np.stack(columns, axis=1))])
            found = more[~self.are_known(more)][:population]
            if len(found) == population:
                break
        return found

    def drawn_anew(self, points: Array) -> Array:
        """(point, variable) some numbers of few values drawn anew, at most one a point on average."""
        found, share = points.copy(), min(0.5, 1.0 / len(self.variables))
        for column in self._few.tolist():
            drawn = self.variables[column].drawn(self.draws, len(points))
            found[:, column] = np.where(self.draws.random(len(points)) < share, drawn, found[:, column])
        return found
