"""All combinations of measures, each choice once: a measure that is left has neither level nor year."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from meguru.explore.searches.space import Variable

Array = NDArray[np.float64]
Numbers = tuple[float, ...]


@dataclass(frozen=True)
class Option:
    """What can be chosen of one measure.

    Attributes
    ----------
    switched
        Whether taking it is a variable of its own; else it is always taken, as one of its levels is the same
        as to leave it.
    variables
        Its level and its year, those of them that can be chosen.
    """

    switched: bool
    variables: Sequence[Variable]

    @property
    def left(self) -> Numbers:
        """The numbers of a point at which it is left."""
        return (0.0,) * self.switched + (math.nan,) * len(self.variables)

    def ways(self, few: int) -> int:
        """In how many ways it can be taken."""
        return math.prod(one.size(few) for one in self.variables)

    def taken(self, few: int) -> list[Numbers]:
        """The numbers of every way to take it."""
        levels = (one.levels(few).tolist() for one in self.variables)
        return [(1.0,) * self.switched + chosen for chosen in product(*levels)]


@dataclass(frozen=True, eq=False)
class Combinations:
    """Every choice of several options that may be made, each once.

    Attributes
    ----------
    excluded
        Pairs of options, by their places, that can not be taken together.
    """

    options: Sequence[Option]
    excluded: frozenset[frozenset[int]] = frozenset()

    def count(self, few: int, most: int) -> int:
        """How many there are; where they are more than ``most``, some number above it."""
        ways = [one.ways(few) for one in self.options]
        total = 0
        for taken in self._sets():
            total += math.prod(ways[place] for place in taken)
            if total > most:
                break
        return total

    def points(self, few: int) -> Array:
        """(choice, variable) NaN for level and year of what is left; the first leaves everything."""
        ways = [one.taken(few) for one in self.options]
        rows = [
            [number for numbers in chosen for number in numbers]
            for taken in self._sets()
            for chosen in product(
                *(ways[place] if place in taken else [one.left] for place, one in enumerate(self.options))
            )
        ]
        return np.array(rows, dtype=np.float64)

    def as_told(self, points: Array) -> Array:
        """(choice, variable) NaN for level and year of what is left, so that each choice is one point."""
        found = points.copy()
        for place, one in enumerate(self.options):
            first = self._first(place)
            if one.switched:
                left = points[:, first] == 0.0
                found[left, first + 1 : first + 1 + len(one.variables)] = np.nan
        return found

    def without_excluded(self, points: Array, draws: np.random.Generator) -> Array:
        """(choice, variable) of options that exclude each other one kept, whichever comes first by chance."""
        if not self.excluded:
            return points
        found = points.copy()
        switches = {place: self._first(place) for place, one in enumerate(self.options) if one.switched}
        always = frozenset(place for place in range(len(self.options)) if place not in switches)
        order = np.array(list(switches), dtype=np.int64)
        for row in found:
            taken = always
            for place in draws.permutation(order).tolist():
                if row[switches[place]] == 0.0:
                    continue
                if self._bars(taken, place):
                    row[switches[place]] = 0.0
                else:
                    taken |= {place}
        return found

    def _first(self, place: int) -> int:
        """The column of the first number of an option."""
        return sum(one.switched + len(one.variables) for one in self.options[:place])

    def _sets(self) -> Iterator[frozenset[int]]:
        """The sets of options that can be taken together, that of none first."""
        always = frozenset(place for place, one in enumerate(self.options) if not one.switched)
        if always:
            yield frozenset()
        yield from self._after(always, 0)

    def _after(self, taken: frozenset[int], place: int) -> Iterator[frozenset[int]]:
        """Sets with these, and some of the options from a place on."""
        if place == len(self.options):
            yield taken
            return
        yield from self._after(taken, place + 1)
        if place not in taken and not self._bars(taken, place):
            yield from self._after(taken | {place}, place + 1)

    def _bars(self, taken: frozenset[int], place: int) -> bool:
        """Whether something that is taken excludes an option."""
        return any(frozenset((other, place)) in self.excluded for other in taken)
