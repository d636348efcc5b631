"""Burdens through a whole network of activities: t = c + Mᵀ t, solved at once for all activities.

c is the burden that each activity has itself per unit of its reference flow (its own impacts, and its
exchanges by their factors), M[i, j] what activity j takes of activity i per unit, t the burden of a unit with
all that lies behind it (Heijungs & Suh 2002, The Computational Structure of Life Cycle Assessment; here the
adjoint form, which gives every activity for the price of one).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array, eye_array
from scipy.sparse.linalg import splu

from meguru.errors import LibraryError
from meguru.inventory.components import Activity, Exchange, Factor, Library
from meguru.inventory.conversion import in_flow_unit, one_number, unit_per, without_spread
from meguru.inventory.links import (
    BARE,
    MISSING,
    NATURAL,
    Gap,
    Links,
    StandIn,
    find_gaps,
    find_stand_ins,
    refuse_co_product,
    sign,
)
from meguru.quantity import Quantity

Array = NDArray[np.float64]
ROUNDING = 1e-9
MOST_NAMED = 5  # activities in a message


@dataclass(frozen=True, slots=True)
class Solved:
    """A library whose reference flows have factors with all that lies behind them; what is missing in them,
    and what is rated by a number that is not of its region."""

    library: Library
    gaps: list[Gap]
    stand_ins: list[StandIn]


def solve(
    library: Library,
    impacts: Iterable[str] | None = None,
    *,
    year: float | None = None,
    region: str | None = None,
) -> Solved:
    """Give every reference flow the factor of its activity, with everything that lies behind it.

    A flow that has a factor of its own for a region keeps it. Where several activities are run for a flow, it
    has a factor of each, told apart by their scope. The amounts as stated are taken, not the means of their
    spreads; the new factors hold no uncertainty. Each says in its note what is missing: of the activity
    itself by name, else that something behind it lacks a factor; and what the factors taken cover. An
    activity of which nothing is rated gets none: what is not known is not zero.

    Parameters
    ----------
    impacts
        Categories; default all of the library.
    year
        Where factors change by year.
    region
        Of activities that name none.

    Raises
    ------
    LibraryError
        Several activities are behind a flow and none is named; the network takes more of a flow than it
        gives, directly or through others.
    UnsupportedError
        An activity gives several products, or its own twice: allocate, or write the others as avoided.
    """
    wanted = list(library.impacts if impacts is None else impacts)
    network = _Network(library, year, region)
    missing = find_gaps(library, wanted, region=region)
    standing = find_stand_ins(library, wanted, region=region)
    flows = {name: replace(flow, factors=list(flow.factors)) for name, flow in library.flows.items()}
    for impact in wanted:
        found = network.totals(impact)
        lost: dict[str, list[str]] = {}
        for gap in missing:
            if gap.impact == impact and gap.why in (MISSING, BARE):
                lost.setdefault(gap.activity, []).append(gap.flow)
        holed = _reached(set(lost), found.takers)
        others: dict[str, list[StandIn]] = {}
        for one in standing:
            if one.impact == impact:
                others.setdefault(one.activity, []).append(one)
        for (name, activity), total in zip(library.activities.items(), found.each, strict=True):
            flow = flows[activity.flow]
            own = library.flows[activity.flow].factors
            if name in found.bare or any(
                (one.impact, one.region) == (impact, activity.region) for one in own
            ):
                continue
            note = _note(lost.get(name), name in holed, others.get(name, []), found.scopes.get(name, {}))
            flow.factors.append(_factor(library, name, impact, float(total), note, year))
    return Solved(replace(library, flows=flows), missing, standing)


def _note(lost: list[str] | None, holed: bool, others: list[StandIn], scopes: dict[str, str]) -> str | None:
    """What a factor says of what it lacks, of what is not of its region, and of what others cover."""
    parts = []
    if lost:
        parts.append(f"without {', '.join(dict.fromkeys(lost))}")
    elif holed:
        parts.append("without something that lies behind it")
    world = dict.fromkeys(f"{one.flow} of {one.taken or 'no region'}" for one in others)
    if world:
        parts.append(f"with {', '.join(world)}")
    parts += [f"{flow}: {scope}" for flow, scope in scopes.items()]
    return "; ".join(parts) or None


def _reached(start: set[str], behind: dict[str, set[str]]) -> set[str]:
    """All activities behind which, however far, one of some others lies."""
    found, waiting = set(start), list(start)
    while waiting:
        for name in behind.get(waiting.pop(), set()) - found:
            found.add(name)
            waiting.append(name)
    return found


def _factor(
    library: Library, name: str, impact: str, total: float, note: str | None, year: float | None
) -> Factor:
    activity = library.activities[name]
    flow = library.flows[activity.flow]
    return Factor(
        impact=impact,
        amount=Quantity(total, unit_per(library.impacts[impact].unit, flow.unit)),
        region=activity.region,
        scope=f"with what lies behind {name}",
        year=activity.last if year is None else int(year),
        source=f"calculated from the activity '{name}'" + (f": {activity.source}" if activity.source else ""),
        licence=activity.licence,
        assumed=activity.assumed,
        note=note,
    )


@dataclass(frozen=True, slots=True)
class _Totals:
    """Burdens in one category.

    Attributes
    ----------
    each : (activity,)
        Per unit of its reference flow, with what lies behind it.
    takers
        Provider → who takes of it.
    bare
        Activities of which nothing is rated.
    scopes
        Activity → product or waste that it takes → what the factor covers by which that is rated.
    """

    each: Array
    takers: dict[str, set[str]]
    bare: set[str]
    scopes: dict[str, dict[str, str]]


class _Network:
    """The activities of a library as a matrix."""

    def __init__(self, library: Library, year: float | None, where: str | None) -> None:
        self.library, self.year = library, year
        self.links = Links(library, where)
        self.index = {name: number for number, name in enumerate(library.activities)}
        self.reference = np.array([self._reference(name) for name in library.activities])

    def _reference(self, name: str) -> float:
        """The reference amount in the unit of the flow."""
        activity = self.library.activities[name]
        return self._amount(activity.flow, activity.amount, f"activities.{name}.amount")

    def _amount(self, flow: str, amount: Quantity, place: str) -> float:
        times = in_flow_unit(self.library.flows[flow], amount.unit, place=place)
        return one_number(without_spread(amount), amount.unit, place, self.year) * times

    def totals(self, impact: str) -> _Totals:
        """Burdens of all reference flows in one category."""
        takers: dict[str, set[str]] = {}
        scopes: dict[str, dict[str, str]] = {}
        bare = {name for name, activity in self.library.activities.items() if impact not in activity.impacts}
        own = np.zeros(len(self.index))
        rows: list[int] = []
        columns: list[int] = []
        taken: list[float] = []
        for name, activity in self.library.activities.items():
            column = self.index[name]
            own[column] = self._direct(name, activity, impact)
            for number, exchange in enumerate(activity.exchanges):
                place = f"activities.{name}.exchanges.{number}"
                refuse_co_product(self.library, activity, exchange, place)
                amount = self._amount(exchange.flow, exchange.amount, f"{place}.amount")
                amount *= sign(self.library, exchange) / self.reference[column]
                region = self.links.region(activity, exchange)
                rated = self.links.factor(exchange, region, impact)
                provider = None if rated else self.links.provider(exchange, region)
                if rated or provider is not None:
                    bare.discard(name)
                if rated:
                    if rated.scope is not None and self.library.flows[exchange.flow].kind not in NATURAL:
                        scopes.setdefault(name, {})[exchange.flow] = rated.scope
                    own[column] += amount * self._rating(exchange, rated, impact, place)
                elif provider is not None:
                    takers.setdefault(provider, set()).add(name)
                    rows.append(self.index[provider])
                    columns.append(column)
                    taken.append(amount)
        taking = coo_array((taken, (rows, columns)), shape=(len(own), len(own)))
        if own.size:
            self._refuse_unproductive(taking)
        return _Totals(adjoint(csc_array(eye_array(len(own)) - taking), own), takers, bare, scopes)

    def _direct(self, name: str, activity: Activity, impact: str) -> float:
        if impact not in activity.impacts:
            return 0.0
        place = f"activities.{name}.impacts.{impact}"
        unit = self.library.impacts[impact].unit
        direct = one_number(without_spread(activity.impacts[impact]), unit, place, self.year)
        return direct / float(self.reference[self.index[name]])

    def _rating(self, exchange: Exchange, factor: Factor, impact: str, place: str) -> float:
        unit = f"({self.library.impacts[impact].unit})/({self.library.flows[exchange.flow].unit})"
        return one_number(without_spread(factor.amount), unit, place, self.year)

    def _refuse_unproductive(self, taking: coo_array) -> None:
        """Burdens are only finite where every product is given in excess of what giving it takes.

        For what is taken, credits aside, I − M must be an M-matrix: the number of activities that run behind
        one unit, Aᵀ y = 1, is then at least one for each (Berman & Plemmons 1994, chapter 6).
        """
        needed = coo_array((np.maximum(taking.data, 0.0), (taking.row, taking.col)), shape=taking.shape)
        size = taking.shape[0]
        running = adjoint(csc_array(eye_array(size) - needed), np.ones(size))
        if not (running >= 1.0 - ROUNDING).all():
            names = [name for name, number in self.index.items() if not running[number] >= 1.0 - ROUNDING]
            raise LibraryError(
                "the network takes more of a flow than it gives",
                place="activities",
                found=", ".join(names[:MOST_NAMED]),
                expected="each to need less than one unit of its product for one unit of it",
            )


def adjoint(technosphere: csc_array, own: Array) -> Array:
    """Burden per unit of each product: Aᵀ t = c.

    Parameters
    ----------
    technosphere : (product, activity)
        What each activity gives (positive) and takes (negative) of each product.
    own : (activity,)
        Burden that each activity has itself.

    Returns
    -------
    (product,)

    Raises
    ------
    LibraryError
        The matrix can not be solved: some product is needed for itself in full.
    """
    if not own.size:
        return own
    try:
        found: Array = splu(technosphere).solve(own, trans="T")
    except RuntimeError as error:
        raise LibraryError(
            f"the network of activities can not be solved: {error}",
            hint="Some activities need all of what they give, or nothing gives what is needed.",
        ) from error
    return found
