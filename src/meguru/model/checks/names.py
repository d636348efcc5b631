"""Checks of names: each refers to something, none is taken twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from meguru.errors import LibraryError, ModelError, NetworkError, UnknownNameError, did_you_mean
from meguru.files.attribute import Attribute, declared
from meguru.files.component import entry_names
from meguru.model.checks.fault import fault
from meguru.model.components import Model
from meguru.model.from_inventory import offered_to
from meguru.model.network import PART_FAILURE, PULL_SOURCES, route_name
from meguru.model.walk import walk

OUTSIDE = "outside"


def _unknown(
    model: Model, place: str, what: str, found: str, names: Iterable[str], offered: Iterable[str] = ()
) -> ModelError:
    """The error for a name that leads nowhere; ``offered`` are names that a library would give as well."""
    names = list(names)
    return fault(
        UnknownNameError,
        model,
        place,
        f"no such {what}",
        found=found,
        expected=names or "a name, but none is declared",
        hint=did_you_mean(found, [*names, *offered]),
    )


def referred(attribute: Attribute, value: Any, place: str) -> Iterator[tuple[str, str]]:
    """(place, name) of all that an attribute refers to."""
    if attribute.form == "name" and value is not None:
        yield place, value
    elif attribute.form == "names":
        yield from ((place, name) for name in value)
    elif attribute.form in ("quantities", "components", "recipe") and not attribute.wild:
        yield from ((f"{place}.{name}", name) for name in value)


def unknown_names(model: Model) -> Iterator[ModelError]:
    """Every name that refers to something is declared; the actor ``outside`` always is."""
    for place, owner in walk(model):
        for key, one in declared(type(owner)).items():
            if not one.attribute.refers:
                continue
            table = getattr(model, one.attribute.refers)
            always = (OUTSIDE,) if one.attribute.refers == "actors" else ()
            inner = f"{place}.{key}" if place else key
            for at, name in referred(one.attribute, getattr(owner, one.name), inner):
                if name not in table and name not in always:
                    what, more = SINGULAR[one.attribute.refers], offered_to(model, one.attribute.refers)
                    yield _unknown(model, at, what, name, (*table, *always), more)


SINGULAR = {
    "actors": "actor",
    "impacts": "impact category",
    "exchanges": "exchange",
    "items": "item",
    "processes": "process",
    "measures": "measure",
    "scenarios": "scenario",
}


def unknown_processes(model: Model) -> Iterator[ModelError]:
    """Routes start at a process; its ports are looked at when the network is known."""
    for route in model.routes:
        process = route.source.partition(".")[0]
        if process not in model.processes:
            place = f"routes.{route_name(route)}.from"
            yield _unknown(model, place, "process", process, model.processes)


def unknown_unit_data(model: Model) -> Iterator[ModelError]:
    """Entries of a library of unit data that processes ask for are there."""
    for name, process in model.processes.items():
        for index, entry in enumerate(process.unit):
            if isinstance(entry, str) and entry not in model.unit_data:
                yield fault(
                    LibraryError,
                    model,
                    f"processes.{name}.unit.{index}",
                    "no such unit data",
                    found=entry,
                    expected=list(model.unit_data) or "an entry of 'unit_data'",
                    hint=did_you_mean(entry, [*model.unit_data, *offered_to(model, "unit_data")]),
                )


def unknown_segments_and_builds(model: Model) -> Iterator[ModelError]:
    """Rules name segments and build classes that some use process knows."""
    uses = [process for process in model.processes.values() if process.kind == "use"]
    segments = [name for process in uses for name in process.segments]
    builds = [*dict.fromkeys(name for process in uses for name in process.builds or ["new"])]
    for name, process in model.processes.items():
        for index, rule in enumerate(process.rules):
            place = f"processes.{name}.rules.{index}"
            if rule.segment is not None and rule.segment not in segments:
                yield _unknown(model, f"{place}.segment", "segment", rule.segment, segments)
            if rule.build is not None and rule.build not in builds:
                yield _unknown(model, f"{place}.build", "build class", rule.build, builds)


def names_that_are_taken(model: Model) -> Iterator[ModelError]:
    """No two routes of one name; process names without dots; no port of one's own with a fixed meaning."""
    seen: set[str] = set()
    for name in entry_names(model.routes):
        if name in seen:
            yield fault(
                NetworkError,
                model,
                f"routes.{name}",
                "two routes of the same name",
                found=name,
                expected="a 'name' of its own for one of them",
            )
        seen.add(name)
    for name, process in model.processes.items():
        place = f"processes.{name}"
        if "." in name:
            yield fault(
                NetworkError,
                model,
                place,
                "the name of a process holds a dot",
                found=name,
                expected="a name without dots; what follows a dot is a port",
            )
        for key, ports, taken in (
            ("leave", process.leave, (PART_FAILURE,)),
            ("split", process.split, ("overflow",)),
            ("recover", process.recover, ("rest", "overflow")),
        ):
            for port in ports:
                if port in taken:
                    yield fault(
                        NetworkError,
                        model,
                        f"{place}.{key}.{port}",
                        "this name has a fixed meaning",
                        found=port,
                        expected="another name",
                    )


def is_pull(model: Model, source: str) -> bool:
    """Whether a route from this source is asked for what it carries."""
    process, _, port = source.partition(".")
    return model.processes[process].kind in PULL_SOURCES and port in ("", "out")
