"""Filters of formulas: names of the model, with ``*`` for any text and ``|`` between alternatives."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from meguru.errors import UnknownNameError, did_you_mean
from meguru.model.components import ORIGINS, Model, UnitData
from meguru.model.network import PART_FAILURE, ports_of, route_name

OUTSIDE = "outside"
ENTRY_KINDS = ("variable", "fixed", "transport", "credit")
PAYMENT_KINDS = ("price", "fee", "transport", "cost", "fixed", "capital")


def split_filter(text: str) -> list[str]:
    """The alternatives of a filter."""
    return [one.strip() for one in text.split("|")]


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in text.split("*")), re.DOTALL)


def matching(alternative: str, names: Iterable[str]) -> set[str]:
    """Names that one alternative fits: the name itself before any pattern."""
    known = set(names)
    if alternative in known or "*" not in alternative:
        return {alternative} & known
    return {name for name in known if _pattern(alternative).fullmatch(name)}


def unknown_name(kind: str, alternative: str, names: Iterable[str]) -> UnknownNameError:
    """The error for a filter that fits nothing in the model."""
    known = sorted(set(names))
    return UnknownNameError(
        f"no such {kind} in the model",
        found=alternative,
        expected=known or "none: there is none",
        hint=did_you_mean(alternative, known),
    )


def names_of(model: Model, kind: str) -> set[str]:
    """All names of one kind that filters may refer to."""
    return set(_NAMES[kind](model))


def unit_data_of(model: Model) -> Iterator[UnitData]:
    """All unit data that processes use; names that are not there are found by the checks of the model."""
    for process in model.processes.values():
        for entry in process.unit:
            if isinstance(entry, UnitData):
                yield entry
            elif entry in model.unit_data:
                yield model.unit_data[entry]


def _groups(model: Model) -> Iterator[str]:
    yield ""
    for process in model.processes.values():
        yield process.group or ""
    for data in unit_data_of(model):
        yield data.group or ""
    for route in model.routes:
        yield route.group or ""
        yield from (fee.group or "" for fee in route.fees)
        yield from (transport.group or "" for transport in route.transport)
    yield from (measure.kind or "" for measure in model.measures.values())


def _ports(model: Model) -> Iterator[str]:
    for name in model.processes:
        for port in ports_of(model, name):
            parts = port.split(".")
            yield from (".".join(parts[:count]) for count in range(1, len(parts) + 1))


def _causes(model: Model) -> Iterator[str]:
    for process in model.processes.values():
        yield from process.leave
        for segment in process.segments.values():
            yield from segment.lifetimes
        if process.parts:
            yield PART_FAILURE


_NAMES: dict[str, Callable[[Model], Iterable[str]]] = {
    "route": lambda model: (route_name(route) for route in model.routes),
    "item": lambda model: model.items,
    "material": lambda model: (name for name, item in model.items.items() if item.kind == "material"),
    "process": lambda model: model.processes,
    "port": _ports,
    "country": lambda model: (name for p in model.processes.values() for name in p.countries),
    "origin": lambda model: ORIGINS,
    "cause": _causes,
    "actor": lambda model: (*model.actors, OUTSIDE),
    "group": _groups,
    "stage": lambda model: ("", *(process.stage or "" for process in model.processes.values())),
    "circulation": lambda model: (p.circulation for p in model.processes.values() if p.circulation),
    "category": lambda model: model.impacts,
    "exchange": lambda model: model.exchanges,
    "entry kind": lambda model: ENTRY_KINDS,
    "payment kind": lambda model: PAYMENT_KINDS,
}
