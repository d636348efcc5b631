"""Whatever was given as figures of one or more subjects."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from meguru.errors import (
    DuplicateKeyError,
    MissingValueError,
    UnknownNameError,
    WrongTypeError,
    did_you_mean,
)
from meguru.indicators.catalogue.comparable import GOODS
from meguru.indicators.catalogue.definitions import LEVELS
from meguru.indicators.catalogue.figures import Figures, Given, told_apart
from meguru.indicators.catalogue.plain import figure
from meguru.indicators.catalogue.reading import other_words
from meguru.indicators.catalogue.sheets import Entry, entries, is_table, sheet_of, traits
from meguru.indicators.catalogue.table_files import read_file
from meguru.quantity.calendar import calendar_year

Key = tuple[str, int | None]  # subject and year
TRAITS = ("subject", "year", "level", "goods")
WHOLE = ("", "flows", "figures")  # sheets that say by their columns what they are


def read_figures(data: Any, names: Mapping[str, tuple[str, ...]] = MappingProxyType({})) -> list[Figures]:
    """Figures by subject and year.

    Parameters
    ----------
    data
        A mapping of names to figures and tables, a table, or the path of a CSV file or a workbook.
    names
        Names of figures in other words, and the ids of what they stand for.

    Raises
    ------
    NotReadableError, WrongTypeError, DuplicateKeyError, UnknownNameError
        A file or table that can not be read so.
    MissingValueError
        There are no figures in it.
    """
    if isinstance(data, (str, os.PathLike)):
        place = Path(data).name
        read = _of_sheets(read_file(data), place)
    elif isinstance(data, Mapping):
        place = ""
        read = _of_mapping(data)
    elif is_table(data):
        place = "table"
        read = _of_sheets({"": data}, place, head=0)
    else:
        raise WrongTypeError(
            "no figures", found=type(data).__name__, expected="a mapping, a table, a file or a result"
        )
    if not read.entries:
        raise MissingValueError(
            "there are no figures in it", place=place or None, expected="a row of titles and rows below"
        )
    read.entries = [replace(one, name=id) for one in read.entries for id in names.get(one.name, (one.name,))]
    return _gathered(read, place)


class _Read:
    """Entries, and what is said of subjects."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.traits: dict[str, tuple[str | None, str | None]] = {}


def _of_sheets(sheets: Mapping[str, Any], place: str, *, head: int = 1) -> _Read:
    read = _Read()
    for name, frame in sheets.items():
        if name.startswith("_"):
            continue
        where = f"{place}: {name}" if name else place
        sheet = sheet_of(frame, where, head=head)
        table = other_words("sheets").get(name.casefold(), name)
        table = "" if table in WHOLE else table
        read.traits |= traits(sheet)
        read.entries += entries(sheet, table)
    return read


def _of_mapping(data: Mapping[str, Any]) -> _Read:
    held = {str(name): value for name, value in data.items() if is_table(value)}
    read = _of_sheets(held, "data", head=0)
    subject = str(data.get("subject", ""))
    year = data.get("year")
    year = None if year is None else calendar_year(year, "year")
    for name, value in data.items():
        if isinstance(value, Mapping) and "value" not in value:
            raise WrongTypeError(
                "neither a figure nor a table", place=str(name), found=dict(value),
                expected="{value: 12, unit: kg} of a figure, a list of rows of a table",
            )  # fmt: skip
        if name not in held and name not in TRAITS:
            read.entries.append(Entry(str(name), figure(value, str(name)), subject, year))
    if subject or year is not None:
        read.entries = [
            Entry(one.name, one.given, one.subject or subject, year if one.year is None else one.year)
            for one in read.entries
        ]
    if "level" in data or "goods" in data:
        read.traits[subject] = (data.get("level"), data.get("goods"))
    return read


def _gathered(read: _Read, place: str) -> list[Figures]:
    """One set of figures for each subject and year; what names neither belongs to all."""
    held: dict[Key, list[Entry]] = {}
    for one in read.entries:
        held.setdefault((one.subject, one.year), []).append(one)
    kept = [key for key in held if not _is_for_others(key, held)]
    return [_one(read, held, subject, year, place) for subject, year in kept or [("", None)]]


def _is_for_others(key: Key, keys: Mapping[Key, object]) -> bool:
    """Whether figures without subject or year only complete those of others."""
    subject, year = key
    if subject and year is not None:
        return False
    return any(other != key and subject in ("", other[0]) and year in (None, other[1]) for other in keys)


def _one(read: _Read, held: Mapping[Key, list[Entry]], subject: str, year: int | None, place: str) -> Figures:
    given: dict[str, Given] = {}
    for key in dict.fromkeys(((subject, year), ("", year), (subject, None), ("", None))):
        for one in held.get(key, ()):
            if one.name in given:
                raise DuplicateKeyError(
                    "a figure stands twice", place=one.given.place, found=one.name, expected="each once"
                )
            given[one.name] = one.given
    level, goods = read.traits.get(subject) or read.traits.get("") or (None, None)
    for found, known, what in ((level, LEVELS, "level"), (goods, GOODS, "kind of goods")):
        if found is not None and str(found) not in known:
            raise UnknownNameError(
                f"no such {what}", place=place or None, found=found, expected=list(known),
                hint=did_you_mean(str(found), known),
            )  # fmt: skip
    where = " ".join(part for part in (place, subject, str(year or "")) if part)
    numbers, reasons = told_apart(given)
    return Figures(numbers, subject, year, where, level, goods, not_applicable=reasons)
