"""What a model takes from an inventory library: the flows and activities that it names.

A flow becomes an exchange; its factors are those of the model's region, else of the world or everywhere.
With ``@`` and a region behind its name it has that region's: ``electricity@CN``. An activity becomes unit
data; what it avoids elsewhere becomes unit data of their own, ``NAME.avoided``, which are a credit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from meguru.errors import LibraryError
from meguru.files.marks import locate, where
from meguru.files.tree import Node, node_of
from meguru.inventory.components import Activity, Exchange, Factor, Flow, Library
from meguru.inventory.conversion import in_flow_unit, scaled
from meguru.inventory.links import refuse_co_product, sign
from meguru.inventory.lookup import choose, regions_for
from meguru.inventory.pedigree import uncertain_amount
from meguru.model.components import Model
from meguru.quantity import Quantity, same_dimension, write_quantity

AT = "@"
AVOIDED = ".avoided"
_QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'")


def mentioned(trees: Iterable[Node]) -> set[str]:
    """Every name that model files mention: as a key, a text, a part of a place, in quotes in a formula."""
    found: set[str] = set()
    for tree in trees:
        for text in _texts(tree):
            found.update((text, *text.split(".")))
            found.update(one or other for one, other in _QUOTED.findall(text))
    return found


def _texts(node: Node) -> Iterator[str]:
    if isinstance(node.value, dict):
        yield from node.value
        for inner in node.value.values():
            yield from _texts(inner)
    elif isinstance(node.value, list):
        for inner in node.value:
            yield from _texts(inner)
    elif isinstance(node.value, str):
        yield node.value


def taken(library: Library, names: set[str], region: str | None) -> Node:
    """The sections of a model that a library gives: what is named, and what that needs."""
    taking = _Taking(library, names, region)
    for name in library.activities:
        if name in names:
            taking.activity(name)
        if f"{name}{AVOIDED}" in names:
            taking.activity(name, avoided=True)
    for name in sorted(names):
        flow, _, place = name.partition(AT)
        if flow in library.flows:
            taking.flow(flow, place or None)
    return taking.sections()


Offered = dict[str, list[str]]


def offered_by(library: Library) -> Offered:
    """Section of a model → names that a library can give to it, once it names them."""
    return {
        "exchanges": list(library.flows),
        "unit_data": list(library.activities),
        "impacts": list(library.impacts),
    }


def offered_to(model: Model, section: str) -> list[str]:
    """Names that the inventory libraries of a model would give to a section, were they asked for."""
    held: Offered = vars(model).get("offered", {})
    return held.get(section, [])


class _Taking:
    """Collects what a model takes from one library."""

    def __init__(self, library: Library, names: set[str], region: str | None) -> None:
        self.library, self.region = library, region
        chosen = [name for name in library.impacts if name in names]
        self.impacts = chosen or list(library.impacts)  # a model that names none wants all
        self.used: set[str] = set(chosen)
        self.exchanges: dict[str, Node] = {}
        self.unit_data: dict[str, Node] = {}

    def sections(self) -> Node:
        """All that was taken, in the order of the library."""
        impacts = {
            name: self._node(f"impacts.{name}", {"label": one.label, "unit": one.unit, "note": one.method})
            for name, one in self.library.impacts.items()
            if name in self.used
        }
        whole = Node({}, where(self.library, ""))
        for key, entries in (
            ("impacts", impacts),
            ("exchanges", self.exchanges),
            ("unit_data", self.unit_data),
        ):
            if entries:
                section = Node({}, where(self.library, ""))
                for name, entry in entries.items():
                    section.put(name, entry, entry.mark)
                whole.put(key, section, section.mark)
        return whole

    def _node(self, place: str, data: dict[str, Any]) -> Node:
        given = {key: value for key, value in data.items() if value not in (None, {}, [])}
        return node_of(given, where(self.library, place))

    # -- flows --

    def flow(self, name: str, region: str | None) -> str:
        """Take a flow as an exchange; gives the exchange's name."""
        key = name if region in (None, self.region) else f"{name}{AT}{region}"
        if key not in self.exchanges:
            flow = self.library.flows[name]
            factors = self._factors(name, flow, region or self.region)
            self.used.update(factors)
            self.exchanges[key] = self._node(
                f"flows.{name}",
                {
                    "label": flow.label,
                    "note": flow.note,
                    "unit": flow.unit,
                    "category": _category(flow),
                    "price": None if flow.price is None else write_quantity(flow.price),
                    "factors": factors,
                },
            )
        return key

    def _factors(self, name: str, flow: Flow, region: str | None) -> dict[str, Any]:
        found = {}
        for impact in self.impacts:
            if any(one.impact == impact and one.region in regions_for(region) for one in flow.factors):
                factor = choose(flow, impact, region, place=f"flows.{name}.factors")
                found[impact] = write_quantity(with_source(self.library, factor))
        return found

    # -- activities --

    def activity(self, name: str, *, avoided: bool = False) -> None:
        """Take an activity as unit data: what it does, or what it avoids elsewhere."""
        activity = self.library.activities[name]
        exchanges: dict[str, Quantity] = {}
        for number, exchange in enumerate(activity.exchanges):
            place = f"activities.{name}.exchanges.{number}"
            refuse_co_product(self.library, activity, exchange, place)
            if (sign(self.library, exchange) < 0.0) == avoided:
                self._exchange(exchanges, activity, exchange, place)
        data: dict[str, Any] = {
            "label": activity.label,
            "note": activity.note,
            "reference": write_quantity(activity.amount),
            "exchanges": {key: write_quantity(amount) for key, amount in exchanges.items()},
            "source": _told(
                activity.source or self.library.source, activity.region, _years(activity), activity.assumed
            ),
            "licence": activity.licence or self.library.licence,
        }
        if avoided:
            data["credit"] = True
        else:
            wanted = {key: one for key, one in activity.impacts.items() if key in self.impacts}
            self.used.update(wanted)
            data["impacts"] = {key: write_quantity(amount) for key, amount in wanted.items()}
            for key, amount in (("cost", activity.cost), ("time", activity.time)):
                data[key] = None if amount is None else write_quantity(amount)
        self.unit_data[f"{name}{AVOIDED}" if avoided else name] = self._node(f"activities.{name}", data)

    def _exchange(
        self, exchanges: dict[str, Quantity], activity: Activity, exchange: Exchange, place: str
    ) -> None:
        """Add an exchange in the unit of its flow; the same flow twice is summed."""
        flow = self.library.flows[exchange.flow]
        amount = uncertain_amount(exchange)
        if not same_dimension(amount.unit, flow.unit):
            amount = scaled(amount, in_flow_unit(flow, amount.unit), flow.unit)
        region = exchange.region or activity.region
        by_region = any(one.region is not None for one in flow.factors)
        key = self.flow(exchange.flow, region if by_region else None)
        before = exchanges.get(key)
        if before is None:
            exchanges[key] = amount
            return
        if before.value is None or amount.value is None or before.uncertain or amount.uncertain:
            twice = "a flow stands twice, and its amounts are uncertain or change by year"
            error = LibraryError(twice, place=place, found=exchange.flow, expected="one exchange")
            raise locate(self.library, error)
        more = amount.value * in_flow_unit(flow, amount.unit)
        exchanges[key] = Quantity(before.value * in_flow_unit(flow, before.unit) + more, flow.unit)


def with_source(library: Library, factor: Factor) -> Quantity:
    """The number of a factor, with all that is known of where it is from."""
    licence = factor.licence or library.licence
    text = _told(
        factor.source or factor.amount.source or library.source,
        factor.region,
        None if factor.year is None else str(factor.year),
        factor.assumed,
    )
    parts = (text, factor.scope, None if licence is None else f"licence: {licence}")
    source = "; ".join(part for part in parts if part)
    return scaled(factor.amount, 1.0, factor.amount.unit, source=source or None)


def _told(source: str | None, region: str | None, years: str | None, assumed: bool) -> str | None:
    parts = ("assumed" if assumed else None, source, region, years)
    return ", ".join(part for part in parts if part) or None


def _years(activity: Activity) -> str | None:
    years = [str(year) for year in (activity.first, activity.last) if year is not None]
    return "–".join(dict.fromkeys(years)) or None


def _category(flow: Flow) -> str | None:
    """What an exchange counts as in the results of a model; None for energy, which needs no saying."""
    if flow.kind == "emission":
        return "emission"
    return None if same_dimension(flow.unit, "kWh") else "material"
