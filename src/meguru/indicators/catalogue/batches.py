"""Many subjects and years measured at once, where the same is known of them.

Formulas are evaluated once for all: figures stand along the last axis, the rows of their tables one after
the other, and sums over rows are sums over the rows of each. Where anything can not be, each is measured by
itself, so that the error says where.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

import numpy as np

from meguru.errors import MeguruError
from meguru.indicators.catalogue.arithmetic import is_column
from meguru.indicators.catalogue.definitions import IndicatorSet
from meguru.indicators.catalogue.figures import Figures, Given
from meguru.indicators.catalogue.measured import Measured
from meguru.indicators.value import Value
from meguru.quantity.formula import Value as Number


def measure_all(
    subjects: list[Figures], sets: list[IndicatorSet], measure_one: Callable[[Figures], list[Measured]]
) -> list[Measured]:
    """Values of all subjects, in their order.

    Parameters
    ----------
    measure_one
        Measures figures: a value of each indicator for each of their places, indicator by indicator.
    """
    alike: dict[Hashable, list[int]] = {}
    for index, one in enumerate(subjects):
        key = _likeness(one, sets)
        alike.setdefault(("alone", index) if key is None else key, []).append(index)
    found: dict[int, list[Measured]] = {}
    for indices in alike.values():
        try:
            together = _measured_together([subjects[index] for index in indices], measure_one)
        except MeguruError:
            together = None
        if together is not None:
            found |= dict(zip(indices, together, strict=True))
    # In their order, so that of several faults the first is told.
    return [value for index, one in enumerate(subjects) for value in found.get(index) or measure_one(one)]


def _likeness(one: Figures, sets: list[IndicatorSet]) -> Hashable | None:
    """What is the same of subjects that can be measured together; None of one that can only be alone."""
    reasons = tuple(sorted(one.not_applicable.items()))
    parts: list[Hashable] = [one.level, one.goods, one.scenario, reasons]
    if one.years:
        return None
    for name, given in sorted(one.given.items()):
        table = "." in name
        if given.doubts or table != is_column(given.value):
            return None  # doubts name rows; figures of the whole in several rows are joined in other ways
        empty = given.empty is not None and bool(given.empty.any())
        if empty and not all(_may_be_empty(held, name) for held in sets):
            return None
        dimension = given.value.number.dimension
        parts.append((name, dimension, given.unit, given.quality, given.answer, empty))
    return tuple(parts)


def _may_be_empty(held: IndicatorSet, name: str) -> bool:
    variable = held.variable(name)
    return variable is None or variable.default is not None


def _measured_together(
    subjects: list[Figures], measure_one: Callable[[Figures], list[Measured]]
) -> list[list[Measured]] | None:
    if len(subjects) < 2:
        return None
    values = measure_one(_joined(subjects))
    return [values[index :: len(subjects)] for index in range(len(subjects))]


def _joined(subjects: list[Figures]) -> Figures:
    first = subjects[0]
    starts: dict[str, np.ndarray[tuple[int], np.dtype[np.intp]]] = {}
    given: dict[str, Given] = {}
    for name in first.given:
        all_given = [one.given[name] for one in subjects]
        given[name] = _joined_figure(all_given)
        table, dot, _ = name.partition(".")
        if dot and table not in starts:
            counts = [len(one.value.array) for one in all_given]
            starts[table] = np.concatenate(([0], np.cumsum(counts[:-1]))).astype(np.intp)
    return Figures(
        given,
        place=first.place,
        level=first.level,
        goods=first.goods,
        scenario=first.scenario,
        each=tuple((one.subject, one.year) for one in subjects),
        starts=starts,
        not_applicable=first.not_applicable,
    )


def _joined_figure(all_given: list[Given]) -> Given:
    first = all_given[0]
    arrays = [one.value.array for one in all_given]
    if not is_column(first.value):
        array = np.concatenate(arrays, axis=1)
        rows: tuple[int, ...] = ()
        empty = None
    else:
        array = np.concatenate(arrays, axis=0)
        rows = tuple(row for one in all_given for row in one.rows)
        empty = np.concatenate([_empty(one) for one in all_given])
    return Given(
        Value(Number(array, first.value.number.dimension)),
        first.unit,
        first.place,
        first.quality,
        rows,
        empty,
        first.written,
        answer=first.answer,
    )


def _empty(given: Given) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    if given.empty is not None:
        return given.empty
    return np.zeros(len(given.value.array), dtype=np.bool_)
