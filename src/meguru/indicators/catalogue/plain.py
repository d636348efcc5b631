"""Figures from what stands in a dict, a cell or a column: numbers, texts with units, mappings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.errors import ContradictionError, MeguruError, MissingValueError, WrongTypeError
from meguru.indicators.catalogue.definitions import Words
from meguru.indicators.catalogue.figures import Given, column_figure, plain_figure
from meguru.quantity import Quantity, dimension_of, read_quantity
from meguru.quantity.units import factor, size_of

TITLE = re.compile(r"^(?P<name>.*?)\s*[\[(（［](?P<unit>[^\])）］]*)[\])）］]\s*$")
YES = ("yes", "y", "true", "はい", "有", "有り", "あり", "該当", "可", "○", "〇", "✓", "✔")
NO = ("no", "n", "false", "いいえ", "無", "無し", "なし", "非該当", "不可", "×", "✗")
FLAGS = {**dict.fromkeys(YES, 1.0), **dict.fromkeys(NO, 0.0)}
DIGIT = re.compile(r"\d")
NOT_APPLICABLE = re.compile(
    r"\s*(?:not applicable|n/a|該当しない|該当なし|適用外)\s*(?:[:：]\s*(?P<why>.*\S)?)?\s*",
    re.IGNORECASE | re.DOTALL,
)


def title_of(text: str) -> tuple[str, str]:
    """Name and unit of a column: ``mass [kg]`` → ``mass``, ``kg``."""
    found = TITLE.match(text.strip())
    if found is None:
        return text.strip(), ""
    return found["name"], unicodedata.normalize("NFKC", found["unit"]).strip()


def figure(value: Any, place: str, unit: str = "") -> Given:
    """One figure: a number, a text with unit, a mapping with value, unit and quality, yes or no.

    Of an indicator it may be 'not applicable', with the reason behind a colon.

    Raises
    ------
    WrongTypeError
        It is none of these.
    """
    said = not_applicable(value, place)
    if said:
        return replace(plain_figure(np.nan, "", place), not_applicable=said)
    number, own, quality = _one(value, place)
    if own and unit:
        _refuse_two_units(own, unit, place)
    return replace(plain_figure(number, own or unit, place, quality), answer=_is_answer(value))


def not_applicable(value: Any, place: str) -> str:
    """Why something is said not to be applicable; ``""`` where it is not said.

    Raises
    ------
    MissingValueError
        It is said without a reason.
    """
    found = NOT_APPLICABLE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return ""
    if found["why"] is None:
        raise MissingValueError(
            "not applicable, and no reason is given", place=place, found=value,
            expected="'not applicable: ' and why it is not",
        )  # fmt: skip
    return str(found["why"])


def _is_answer(value: Any) -> bool:
    """Whether it is yes or no."""
    if isinstance(value, str):
        return value.strip().casefold() in FLAGS
    return isinstance(value, (bool, np.bool_))


def with_unit(value: Any, beside: Any, title: str, place: str) -> Any:
    """A cell with the unit that stands beside it, which must not be another than that of its title.

    Raises
    ------
    ContradictionError
        Units that differ.
    """
    unit = str(beside).strip()
    if not unit or is_empty(value):
        return value
    if title:
        _refuse_two_units(unit, title, place)
    number, own, quality = _one(value, place)
    if own:
        _refuse_two_units(own, unit, place)
    return Quantity(value=number, unit=unit, quality=quality)


def _refuse_two_units(one: str, other: str, place: str) -> None:
    same = dimension_of(one) == dimension_of(other) and size_of(one) == size_of(other)
    if not same:
        raise ContradictionError(
            "two units of one figure", place=place, found=f"{one} and {other}", expected="one unit"
        )


def _one(value: Any, place: str) -> tuple[float, str, float | None]:
    """Number, unit and quality of what was given."""
    if is_empty(value):
        raise MissingValueError("no value", place=place, found="nothing", expected="a number")
    if isinstance(value, (bool, np.bool_)):
        return float(value), "", None
    if isinstance(value, (int, float, np.number)):
        return float(value), "", None
    if isinstance(value, str) and _is_answer(value):
        return FLAGS[value.strip().casefold()], "", None
    if isinstance(value, str) and not DIGIT.search(value):
        raise WrongTypeError(
            "not a number", place=place, found=value, expected="a number, as '12 kg', or yes or no"
        )
    try:
        quantity = value if isinstance(value, Quantity) else read_quantity(value)
    except MeguruError as error:
        raise error.at(place=place) from None
    if quantity.value is None:
        raise WrongTypeError("not one number", place=place, found=value, expected="a number, as '12 kg'")
    return quantity.value, quantity.unit, quantity.quality


def column(
    values: Iterable[Any],
    unit: str,
    place: str,
    rows: tuple[int, ...],
    qualities: NDArray[np.float64] | None = None,
) -> Given:
    """A column of figures in one unit; empty cells become NaN.

    Cells may be numbers in the unit of the column, or texts with a unit of their own.
    """
    array = values if isinstance(values, np.ndarray) else _cells(values)
    quality = None
    if qualities is not None and not np.isnan(qualities).all():
        quality = float(np.nanmin(qualities))
    if array.dtype.kind in "iufb":
        found = column_figure(array.astype(np.float64), unit, place, rows, quality)
        if array.dtype.kind == "b":
            return replace(found, answer=True)
        return replace(found, doubts=_doubts(array, place)) if unit == "%" else found
    numbers, common = _mixed(array.tolist(), unit, place, rows)
    answer = any(map(_is_answer, array.tolist()))
    return replace(column_figure(numbers, common, place, rows, quality), answer=answer)


def _cells(values: Iterable[Any]) -> NDArray[Any]:
    """Cells as they are, whatever they hold."""
    held = list(values)
    found = np.empty(len(held), dtype=object)
    for index, cell in enumerate(held):
        found[index] = cell
    return found


def _doubts(numbers: NDArray[np.float64], place: str) -> tuple[Words, ...]:
    """A column of per cent in which nothing is above 1 was probably written in fractions."""
    largest = np.nanmax(numbers, initial=0.0)
    if not 0.0 < largest <= 1.0:
        return ()
    return (
        Words(
            f"{place}: the unit is %, and no value is above {largest:g} %. "
            "If they are fractions, take the [%] out of the title.",
            f"{place}：単位は%ですが、{largest:g} %を超える値がありません。"
            "小数の割合であれば見出しの[%]を外してください。",
        ),
    )


def _mixed(cells: list[Any], unit: str, place: str, rows: tuple[int, ...]) -> tuple[NDArray[np.float64], str]:
    """Cells of any kind as numbers in one unit, that of the column or of the first cell that has one."""
    known: dict[Any, tuple[float, str]] = {}
    found = []
    for row, cell in zip(rows, cells, strict=True):
        if is_empty(cell):
            found.append((np.nan, ""))
            continue
        key = cell if isinstance(cell, (str, int, float)) else None
        if key is None or key not in known:
            number, own, _ = _one(cell, f"{place}, row {row}")
            known[key] = (number, own)
        found.append(known[key])
    units = list(dict.fromkeys(own for _, own in found if own))
    common = unit or (units[0] if units else "")
    factors = {"": (1.0, 1.0)}
    for own in units:
        try:
            factors[own] = factor(own, common)
        except MeguruError as error:
            raise error.at(place=place) from None
    if not unit and common:
        for row, (number, own) in zip(rows, found, strict=True):
            if not own and number and not np.isnan(number):
                raise WrongTypeError(
                    "a number without unit among others with unit",
                    place=f"{place}, row {row}",
                    found=number,
                    expected=f"as '12 {common}', or [{common}] behind the column's title",
                )
    return np.array([number * factors[own][0] / factors[own][1] for number, own in found]), common


def is_empty(cell: Any) -> bool:
    """Whether nothing stands in a cell."""
    if cell is None or (isinstance(cell, str) and not cell.strip()) or type(cell).__name__ == "NAType":
        return True  # pandas' own gap is told by its name: it neither equals itself nor differs
    return not isinstance(cell, (str, Mapping, Quantity)) and bool(cell != cell)
