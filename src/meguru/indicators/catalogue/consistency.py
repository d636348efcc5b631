"""Figures held against each other: what contradicts, what can not be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from meguru.errors import ContradictionError, RangeError, ShareError
from meguru.indicators.catalogue.arithmetic import ARITHMETIC, is_column
from meguru.indicators.catalogue.definitions import Check, Variable, Whole
from meguru.indicators.catalogue.figures import ROUNDING, Given
from meguru.indicators.value import Value, in_shown_unit

# Relative: two numbers that agree in three digits differ by half a per cent at most.
ROUNDED = 0.005


def refuse_contradiction(
    given: Value, found: Value, origin: Given, used: list[str], assumed: list[str]
) -> None:
    """A figure that is given must be what the others give for it, but for rounding.

    Parameters
    ----------
    used, assumed
        The others, and what stands for those that are not given.

    Raises
    ------
    ContradictionError
        It differs by more than half a per cent.
    """
    wrong = _apart(given, found)
    if not wrong.any():
        return
    place = origin.row(wrong) if is_column(given) else origin.place
    raise ContradictionError(
        "given, and something else follows from other figures",
        place=place,
        found=_first(given, wrong),
        expected="; ".join([f"{_first(found, wrong)}, from {', '.join(used)}", *assumed]),
        hint="Correct one of them, or leave one out.",
    )


def refuse_impossible(found: Value, variable: Variable, place: str) -> None:
    """What follows from figures must be as possible as one that is given.

    Raises
    ------
    RangeError
        A negative amount, a share above 1.
    """
    number = np.nan_to_num(found.array)
    low = (number < 0) if not variable.negative else np.zeros_like(number, dtype=bool)
    high = (number > 1 + ROUNDING) if variable.kind == "share" else np.zeros_like(low)
    for wrong, says, expected in (
        (low, f"negative {variable.name.en}", "0 or more"),
        (high, f"{variable.name.en} above 1", "a share from 0 to 1"),
    ):
        if wrong.any():
            raise RangeError(
                says,
                place=place or None,
                found=_first(found, wrong),
                expected=expected,
                hint=f"It follows from {variable.derived}.",
            )


def refuse_too_much(
    one: Whole, whole: Value, parts: Value, rows: Given | None, place: str, *, rounded: bool = False
) -> None:
    """Parts must not be more than their whole.

    Parameters
    ----------
    rounded
        Whether they may be, by as much as rounding of what is stated makes.

    Raises
    ------
    ShareError
        They are.
    """
    excess = ARITHMETIC.operate("-", (parts, whole))
    allowed = ROUNDED * np.abs(np.nan_to_num(whole.array)) if rounded else 0.0
    wrong = np.nan_to_num(excess.array) > allowed
    if wrong.any():
        where = rows.row(wrong) if rows is not None and is_column(excess) else place
        raise ShareError(one.says, place=where or None, found=f"{_first(excess, wrong)} too much")


def refuse_unkept(check: Check, found: Value, whole: Value | None, rows: Given | None, place: str) -> None:
    """A condition of a set.

    Raises
    ------
    ShareError, RangeError
        It is not kept.
    """
    wrong = np.nan_to_num(found.array) < 0 if whole is None else _apart(found, whole)
    if not wrong.any():
        return
    said = None
    if whole is not None:
        said = f"{_first(found, wrong)} of {_first(whole, wrong)}"
    where = rows.row(wrong) if rows is not None and is_column(found) else place
    raise (ShareError if check.error == "share" else RangeError)(check.says, place=where or None, found=said)


def _apart(one: Value, other: Value) -> NDArray[np.bool_]:
    """Where two values differ by more than rounding; what is undefined differs from nothing."""
    left, right = np.broadcast_arrays(one.array, other.array)
    difference = np.abs(left - right)
    found: NDArray[np.bool_] = difference > ROUNDED * np.maximum(np.abs(left), np.abs(right))
    return found


def _first(value: Value, wrong: NDArray[np.bool_]) -> str:
    """The first number that is wrong, as people read it."""
    numbers, unit = in_shown_unit(value.number)
    number = np.broadcast_to(numbers, wrong.shape)[wrong][0]
    return f"{number:.6g} {unit}".strip()
