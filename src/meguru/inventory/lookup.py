"""Finding flows, activities and factors, by any of their names, in the unit wanted."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from meguru.errors import LibraryError, UnknownNameError, did_you_mean
from meguru.files.component import Component
from meguru.inventory.components import Activity, Factor, Flow, Library
from meguru.inventory.conversion import in_flow_unit, one_number, unit_per
from meguru.inventory.pedigree import time_score

T = TypeVar("T", Flow, Activity)
WORLD, REST_OF_WORLD = "GLO", "RoW"


@dataclass(frozen=True, slots=True)
class Found:
    """A factor in the unit asked for, with where it is from.

    ``value`` is in ``unit``; ``region`` is that of the factor, None for one that holds everywhere;
    ``year`` the year that the number stands for, None where nobody said. Where a year was asked for,
    ``time_score`` is the score from 1 to 5 that the years between the two get in a pedigree.
    """

    flow: str
    impact: str
    value: float
    unit: str
    region: str | None
    year: int | None
    scope: str | None
    source: str | None
    licence: str | None
    assumed: bool
    note: str | None = None  # as that something is missing in it
    time_score: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """Something whose name fits a search: ``kind`` is flow, activity or impact."""

    kind: str
    name: str
    label: str
    unit: str
    region: str | None
    source: str | None
    licence: str | None
    assumed: bool


def find_flow(library: Library, name: str) -> tuple[str, Flow]:
    """A flow by its name, label in any language, alias or CAS number.

    Raises
    ------
    UnknownNameError
        There is none; with the nearest name.
    LibraryError
        Several have this label or alias.
    """
    return _find(library.flows, name, "flow", "flows")


def find_activity(library: Library, name: str) -> tuple[str, Activity]:
    """An activity by its name, label in any language or alias; raises as :func:`find_flow`."""
    return _find(library.activities, name, "activity", "activities")


def _find(table: Mapping[str, T], name: str, what: str, place: str) -> tuple[str, T]:
    if name in table:
        return name, table[name]
    wanted = folded(name)
    fitting = [key for key, one in table.items() if wanted in {folded(other) for other in names_of(key, one)}]
    if len(fitting) == 1:
        return fitting[0], table[fitting[0]]
    if fitting:
        raise LibraryError(f"more than one {what} of this name", place=place, found=name, expected=fitting)
    known = {other: key for key, one in table.items() for other in names_of(key, one)}
    raise UnknownNameError(f"no such {what}", place=place, found=name, hint=did_you_mean(name, known))


def factor(
    library: Library,
    flow: str,
    impact: str,
    *,
    region: str | None = None,
    year: float | None = None,
    unit: str | None = None,
    scope: str | None = None,
) -> Found:
    """The factor of a flow.

    Parameters
    ----------
    flow
        Any of its names.
    impact
        The impact category.
    region
        As ``JP``. Where it has no factor of its own, that of the rest of the world (``RoW``), of the world
        (``GLO``) or the one that holds everywhere is taken, in this order, and the answer says so by its own
        ``region``; a factor of another region is never taken.
    year
        Needed where the factor changes by year; of any other, it tells how far away in time it is.
    unit
        Of the flow: ``MJ`` gives the impact per MJ, by the dimension or by a property of the flow; default
        the flow's own.
    scope
        Where the flow has several factors that cover different things.

    Raises
    ------
    UnknownNameError
        No such flow or impact category; with the nearest name.
    LibraryError
        The flow has no such factor, or several; the error lists what there is.
    DimensionError
        Nothing leads from the flow's unit to the one asked for.
    """
    name, found = find_flow(library, flow)
    if impact not in library.impacts:
        hint = did_you_mean(impact, library.impacts)
        raise UnknownNameError("no such impact category", place="impacts", found=impact, hint=hint)
    one = choose(found, impact, region, scope, place=f"flows.{name}.factors")
    category = library.impacts[impact].unit
    per = unit or found.unit
    stands_for = _stands_for(one, year)
    amount = one_number(one.amount, f"({category})/({found.unit})", f"flows.{name}.factors.{impact}", year)
    return Found(
        flow=name,
        impact=impact,
        value=amount * in_flow_unit(found, per, place=f"flows.{name}"),
        unit=unit_per(category, per),
        region=one.region,
        year=stands_for,
        scope=one.scope,
        source=one.source or one.amount.source or library.source,
        licence=one.licence or library.licence,
        assumed=one.assumed,
        note=one.note,
        time_score=None if year is None else time_score(None if stands_for is None else year - stands_for),
    )


def _stands_for(one: Factor, year: float | None) -> int | None:
    """The year of the number taken: of a series the year asked for, or its last where that is held."""
    years = one.amount.years
    if not years or year is None:
        return one.year
    return int(min(max(year, years[0]), years[-1]))


def regions_for(region: str | None) -> tuple[str | None, ...]:
    """Whose factor is taken, in this order: the region's own, the rest of the world's, the world's, any.

    ``RoW`` and ``GLO`` are the names that databases have for the rest of the world and the whole of it; None
    is what says no region and so holds everywhere. Another region is never taken. Where no region is asked
    for, what holds everywhere comes first.
    """
    if region is None:
        return None, WORLD
    rest = () if region == WORLD else (REST_OF_WORLD,)
    return tuple(dict.fromkeys((region, *rest, WORLD, None)))


def choose(
    flow: Flow, impact: str, region: str | None, scope: str | None = None, *, place: str = ""
) -> Factor:
    """The factor of a flow for an impact and region, by the order of :func:`regions_for`.

    Raises
    ------
    LibraryError
        There is none, or several of different scope.
    """
    fitting = [one for one in flow.factors if one.impact == impact and scope in (None, one.scope)]
    for where in regions_for(region):
        here = [one for one in fitting if one.region == where]
        if len(here) == 1:
            return here[0]
        if here:
            scopes = [one.scope or "none stated" for one in here]
            raise LibraryError(
                "more than one factor",
                place=place,
                found=", ".join(scopes),
                expected="one: name its scope",
            )
    there = ", ".join(one.name_in_list() or "" for one in flow.factors) or "none at all"
    wanted = f"{impact}{f'@{region}' if region else ''}{f' ({scope})' if scope else ''}"
    raise LibraryError("no such factor", place=place, found=there, expected=wanted)


def search(library: Library, text: str) -> list[Hit]:
    """Everything whose names hold all words of a text, the shortest names first."""
    words = folded(text).split()
    hits = [
        (min(len(name) for name in names), hit)
        for hit, names in _entries(library)
        if all(any(word in name for name in names) for word in words)
    ]
    return [hit for _, hit in sorted(hits, key=lambda pair: pair[0])]


def _entries(library: Library) -> Iterator[tuple[Hit, list[str]]]:
    """All that can be found, with its names as they compare."""
    for name, impact in library.impacts.items():
        hit = Hit("impact", name, shown(name, impact), impact.unit, None, impact.method, None, False)
        yield hit, [folded(other) for other in names_of(name, impact)]
    for name, flow in library.flows.items():
        sources = dict.fromkeys(one.source for one in flow.factors if one.source)
        regions = dict.fromkeys(one.region for one in flow.factors if one.region)
        hit = Hit(
            kind="flow",
            name=name,
            label=shown(name, flow),
            unit=flow.unit,
            region=", ".join(regions) or None,
            source="; ".join(sources) or library.source,
            licence="; ".join(dict.fromkeys(one.licence for one in flow.factors if one.licence))
            or library.licence,
            assumed=any(one.assumed for one in flow.factors),
        )
        yield hit, [folded(other) for other in names_of(name, flow)]
    for name, activity in library.activities.items():
        hit = Hit(
            kind="activity",
            name=name,
            label=shown(name, activity),
            unit=library.flows[activity.flow].unit,
            region=activity.region,
            source=activity.source or library.source,
            licence=activity.licence or library.licence,
            assumed=activity.assumed,
        )
        yield hit, [folded(other) for other in names_of(name, activity)]


def names_of(key: str, one: Component) -> list[str]:
    """Every name of an entry: its key, its labels, its aliases, its CAS number."""
    label = one.label
    labels = [label] if isinstance(label, str) else list((label or {}).values())
    aliases = list(getattr(one, "aliases", ()))
    return [key, *labels, *aliases, *filter(None, [getattr(one, "cas", None)])]


def shown(key: str, one: Component, language: str = "en") -> str:
    """The label of an entry in a language, else in any, else its name."""
    if isinstance(one.label, dict):
        return one.label.get(language) or next(iter(one.label.values()), key)
    return one.label or key


def folded(name: str) -> str:
    """A name as it compares: letter case, width and separators do not count."""
    return " ".join(
        unicodedata.normalize("NFKC", name).casefold().replace("_", " ").replace("-", " ").split()
    )
