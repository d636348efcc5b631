"""The last year in which a requirement may be met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from meguru.foresight.analysis.requirements.forcing import Forcing

COARSE = 6  # years looked at before the years between two of them

Held = tuple[str, float, float]  # node, year, level


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when a requirement must be met.

    Attributes
    ----------
    year
        Last year from which meeting it still gives the share wanted; None: there is none.
    wanted
        Share of scenarios in the group that counts as reached (p₀).
    curve
        Share by year from which it is met, as far as looked at.
    without
        Share where it is not met and the others are.
    reason
        Why there is no year; empty where there is one.
    """

    year: float | None
    wanted: float
    curve: tuple[tuple[float, float], ...]
    without: float
    reason: str


def find_deadline(
    forcing: Forcing, node: str, level: float, others: Sequence[Held], years: Sequence[float], wanted: float
) -> Deadline:
    """Last of ``years`` from which holding the node at the level, beside the others, gives the share wanted.

    The years are looked at backward, first a few over the whole span, then each between the last that gives
    the share and the first after it that does not.
    """
    without = forcing.share(others)
    if without >= wanted:
        return Deadline(None, wanted, (), without, "the other requirements suffice")
    shares: dict[float, float] = {}

    def enough(year: float) -> bool:
        shares[year] = forcing.share((*others, (node, year, level)))
        return shares[year] >= wanted

    places = np.unique(np.linspace(0, len(years) - 1, min(COARSE, len(years))).round().astype(int))[::-1]
    found, after = None, len(years)
    for place in places:
        if enough(years[place]):
            found = int(place)
            break
        after = int(place)
    if found is None:
        return Deadline(None, wanted, _curve(shares), without, "too late from the first year on")
    for place in range(after - 1, found, -1):
        if enough(years[place]):
            found = place
            break
    for place in places[places < found]:
        enough(years[place])
    return Deadline(float(years[found]), wanted, _curve(shares), without, "")


def _curve(shares: dict[float, float]) -> tuple[tuple[float, float], ...]:
    return tuple((float(year), shares[year]) for year in sorted(shares))
