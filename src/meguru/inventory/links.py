"""What stands behind each exchange of a library: a factor, an activity, or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from meguru.errors import LibraryError
from meguru.inventory.components import Activity, Exchange, Factor, Library
from meguru.inventory.lookup import choose


@dataclass(frozen=True, slots=True)
class Gap:
    """A flow of an activity for which there is no factor.

    ``why`` is ``no factor`` for a product or waste with neither factor nor activity behind it: its burden is
    missing; ``not characterised`` for an emission or resource that the method does not rate: usual, but for
    the reader to judge.
    """

    activity: str
    flow: str
    impact: str
    region: str | None
    why: str


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
        """The factor that rates an exchange; None where a provider is named or there is no factor.

        Raises
        ------
        LibraryError
            There are several of different scope.
        """
        flow = self.library.flows[exchange.flow]
        if exchange.provider is not None:
            return None
        if not any(one.impact == impact and one.region in (region, None) for one in flow.factors):
            return None
        return choose(flow, impact, region, place=f"flows.{exchange.flow}.factors")

    def provider(self, exchange: Exchange, region: str | None) -> str | None:
        """The activity behind an exchange: the one named, else the only one of the region for its flow.

        Raises
        ------
        LibraryError
            Several are run for it, and none is named.
        """
        if exchange.provider is not None:
            return exchange.provider
        running = self.running.get(exchange.flow, [])
        regions = {name: self.library.activities[name].region for name in running}
        fitting = [name for name in running if regions[name] == region]
        if not fitting:
            fitting = [name for name in running if regions[name] is None]  # never that of another region
        if len(fitting) > 1:
            raise LibraryError(
                "more than one activity is behind this flow",
                place=f"flows.{exchange.flow}",
                found=", ".join(fitting),
                expected="one: name it as 'provider' of the exchange",
            )
        return fitting[0] if fitting else None

    def region(self, activity: Activity, exchange: Exchange) -> str | None:
        """Whose factor is meant: that of the exchange, of the activity, of where the question is asked."""
        return exchange.region or activity.region or self.where

    def gap(self, name: str, exchange: Exchange, impact: str) -> Gap | None:
        """What is missing of an exchange of an activity."""
        region = self.region(self.library.activities[name], exchange)
        if self.factor(exchange, region, impact) or self.provider(exchange, region):
            return None
        natural = self.library.flows[exchange.flow].kind in ("emission", "resource")
        return Gap(name, exchange.flow, impact, region, "not characterised" if natural else "no factor")


def find_gaps(
    library: Library, impacts: Iterable[str] | None = None, *, region: str | None = None
) -> list[Gap]:
    """Every exchange of every activity with neither factor nor activity behind it, by category.

    Absence is not zero: what is listed here is in no sum. ``region`` is that of activities that name none.
    """
    links = Links(library, region)
    wanted = list(library.impacts if impacts is None else impacts)
    found = (
        links.gap(name, exchange, impact)
        for name, activity in library.activities.items()
        for impact in wanted
        for exchange in activity.exchanges
    )
    return list(dict.fromkeys(gap for gap in found if gap is not None))


def sign(library: Library, exchange: Exchange) -> float:
    """+1 for a burden, −1 for what is avoided, taken up from the air or given back to nature."""
    kind = library.flows[exchange.flow].kind
    back = (kind, exchange.direction) in (("emission", "input"), ("resource", "output"))
    return -1.0 if back != exchange.avoided else 1.0


def is_co_product(library: Library, activity: Activity, exchange: Exchange) -> bool:
    """Whether an activity has a second function by this exchange: another product, another waste taken in."""
    kind = library.flows[exchange.flow].kind
    if exchange.avoided:
        return False
    second = (kind, exchange.direction) in (("product", "output"), ("waste", "input"))
    own = exchange.flow == activity.flow and (exchange.direction == "input") == activity.takes
    return second and not own
