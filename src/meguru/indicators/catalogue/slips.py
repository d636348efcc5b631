"""Slips of spreadsheets: rows of totals among what they sum, and rows that stand twice."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from meguru.errors import ContradictionError
from meguru.indicators.catalogue.definitions import Words

# A name that says only that it sums others; suppliers are called Total.
NAMED = ("name", "material", "item", "label")
TOTAL = re.compile(r"(?:grand|sub)?[- ]?totals?(?: of .*)?|sum(?: of .*)?|計|.*(?:合計|小計|総計|累計)")
Columns = Mapping[str, NDArray[Any]]


def refuse_totals(columns: Columns, rows: Sequence[int], place: str) -> None:
    """A row of totals would be counted beside what it sums.

    Raises
    ------
    ContradictionError
        There is one, by its name.
    """
    for title in NAMED:
        for row, cell in zip(rows, columns.get(title, ()), strict=False):
            if isinstance(cell, str) and TOTAL.fullmatch(_plain(cell)):
                raise ContradictionError(
                    "a row of totals among the rows that it sums",
                    place=f"{place}, column {title}, row {row}",
                    found=cell,
                    expected="one row a flow or figure",
                    hint="Take it out: sums are made here, and it would be counted twice.",
                )


def _plain(text: str) -> str:
    """A name without case and without spaces between Japanese letters."""
    text = unicodedata.normalize("NFKC", text).strip().casefold()
    return re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", text)


def doubt_of_twins(columns: Columns, rows: Sequence[int], place: str) -> Words | None:
    """Rows that are alike in every cell were probably copied; both count."""
    kept: dict[tuple[Any, ...], int] = {}
    for row, cells in zip(rows, zip(*map(_cells, columns.values()), strict=True), strict=True):
        first = kept.setdefault(cells, row)
        if first != row:
            return Words(
                f"{place}: rows {first} and {row} are alike in every cell; both are counted.",
                f"{place}：{first}行目と{row}行目はすべてのセルが同じです。どちらも集計しています。",
            )
    return None


def _cells(values: NDArray[Any]) -> list[Any]:
    """Cells that can be compared: nothing is like nothing."""
    if values.dtype.kind == "f":
        return [None if cell != cell else cell for cell in values.tolist()]
    return [cell if isinstance(cell, (str, int, float)) else repr(cell) for cell in values.tolist()]
