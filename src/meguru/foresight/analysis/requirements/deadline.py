"""The last year in which a requirement may be met, beside the others and in place of its substitutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from meguru.foresight.analysis.forces import Held
from meguru.foresight.analysis.requirements.forcing import Forcing

COARSE = 6  # years looked at before the years between two of them
OTHERS_SUFFICE = "the other requirements suffice"
NEVER_ENOUGH = "from no year on is it enough"


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
        Share by year from which it is met, as far as looked at; the year after ``year`` is always among them.
    without
        Share where it is not met and the others are, those of ``instead`` left out.
    reason
        Why there is no year; empty where there is one.
    instead
        Requirements that do its work where it is not met: each of them and this one can be spared, but not
        together. The deadline is that of this one without them.
    spared
        Share where it is not met, and all others are.
    along
        Requirements that can be spared together with it.
    jointly
        Share where it is not met, nor any of ``along``, and the others are.
    """

    year: float | None
    wanted: float
    curve: tuple[tuple[float, float], ...]
    without: float
    reason: str
    instead: tuple[str, ...]
    spared: float
    along: tuple[str, ...]
    jointly: float

    def share(self, year: float) -> float:
        """Of the curve."""
        return dict(self.curve)[year]

    @property
    def after(self) -> float | None:
        """The year after the deadline, of which the curve says that it is too late; None: the run ends."""
        later = [year for year, _ in self.curve if self.year is not None and year > self.year]
        return min(later, default=None)


def find_deadlines(
    forcing: Forcing, held: Mapping[str, Held], years: Sequence[float], wanted: float
) -> dict[str, Deadline]:
    """Deadline of each cause beside the others.

    A cause without which the others give the share wanted is tried with each of the others left out as well,
    and with all that can be spared: what can be spared alone need not be so together.

    Parameters
    ----------
    forcing
        The reruns.
    held
        Causes by node.
    years
        At which levels may begin to be held.
    wanted
        p₀.
    """
    instead, idle = substitutes(forcing, held, wanted)
    found = {}
    for node, one in held.items():
        found[node] = replace(
            find_deadline(forcing, one, _but(held, node, *instead[node]), years, wanted),
            instead=instead[node],
            spared=forcing.share(_but(held, node)),
            along=tuple(other for other in idle if other != node) if node in idle else (),
            jointly=forcing.share(_but(held, *idle) if node in idle else _but(held, node)),
        )
    return found


def substitutes(
    forcing: Forcing, held: Mapping[str, Held], wanted: float
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """For each cause those that do its work, and the causes that can be spared all together.

    One does the work of another where the others suffice without either, but not without both. Where that is
    so of no two of those that are left, and yet not all of these can be spared, each does the work of all.
    """

    def enough(*missing: str) -> bool:
        return forcing.share(_but(held, *missing)) >= wanted

    spare = [node for node in held if enough(node)]
    found: dict[str, tuple[str, ...]] = dict.fromkeys(held, ())
    for node in spare:
        found[node] = tuple(other for other in spare if other != node and not enough(node, other))
    idle = tuple(node for node in spare if not found[node])
    if enough(*idle):
        return found, idle
    return found | {node: tuple(other for other in idle if other != node) for node in idle}, ()


def _but(held: Mapping[str, Held], *missing: str) -> tuple[Held, ...]:
    return tuple(one for node, one in held.items() if node not in missing)


def find_deadline(
    forcing: Forcing,
    one: Held,
    others: Sequence[Held],
    years: Sequence[float],
    wanted: float,
) -> Deadline:
    """Last of ``years`` from which holding the node at its level, beside the others, gives the share wanted.

    The years are looked at backward, first a few over the whole span and the milestone of the requirement,
    then each between the last that gives the share and the first after it that does not.
    """
    node, milestone, level = one
    without = forcing.share(others)
    if without >= wanted:
        return Deadline(None, wanted, (), without, OTHERS_SUFFICE, (), without, (), without)
    shares: dict[float, float] = {}

    def enough(year: float) -> bool:
        shares[year] = forcing.share((*others, (node, year, level)))
        return shares[year] >= wanted

    spread = np.linspace(0, len(years) - 1, min(COARSE, len(years))).round().astype(int)
    places = np.unique([*spread, *np.flatnonzero(np.isclose(years, milestone))])[::-1]
    found, after = None, len(years)
    for place in places:
        if enough(years[place]):
            found = int(place)
            break
        after = int(place)
    if found is None:
        return Deadline(None, wanted, _curve(shares), without, NEVER_ENOUGH, (), without, (), without)
    for place in range(after - 1, found, -1):
        if enough(years[place]):
            found = place
            break
    for place in places[places < found]:
        enough(years[place])
    return Deadline(float(years[found]), wanted, _curve(shares), without, "", (), without, (), without)


def _curve(shares: dict[float, float]) -> tuple[tuple[float, float], ...]:
    return tuple((float(year), shares[year]) for year in sorted(shares))
