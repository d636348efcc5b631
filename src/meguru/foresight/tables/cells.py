"""What stands in a cell, as a value of the model file: numbers as people write them, choices, texts."""

from __future__ import annotations

import contextlib
import json
import re
from typing import Any

from meguru.errors import UnitError, WrongTypeError
from meguru.files.tree import Mark, Node, describe
from meguru.foresight.tables.words import plain_text, years_in

_NUMBER = re.compile(
    r"([-+]?)((?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)((?:e[-+]?[0-9]+)?)", re.I
)
_SIGNS = str.maketrans({"−": "-", "‐": "-", "–": "-", "▲": "-", "△": "-"})
_ENDLESS = {"inf": float("inf"), "-inf": float("-inf"), ".inf": float("inf"), "-.inf": float("-inf")}


def text(value: Any, mark: Mark) -> Node:
    """A text as it is; one in double quotes stands for what is between them, as exported."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise _wrong(value, mark, "a text")
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a spreadsheet keeps the name 12 as 12.0
    shown = str(value)
    if len(shown) > 1 and shown.startswith('"') and shown.endswith('"'):
        with contextlib.suppress(ValueError):  # quotes that a person wrote
            shown = str(json.loads(shown))
    return Node(shown, mark, shown)


def number(
    value: Any, mark: Mark, *, dimension: str = "", unit: str = "", per_year: float | None = None
) -> Node:
    """A number: full-width digits, thousands separators, ▲ for minus, and its own unit behind it.

    Parameters
    ----------
    dimension
        Of the attribute: ``unit`` and ``unit/year`` may carry the node's ``unit``, a ``year`` its unit of
        time, anything without unit a %.
    per_year
        How many of the units of time in the column's title make a year; None where it tells none: then a
        time must tell its own, unless it is 0.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise _wrong(value, mark, "a number")
    if isinstance(value, (int, float)):
        return _found(_in_years(float(value), value, mark, per_year, dimension), mark, value)
    shown = plain_text(value).translate(_SIGNS)
    if shown.lower() in _ENDLESS:
        return _found(_ENDLESS[shown.lower()], mark, value)
    match = _NUMBER.match(shown.removeprefix("+") if shown.startswith("+") else shown)
    if match is None:
        raise _wrong(value, mark, "a number")
    size = float("".join(match.groups()).replace(",", ""))
    behind = shown.removeprefix("+")[match.end() :].strip()
    if dimension == "year":
        if not behind:
            return _found(_in_years(size, value, mark, per_year, dimension), mark, value)
        known = years_in(behind)
        if known is None:
            raise _unit(value, mark, "years or months")
        return _found(size / known, mark, value)
    if not behind:
        return _found(size, mark, value)
    if behind == "%" and not dimension.startswith("unit") and "scale" not in dimension:
        return _found(size / 100.0, mark, value)
    if plain_text(behind) not in _own(dimension, plain_text(unit)):
        raise _unit(value, mark, f"a number in '{unit}'" if unit else "a number without a unit")
    return _found(size, mark, value)


def _in_years(size: float, value: Any, mark: Mark, per_year: float | None, dimension: str) -> float:
    """A number without a unit of its own; a time in that of the title."""
    if dimension != "year" or size == 0.0:
        return size
    if per_year is None:
        raise UnitError(
            "a time without its unit",
            file=mark[0],
            line=mark[1],
            found=value,
            expected="years or months",
            hint="Write the unit into the title, as 'lag (months)' or '遅れ（月）', or behind the number.",
        )
    return size / per_year


def _own(dimension: str, unit: str) -> tuple[str, ...]:
    """What may stand behind a number of a dimension."""
    if not unit:
        return ()
    if dimension == "unit":
        return (unit,)
    return (f"{unit}/year", f"{unit}/年") if dimension == "unit/year" else ()


def _found(size: float, mark: Mark, value: Any) -> Node:
    return Node(size, mark, str(value))


def _wrong(value: Any, mark: Mark, expected: str) -> WrongTypeError:
    found = describe(Node(value, mark, str(value)))
    return WrongTypeError("wrong type", file=mark[0], line=mark[1], found=found, expected=expected)


def _unit(value: Any, mark: Mark, expected: str) -> UnitError:
    return UnitError(
        "another unit than that of the column",
        file=mark[0],
        line=mark[1],
        found=value,
        expected=expected,
        hint="Write the number alone, in the unit of the node.",
    )
