"""Conditions of a set: parts of a whole, and what else must not be negative or must be equal."""

from __future__ import annotations

from functools import reduce

from meguru.errors import MissingValueError
from meguru.indicators.catalogue.arithmetic import ARITHMETIC, is_column
from meguru.indicators.catalogue.consistency import refuse_too_much, refuse_unkept
from meguru.indicators.catalogue.definitions import AVERAGE, Check, Whole
from meguru.indicators.catalogue.evaluation import Evaluation, Found
from meguru.indicators.value import Value


def hold_conditions(evaluation: Evaluation) -> None:
    """Hold figures against the conditions of their set, as far as they are given.

    Where figures of the whole stand in several rows, as of products or plants, each row is held against them
    before their sum: what one has too much does not make up for what another lacks.

    Raises
    ------
    ShareError, RangeError
        A condition is not kept.
    """
    for reading, by_row in ((evaluation.by_row(), True), (evaluation, False)):
        if reading is None:
            continue
        for whole in reading.held.wholes:
            _hold_whole(reading, whole, by_row)
        for check in reading.held.checks:
            _hold(reading, check, by_row)


def _known(reading: Evaluation, formula: str, by_row: bool) -> Found | None:
    """The value of a formula; None for what is not given: it can not be wrong."""
    if by_row and not reading.rows_only(formula):
        return None
    if not by_row and reading.aggregation == AVERAGE and reading.averages(formula):
        return None  # held row by row
    try:
        return reading.formula(formula)
    except MissingValueError:
        return None


def _hold_whole(reading: Evaluation, one: Whole, by_row: bool) -> None:
    whole = _known(reading, one.whole, by_row and one.whole != "1")
    if whole is None or whole.assumed:
        return  # what was not stated may be more
    known = {text: found for text in one.parts if (found := _known(reading, text, by_row))}
    if by_row and not any(is_column(found.value) for found in known.values()):
        known = {}
    parts = [found.value for found in known.values()]
    rows = reading.column_behind(*known, one.rest or "0")
    if parts:
        refuse_too_much(one, whole.value, _sum(parts), rows, reading.figures.place)
    if one.rest is None or one.rest not in reading.figures.given:
        return
    rest = _known(reading, one.rest, by_row)
    if rest is not None:
        together = _sum([*parts, rest.value])
        refuse_too_much(one, whole.value, together, rows, reading.figures.place, rounded=True)


def _sum(values: list[Value]) -> Value:
    return reduce(lambda one, other: ARITHMETIC.operate("+", (one, other)), values)


def _hold(reading: Evaluation, check: Check, by_row: bool) -> None:
    if not reading.holds(check.if_given):
        return
    found = _known(reading, check.formula, by_row)
    other = None if check.equals is None else _known(reading, check.equals, by_row and check.equals != "1")
    if found is None or (check.equals is not None and other is None):
        return
    if other is None or (found.used and not other.assumed):
        rows = reading.column_behind(check.formula)
        refuse_unkept(check, found.value, None if other is None else other.value, rows, reading.figures.place)
