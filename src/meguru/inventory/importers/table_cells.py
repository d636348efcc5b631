"""What stands in the cells of a table, by the mapping of its columns."""

from __future__ import annotations

import math
import re

from meguru.errors import MissingValueError, ModelError, WrongTypeError
from meguru.inventory.importers.naming import known_unit
from meguru.inventory.importers.table_mapping import TableMapping
from meguru.inventory.importers.table_rows import Row, text_of
from meguru.quantity import Quantity, read_quantity

# Commas stand between thousands and nowhere else: '1,5' may be one and a half, and is refused.
_NUMBER = re.compile(r"[-+]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?([eE][-+]?\d+)?")
_IN_BRACKETS = re.compile(r"[\[(（［]\s*(?P<unit>[^\])）］]+?)\s*[\])）］]\s*$")


def cell_of(row: Row, rule: TableMapping, key: str) -> str:
    """The text of a cell; "" if it is empty or its column not named."""
    heading = rule.columns.get(key)
    return "" if heading is None else text_of(row.cells.get(text_of(heading)))


def needed(row: Row, rule: TableMapping, key: str) -> str:
    """The text of a cell that must not be empty."""
    found = cell_of(row, rule, key)
    if not found:
        raise row.fault(MissingValueError, "an empty cell", rule.columns[key], expected="a value")
    return found


def number_of(row: Row, heading: str) -> float | None:
    """The number of a cell; None for an empty one."""
    found = row.cells.get(text_of(heading))
    text = text_of(found)
    if text in ("", "-", "–", "—"):
        return None
    is_number = not isinstance(found, bool) and _NUMBER.fullmatch(text) and any(map(str.isdigit, text))
    number = float(text.replace(",", "")) if is_number else math.nan
    if not math.isfinite(number):
        hint = "A comma may only stand between thousands: write 1.5 for one and a half."
        raise row.fault(
            WrongTypeError,
            "not a number",
            heading,
            found=found,
            expected="a number",
            hint=hint if "," in text else None,
        )
    return number


def unit_of(row: Row, rule: TableMapping) -> str:
    """The unit of a row in meguru's spelling."""
    try:
        return known_unit(needed(row, rule, "unit"), rule.units)
    except ModelError as error:
        raise error.at(file=row.file, line=row.line, place=rule.columns["unit"]) from None


def whole_of(row: Row, rule: TableMapping, key: str, default: int | None) -> int | None:
    """The whole number of a cell, or what stands for an empty one."""
    heading = rule.columns.get(key)
    found = None if heading is None else number_of(row, heading)
    if found is None:
        return default
    if not found.is_integer():
        raise row.fault(WrongTypeError, "not a whole number", heading, found=found, expected="a year")
    return int(found)


def label_of(row: Row, rule: TableMapping, prefix: str = "") -> dict[str, str] | None:
    """A name in the languages that the table has."""
    found = {language: cell_of(row, rule, f"{prefix}label_{language}") for language in ("en", "ja")}
    return {language: text for language, text in found.items() if text} or None


def quantity_of(row: Row, rule: TableMapping, key: str) -> Quantity | None:
    """A number with its unit: as '5000 JPY' in the cell, or [JPY] behind the heading; None if it is empty."""
    heading, text = rule.columns.get(key), cell_of(row, rule, key)
    if heading is None or not text:
        return None
    in_brackets = _IN_BRACKETS.search(heading)
    try:
        if in_brackets is None:
            return read_quantity(text)
        number = number_of(row, heading)
        return None if number is None else Quantity(number, known_unit(in_brackets["unit"], rule.units))
    except ModelError as error:
        raise error.at(file=row.file, line=row.line, place=heading) from None
