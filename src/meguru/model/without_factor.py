"""What a model uses and no factor rates: in the sums of an impact it counts nothing, and this says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from meguru.files.attribute import declared
from meguru.files.component import Component
from meguru.model.checks.unit_data import of_processes
from meguru.model.components import Model
from meguru.model.network import route_name
from meguru.model.walk import walk


@dataclass(frozen=True, slots=True)
class Unrated:
    """An exchange without a factor: who uses it, where that is written, and the category that lacks."""

    user: str
    place: str
    exchange: str
    impact: str


def unrated(model: Model) -> list[Unrated]:
    """Every exchange of a process or route that has no factor for an impact category of the model.

    Absence is not zero: a factor of ``0 kg_CO2e/kWh`` says that something burdens nothing, and is not
    listed.
    """
    return [
        Unrated(user, place, exchange, impact)
        for user, place, owner in _users(model)
        for exchange in _exchanges_of(owner)
        if exchange in model.exchanges
        for impact in model.impacts
        if impact not in model.exchanges[exchange].factors
    ]


def _users(model: Model) -> Iterator[tuple[str, str, Component]]:
    yield from of_processes(model)
    for route in model.routes:
        name = route_name(route)
        yield from ((name, place, owner) for place, owner in walk(route, f"routes.{name}"))


def _exchanges_of(owner: Component) -> list[str]:
    """Names of the exchanges that a component uses, each once."""
    found: dict[str, None] = {}
    for one in declared(type(owner)).values():
        if one.attribute.form == "quantities" and one.attribute.refers == "exchanges":
            found.update(dict.fromkeys(getattr(owner, one.name)))
    return list(found)
