"""What stands behind each exchange of a library: a factor, an activity, or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from meguru.errors import LibraryError, UnsupportedError
from meguru.files.marks import locate
from meguru.inventory.components import Activity, Exchange, Factor, Library
from meguru.inventory.lookup import choose, regions_for

NATURAL = ("emission", "resource")
MISSING, UNRATED, BARE = "no factor", "not characterised", "nothing behind it"


@dataclass(frozen=True, slots=True)
class Gap:
    """A flow of an activity for which there is no factor.

    ``why`` is ``no factor`` for a product or waste with neither factor nor activity behind it: its burden is
    missing; ``not characterised`` for an emission or resource that the method does not rate: usual, but for
    the reader to judge; ``nothing behind it`` for the reference flow of an activity that states no impact of
    the category, and has no exchange or none but those: nothing is known of it, and that is not zero.
    """

    activity: str
    flow: str
    impact: str
    region: str | None
    why: str


@dataclass(frozen=True, slots=True)
class StandIn:
    """A product or waste of an activity that is rated by what is not of its region.

    ``region`` is the one wanted, ``taken`` that of the factor or activity behind it: ``RoW``, ``GLO``, or
    None for what holds everywhere.
    """

    activity: str
    flow: str
    impact: str
    region: str
    taken: str | None


class Links:
    """Finds what stands behind the exchanges of one library.

    ``where`` is the region of activities that name none.
    """

    def __init__(self, library: Library, where: str | None = None) -> None:
        self.library, self.where = library, where
        self.running: dict[str, list[str]] = {}
        for name, activity in library.activities.items():
            self.running.setdefault(activity.flow, []).append(name)

    def factor(self, exchange: Exchange, region: str | None, impact: str) -> Factor | None:
        """The factor that rates an exchange; None where a provider is named or there is none as near as an
        activity that is run for the flow.

        Raises
        ------
        LibraryError
            There are several of different scope, or several activities that are nearer.
        """
        flow = self.library.flows[exchange.flow]
        if exchange.provider is not None:
            return None
        there = {one.region for one in flow.factors if one.impact == impact}
        for place in regions_for(region):
            if place in there:
                return choose(flow, impact, region, place=f"flows.{exchange.flow}.factors")
            if self._running(exchange, place):
                return None
        return None

    def provider(self, exchange: Exchange, region: str | None) -> str | None:
        """The activity behind an exchange: the one named, else the only one for its flow, by region.

        Regions are tried in the order of :func:`meguru.inventory.lookup.regions_for`.

        Raises
        ------
        LibraryError
            Several are run for it, and none is named.
        """
        if exchange.provider is not None:
            return exchange.provider
        for place in regions_for(region):
            fitting = self._running(exchange, place)
            if len(fitting) > 1:
                raise locate(
                    self.library,
                    LibraryError(
                        "more than one activity is behind this flow",
                        place=f"flows.{exchange.flow}",
                        found=", ".join(fitting),
                        expected="one: name it as 'provider' of the exchange",
                    ),
                )
            if fitting:
                return fitting[0]
        return None

    def _running(self, exchange: Exchange, place: str | None) -> list[str]:
        """Activities of one region that can be behind an exchange."""
        running = self.running.get(exchange.flow, ())
        return [
            name
            for name in running
            if self.library.activities[name].region == place and self.fits(exchange, name)
        ]

    def fits(self, exchange: Exchange, name: str) -> bool:
        """Whether an activity can be behind an exchange."""
        return is_run_for(self.library, self.library.activities[name], exchange.flow)

    def region(self, activity: Activity, exchange: Exchange) -> str | None:
        """Whose factor is meant: that of the exchange, of the activity, of where the question is asked."""
        return exchange.region or activity.region or self.where

    def stand_in(self, name: str, exchange: Exchange, impact: str) -> StandIn | None:
        """What is rated by another region's number, or by one that names none."""
        region = self.region(self.library.activities[name], exchange)
        natural = self.library.flows[exchange.flow].kind in NATURAL
        if region is None or natural or exchange.provider is not None:
            return None
        factor = self.factor(exchange, region, impact)
        provider = None if factor else self.provider(exchange, region)
        if factor is None and provider is None:
            return None
        taken = factor.region if factor else self.library.activities[provider or ""].region
        return None if taken == region else StandIn(name, exchange.flow, impact, region, taken)

    def gap(self, name: str, exchange: Exchange, impact: str) -> Gap | None:
        """What is missing of an exchange of an activity."""
        region = self.region(self.library.activities[name], exchange)
        if self.factor(exchange, region, impact) or self.provider(exchange, region):
            return None
        natural = self.library.flows[exchange.flow].kind in NATURAL
        return Gap(name, exchange.flow, impact, region, UNRATED if natural else MISSING)


def find_gaps(
    library: Library, impacts: Iterable[str] | None = None, *, region: str | None = None
) -> list[Gap]:
    """Every exchange of every activity with neither factor nor activity behind it, by category.

    So is every activity of which nothing is rated. Absence is not zero: what is listed here is in no sum.
    ``region`` is that of activities that name none.
    """
    links = Links(library, region)
    wanted = list(library.impacts if impacts is None else impacts)
    found: dict[Gap, None] = {}
    for name, activity in library.activities.items():
        for impact in wanted:
            here = [links.gap(name, exchange, impact) for exchange in activity.exchanges]
            gaps = [gap for gap in here if gap is not None]
            found |= dict.fromkeys(gaps)
            rated = impact in activity.impacts or len(gaps) < len(here)
            if not rated and all(gap.why == UNRATED for gap in gaps):
                found[Gap(name, activity.flow, impact, activity.region or region, BARE)] = None
    return list(found)


def find_stand_ins(
    library: Library, impacts: Iterable[str] | None = None, *, region: str | None = None
) -> list[StandIn]:
    """Every product and waste that is rated by a number of the world, or of no region, instead of its own.

    ``region`` is that of activities that name none. A provider that an exchange names is meant, and no
    stand-in.
    """
    links = Links(library, region)
    wanted = list(library.impacts if impacts is None else impacts)
    found = (
        links.stand_in(name, exchange, impact)
        for name, activity in library.activities.items()
        for impact in wanted
        for exchange in activity.exchanges
    )
    return list(dict.fromkeys(one for one in found if one is not None))


def is_run_for(library: Library, activity: Activity, flow: str) -> bool:
    """Whether an activity gives a product, or takes a waste: only so it can be behind an exchange of it."""
    return activity.flow == flow and activity.takes == (library.flows[flow].kind == "waste")


def sign(library: Library, exchange: Exchange) -> float:
    """+1 for a burden, −1 for what is avoided, taken up from the air or given back to nature."""
    kind = library.flows[exchange.flow].kind
    back = (kind, exchange.direction) in (("emission", "input"), ("resource", "output"))
    return -1.0 if back != exchange.avoided else 1.0


def is_co_product(library: Library, exchange: Exchange) -> bool:
    """Whether an activity has a second function by this exchange: it gives a product, or takes a waste in.

    Its reference flow once more counts as well: what is given twice belongs to the reference amount.
    """
    kind = library.flows[exchange.flow].kind
    return not exchange.avoided and (kind, exchange.direction) in (("product", "output"), ("waste", "input"))


def refuse_co_product(library: Library, activity: Activity, exchange: Exchange, place: str) -> None:
    """An error for an exchange by which an activity has more than one function.

    Raises
    ------
    UnsupportedError
        It has; with file and line where the library was read from a file.
    """
    if not is_co_product(library, exchange):
        return
    hint = "Allocate between them, or write 'avoided: true' for what it replaces elsewhere."
    if exchange.flow == activity.flow:
        hint = "Add it to the reference amount."
    raise locate(
        library,
        UnsupportedError(
            "an activity with more than one product",
            place=place,
            found=exchange.flow,
            expected=f"only the reference amount of {activity.flow}",
            hint=hint,
        ),
    )
