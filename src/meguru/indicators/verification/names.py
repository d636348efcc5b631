"""Names in files of worked examples, and what they stand for in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from meguru.errors import UnknownNameError, WrongTypeError, did_you_mean
from meguru.indicators.catalogue.figures import Figures, Given
from meguru.indicators.catalogue.plain import column, figure, title_of
from meguru.indicators.catalogue.reading import read_data

KINDS = ("indicator", "step", "shown", "target", "state", "series", "wrong")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What an expected value is to be compared with.

    ``kind`` is one of :data:`KINDS`; ``name`` is the indicator, step or ``indicator.target``.
    """

    kind: str
    name: str
    unit: str = ""
    variant: str | None = None
    aggregation: str | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """Names of one kind of example.

    ``silent``: inputs that an entry may leave out, and what the sources of such examples then take.
    """

    set: str
    inputs: Mapping[str, Any]
    expected: Mapping[str, Any]
    silent: Mapping[str, Any] = field(default_factory=dict)


@cache
def shipped_names() -> dict[str, Names]:
    """Names that come with meguru, by the examples' ``indicator``."""
    return names_from(read_data("example_names"))


def names_from(data: Mapping[str, Any]) -> dict[str, Names]:
    """Names from a mapping file of the same form."""
    return {
        str(key): Names(one["set"], one["inputs"], one["expected"], one.get("silent", {}))
        for key, one in data.items()
    }


def expectation(given: Any) -> Expectation:
    """What stands behind a name of an expected value."""
    if isinstance(given, str):
        name, unit = title_of(given)
        return Expectation("indicator", name, unit)
    for kind in KINDS:
        if kind in given:
            name, unit = title_of(str(given[kind]))
            return Expectation(kind, name, unit, given.get("variant"), given.get("aggregation"))
    raise WrongTypeError("no kind of expected value", found=dict(given), expected=list(KINDS))


def figures_of(inputs: Mapping[str, Any], names: Names, place: str) -> Figures:
    """The inputs of an example as figures.

    Raises
    ------
    UnknownNameError
        An input that has no name in the catalogue.
    """
    inputs = {**names.silent, **inputs}
    units = _units(inputs, names)
    given: dict[str, Given] = {}
    for name, value in inputs.items():
        if name not in names.inputs:
            raise UnknownNameError(
                "no such input", place=place, found=name, expected=list(names.inputs),
                hint=did_you_mean(name, names.inputs),
            )  # fmt: skip
        form = names.inputs[name]
        if form is None or (isinstance(form, Mapping) and "unit_of" in form):
            continue
        given |= _given(value, form, units.get(name), f"{place}, {name}")
    return Figures(given, place=place)


def _units(inputs: Mapping[str, Any], names: Names) -> dict[str, str]:
    """Inputs whose unit is an input itself."""
    return {
        other: str(inputs[name])
        for name, form in names.inputs.items()
        if isinstance(form, Mapping) and "unit_of" in form and name in inputs
        for other in form["unit_of"]
    }


def _given(value: Any, form: Any, unit: str | None, place: str) -> dict[str, Given]:
    if isinstance(form, str):
        name, own = title_of(form)
        return {name: figure(value, place, unit or own)}
    if "figure" in form:
        name, own = title_of(form["figure"])
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise WrongTypeError("not a number", place=place, found=value, expected="a number")
        return {name: figure(value * form["times"], place, unit or own)}
    if not isinstance(value, (Mapping, list)):
        raise WrongTypeError("not a table", place=place, found=value, expected="a list of rows")
    rows = list(value.values()) if isinstance(value, Mapping) else value
    if "column" in form:
        name, own = title_of(form["column"])
        return {f"{form['table']}.{name}": column(rows, own, place, tuple(range(1, len(rows) + 1)))}
    start = f"{form['table']}." if "table" in form else ""
    return _columns(rows, form["columns" if start else "rows"], start, place)


def _columns(
    rows: list[Mapping[str, Any]], columns: Mapping[str, Any], start: str, place: str
) -> dict[str, Given]:
    for row in rows:
        if not isinstance(row, Mapping):
            raise WrongTypeError("not a row", place=place, found=row, expected="values by column")
    titles = list(dict.fromkeys(title for row in rows for title in row))
    numbers = tuple(range(1, len(rows) + 1))
    found: dict[str, Given] = {}
    for title in titles:
        if title not in columns:
            raise UnknownNameError("no such column", place=place, found=title, expected=list(columns))
        if columns[title] is not None:
            name, unit = title_of(columns[title])
            cells = np.array([row.get(title) for row in rows], dtype=object)
            found[f"{start}{name}"] = column(cells, unit, f"{place}, {title}", numbers)
    return found
