"""What becomes of the share of a group where nodes are held at a level from a year on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from meguru.foresight.analysis.forces import held_from
from meguru.foresight.analysis.grouping.groups import Groups
from meguru.foresight.futures import Futures


class Forcing:
    """Reruns of the same scenarios with nodes held; each rerun is done once.

    Parameters
    ----------
    futures, groups
        The scenarios and their groups.
    number
        Of the group.
    members
        (scenario,) numbers of the scenarios that are rerun.
    """

    def __init__(self, futures: Futures, groups: Groups, number: int, members: NDArray[np.int64]) -> None:
        self.futures, self.groups, self.number, self.members = futures, groups, number, members
        self._done: dict[tuple[tuple[str, float, float], ...], NDArray[np.bool_]] = {}

    def ends(self, held: Sequence[tuple[str, float, float]]) -> NDArray[np.bool_]:
        """Whether each scenario (scenario,) ends in the group with (node, year, level) held from the year on.

        The level stands in the snapshot of that year and in all later ones.
        """
        key = tuple(sorted(held))
        if key not in self._done:
            forced = [held_from(self.futures.model, one) for one in key]
            again = self.futures.again((*self.futures.interventions, *forced), members=self.members)
            self._done[key] = np.asarray(self.groups.classify(again) == self.number)
        return self._done[key]

    def share(self, held: Sequence[tuple[str, float, float]]) -> float:
        """Share that ends in the group."""
        return float(self.ends(held).mean())

    def gain(self, held: Sequence[tuple[str, float, float]]) -> tuple[float, float]:
        """Rise of the share against nothing held, and its standard error with common random numbers."""
        change = self.ends(held).astype(float) - self.ends(())
        return float(change.mean()), float(change.std() / np.sqrt(change.size))
