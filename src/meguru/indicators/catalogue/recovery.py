"""Types of recovery in words, as the shares of them that formulas read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from meguru.errors import UnknownNameError, did_you_mean
from meguru.indicators.catalogue.plain import is_empty
from meguru.indicators.catalogue.reading import other_words, read_data

COLUMN, TABLE = "recovery", "outflow"
NONE = "none"


def loops() -> list[str]:
    """Types of recovery."""
    return [name for name in read_data("flows")["words"][COLUMN] if name != NONE]


def shares_of(cells: Iterable[Any], places: Iterable[str]) -> dict[str, list[float]]:
    """Column of shares → 1 where a cell names its type of recovery, else 0; of an empty cell in all of them.

    Raises
    ------
    UnknownNameError
        A cell names no type.
    """
    known = other_words(COLUMN)
    named = [_loop(cell, place, known) for cell, place in zip(cells, places, strict=True)]
    return {f"{COLUMN}_{loop}": [float(one == loop) for one in named] for loop in loops()}


def _loop(cell: Any, place: str, known: dict[str, str]) -> str:
    if is_empty(cell):
        return NONE
    found = known.get(str(cell).strip().casefold())
    if found is None:
        raise UnknownNameError(
            "no such type of recovery",
            place=place,
            found=str(cell),
            expected=[*loops(), NONE],
            hint=did_you_mean(str(cell), known),
        )
    return found
