"""What people call sheets, columns and choices: read from ``columns.yaml``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from meguru.files.attribute import Declared, declared
from meguru.files.tree import parse_tree, plain
from meguru.foresight.model import Edge, Event, Node

TABLES: dict[str, Any] = {"nodes": Node, "edges": Edge, "events": Event, "settings": None}
SPREAD = ("low", "mode", "high")
LABEL = re.compile(r"label\.([\w-]+)\Z")
_PUNCTUATION = re.compile(r"[^\w.]|_")


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds: an attribute by its key, or a part of it.

    ``part`` is low, mode or high of a spread, or the language of a label; ``per_year`` says how many of the
    units of time in the title make a year; None where it tells none.
    """

    key: str
    part: str = ""
    per_year: float | None = None

    def __str__(self) -> str:
        return f"{self.key}.{self.part}" if self.part else self.key


@cache
def words() -> dict[str, Any]:
    """The file of synonyms."""
    path = Path(__file__).with_name("columns.yaml")
    read: dict[str, Any] = plain(parse_tree(path.read_text(encoding="utf-8"), str(path)))
    return read


def folded(text: str) -> str:
    """A title as it compares: letter case, width, spaces, brackets and punctuation do not count."""
    return _PUNCTUATION.sub("", unicodedata.normalize("NFKC", text).casefold()).strip(".")


def plain_text(text: str) -> str:
    """A text of one form of each character: half-width digits and signs, no outer spaces."""
    return unicodedata.normalize("NFKC", text).strip()


def attributes(table: str) -> dict[str, Declared]:
    """Key → attribute of what a line of a table is."""
    kind = TABLES[table]
    return {} if kind is None else declared(kind)


@cache
def _columns(table: str) -> dict[str, Column]:
    """Folded title → column."""
    known = attributes(table)
    found: dict[str, Column] = {}
    titles: Mapping[str, Iterable[Any]] = words()["columns"][table]
    keys = dict.fromkeys([*titles, *(key for key, one in known.items() if one.attribute.form != "label")])
    for key in keys:
        base, _, language = key.partition(".")
        for title in (key, *map(str, titles.get(key, ()))):
            for ending, column in _endings(Column(base, language), known.get(base)):
                found.setdefault(folded(title + ending), column)
    return found


def _endings(column: Column, one: Declared | None) -> Iterator[tuple[str, Column]]:
    """What may stand behind a title, and the column that it makes."""
    yield "", column
    if one is None:
        return
    is_spread = one.attribute.form == "spread"
    for part in SPREAD if is_spread else ():
        for word in (f".{part}", part, *words()["spread"][part]):
            yield word, Column(column.key, part)
    for time, per_year in words()["times"].items() if one.attribute.dimension == "year" else ():
        yield time, Column(column.key, "", float(per_year))
        for part in SPREAD if is_spread else ():
            for word in (f".{part}", part, *words()["spread"][part]):
                yield f"{time}{word}", Column(column.key, part, float(per_year))
                yield f"{word}{time}", Column(column.key, part, float(per_year))


def column_of(table: str, title: str) -> Column | None:
    """The column that a title names; None if nobody knows it."""
    language = LABEL.match(title.strip())
    if language and table in ("nodes", "events"):
        return Column("label", language[1])
    return _columns(table).get(folded(title))


def titled(table: str, key: str) -> str:
    """The key of a column, with the first Japanese title that it may have as well."""
    known = words()["columns"][table].get(key, ())
    japanese = next((str(one) for one in known if not str(one).isascii()), "")
    return f"{key} ({japanese})" if japanese else key


def table_of(title: str) -> str | None:
    """The table that a sheet or file is, by its name."""
    name = folded(title)
    return next(
        (table for table, names in words()["sheets"].items() if name in map(folded, (table, *names))), None
    )


def setting_of(key: str) -> str:
    """The setting that a key names; a key that nobody knows stands for itself."""
    name = folded(key)
    return next(
        (known for known, names in words()["settings"].items() if name in map(folded, (known, *names))), key
    )


def choice_of(key: str, text: str) -> str:
    """The choice that a text names; a text that nobody knows stands for itself."""
    name = plain_text(text).casefold()
    for choice, names in words()["choices"].get(key, {}).items():
        if name in (plain_text(str(one)).casefold() for one in (choice, *names)):
            return str(choice)
    return text


def years_in(unit: str) -> float | None:
    """How many of a unit of time make a year; None if it is none."""
    found = words()["times"].get(unit.casefold())
    return None if found is None else float(found)
