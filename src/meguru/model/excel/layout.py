"""Which sheets a workbook has and what stands in them, derived from the declarations of the components.

What one line can hold stands in the line of its component; what has names or lines of its own gets a sheet
whose first columns say to what it belongs. A new attribute of a component finds its place by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from meguru.files.attribute import Declared, declared
from meguru.model.components import Component, Model
from meguru.model.walk import COMPONENTS

MODEL, BOM, SHARES, SERIES, TABLES = "model", "bom", "shares", "series", "tables"
READ_ME = "read me"
EXTRAS = ("unit", "source", "quality")  # columns beside a number

_TITLES = {
    ("processes", "unit"): "process unit data",
    ("processes", "recipe"): "recipes",
    ("processes", "leave"): "leave",
    ("processes", "parts"): "parts in use",
    ("processes", "segments"): "segments",
    ("processes", "segments", "lifetimes"): "segment lifetimes",
    ("processes", "rules"): "sort rules",
    ("routes", "fees"): "fees",
    ("routes", "transport"): "transport",
    ("measured", "flows"): "measured flows",
    ("measured", "flows", "values"): "flow formulas",
    ("measured", "flows", "given"): "flow numbers",
    ("measured", "values"): "measured formulas",
    ("measured", "given"): "measured numbers",
    ("measures", "changes"): "measure changes",
    ("scenarios", "changes"): "scenario changes",
    ("scenarios", "targets"): "scenario targets",
}
_NAMES = {
    "actors": "actor",
    "changes": "place",
    "exchanges": "exchange",
    "flows": "flow",
    "given": "variable",
    "impacts": "impact",
    "indicators": "indicator",
    "items": "item",
    "leave": "cause",
    "lifetimes": "cause",
    "measured": "subject",
    "measures": "measure",
    "parameters": "parameter",
    "parts": "part",
    "processes": "process",
    "recipe": "input",
    "routes": "route",
    "scenarios": "scenario",
    "segments": "segment",
    "targets": "indicator",
    "unit": "unit data",
    "unit_data": "unit data",
    "values": "variable",
}
_ENTRIES = ("components", "recipe", "list", "unit_data")
_NAMED_NUMBERS = ("quantities", "split")
_IN_A_CELL = (
    "text", "name", "port", "choice", "flag", "whole", "names", "texts", "label", "quantity", "component",
)  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """A sheet of entries.

    ``path`` holds the keys that lead there from the model, ``one`` is the attribute that holds the entries
    (the first, where ``what`` tells several apart), ``keys`` are the titles of the columns that name an
    entry, ``kind`` is the component that a line holds, None for a single value.
    """

    title: str
    path: tuple[str, ...]
    one: Declared
    keys: tuple[str, ...]
    kind: type[Component] | None
    what: tuple[str, ...] = ()

    @property
    def holds(self) -> str:
        """``entries`` with names, a ``list`` of some without, ``numbers`` by name, or ``values`` by name."""
        form = self.one.attribute.form
        if form in ("list", "unit_data"):
            return "list"
        if self.kind is not None:
            return "entries"
        return "numbers" if form in _NAMED_NUMBERS else "values"

    @property
    def parents(self) -> tuple[str, ...]:
        """Titles of the columns that name what an entry belongs to."""
        return self.keys if self.holds == "list" else self.keys[:-1]


def stands_in_line(one: Declared, *, listed: bool) -> bool:
    """Whether an attribute stands in the line of its component; ``listed``: that is an entry of a list."""
    spec = one.attribute
    if listed or spec.form in _IN_A_CELL or is_table(one):
        return True
    return spec.form == "quantities" and spec.refers in ("exchanges", "impacts")


def is_table(one: Declared) -> bool:
    """Whether it maps numbers to numbers, as a survival table."""
    return one.attribute.form == "table" and "dict[float" in one.annotation


@cache
def sheets() -> tuple[Sheet, ...]:
    """All sheets of entries, those of what holds others first."""
    return tuple(_below(Model, (), (), nameless=False))


def _below(
    kind: type[Component], path: tuple[str, ...], keys: tuple[str, ...], *, nameless: bool
) -> list[Sheet]:
    found: list[Sheet] = []
    apart = [one for one in declared(kind).values() if not stands_in_line(one, listed=nameless)]
    numbers = [
        one.key for one in apart if one.attribute.form in _NAMED_NUMBERS and one.attribute.dimension != "bom"
    ]
    for one in apart:
        here = (*path, one.key)
        form = one.attribute.form
        if one.attribute.dimension == "bom" and form in _NAMED_NUMBERS:
            found.append(Sheet(BOM, here, one, (), None))
        elif form in _NAMED_NUMBERS:
            if one.key == numbers[0]:
                found.append(_numbers(here, one, keys, tuple(numbers)))
        elif form in _ENTRIES:
            found += _entries(here, one, keys)
        else:
            found.append(Sheet(_title(here), here, one, (*keys, _name(one.key)), None))
    for one in declared(kind).values():
        if one.attribute.form == "component" and not nameless:
            found += _below(COMPONENTS[one.attribute.component], (*path, one.key), keys, nameless=False)
    return found


def _numbers(path: tuple[str, ...], one: Declared, keys: tuple[str, ...], several: tuple[str, ...]) -> Sheet:
    if len(several) == 1:
        return Sheet(_title(path), path, one, (*keys, _name(one.key)), None)
    title = SHARES if path[0] == "processes" else f"{_title(path[:-1])} numbers"
    return Sheet(title, path, one, (*keys, "what", "name"), None, several)


def _entries(path: tuple[str, ...], one: Declared, keys: tuple[str, ...]) -> list[Sheet]:
    kind = COMPONENTS["UnitData" if one.attribute.form == "unit_data" else one.attribute.component]
    if one.attribute.form in ("list", "unit_data"):
        here = Sheet(_title(path), path, one, keys, kind)
        # Only routes have names by which other sheets can point to them.
        return [
            here,
            *(_below(kind, path, (_name(one.key),), nameless=False) if kind.__name__ == "Route" else []),
        ]
    own = (*keys, _name(one.key))
    return [Sheet(_title(path), path, one, own, kind), *_below(kind, path, own, nameless=False)]


def _title(path: tuple[str, ...]) -> str:
    return _TITLES.get(path) or " ".join(path).replace("_", " ")


def _name(key: str) -> str:
    return _NAMES.get(key, key)


def is_listed(sheet: Sheet) -> bool:
    """Whether the lines are entries of a list to which no other sheet can point."""
    return sheet.holds == "list" and sheet.kind is not COMPONENTS["Route"]
