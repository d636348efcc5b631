"""Functions of the formulas of sets: sums over the rows of a table, and the usual ones.

A figure of a subject is an array (sample or 1, year or 1), a column of a table has its rows in front: (row,
sample or 1, year or 1). So both go through the same operations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.errors import FormulaError
from meguru.indicators.value import Operations, Value, plain_function
from meguru.quantity.formula import Value as Number
from meguru.quantity.units import NONE

ARITHMETIC = Operations()
COLUMN = 3  # axes of a column


def is_column(value: Value) -> bool:
    """Whether it has a number for each row of a table."""
    return value.array.ndim == COLUMN


def column_sum(*values: Any, **keywords: Any) -> Value:
    """Sum over the rows."""
    number = _column("sum", values, keywords).number
    return Value(Number(number.array.sum(axis=0), number.dimension))


def mean(*values: Any, **keywords: Any) -> Value:
    """Plain mean over the rows; undefined without rows."""
    column = _column("mean", values, keywords)
    return ARITHMETIC.operate("/", (column_sum(column), _rows_of(column)))


def _count(*values: Any, **keywords: Any) -> Value:
    """Number of rows."""
    return _rows_of(_column("count", values, keywords))


def _rows_of(column: Value) -> Value:
    return Value(Number(np.full((1, 1), float(column.array.shape[0])), NONE))


def _column(name: str, values: tuple[Any, ...], keywords: Any) -> Value:
    if keywords or len(values) != 1 or not isinstance(values[0], Value) or not is_column(values[0]):
        raise FormulaError(f"wrong arguments of {name}()", expected="one column of a table")
    return values[0]


def _extreme(name: str, reduce: Callable[..., Any]) -> Callable[..., Value]:
    several = plain_function(name)

    def function(*values: Any, **keywords: Any) -> Value:
        if len(values) == 1 and not keywords and isinstance(values[0], Value) and is_column(values[0]):
            number = values[0].number
            found = reduce(number.array, axis=0) if len(number.array) else np.full((1, 1), np.nan)
            return Value(Number(found, number.dimension))
        return several(*values, **keywords)

    return function


def segmented(starts: NDArray[np.intp]) -> dict[str, Callable[..., Value]]:
    """The functions where rows of several subjects stand one after the other: each has a value of its own.

    Parameters
    ----------
    starts : (subject,)
        First row of each.
    """

    def reduced(name: str, reduce: np.ufunc) -> Callable[..., Value]:
        def function(*values: Any, **keywords: Any) -> Value:
            number = _column(name, values, keywords).number
            if number.array.shape[1:] != (1, 1):
                raise FormulaError("a column and figures of subjects that stand one after the other")
            return Value(Number(reduce.reduceat(number.array[:, 0, 0], starts)[None, :], number.dimension))

        return function

    def rows(*values: Any, **keywords: Any) -> Value:
        column = _column("count", values, keywords)
        counts = np.diff(starts, append=len(column.array)).astype(np.float64)
        return Value(Number(counts[None, :], NONE))

    def mean_of(*values: Any, **keywords: Any) -> Value:
        return ARITHMETIC.operate("/", (total(*values, **keywords), rows(*values, **keywords)))

    def extreme(name: str, reduce: np.ufunc) -> Callable[..., Value]:
        of_rows, several = reduced(name, reduce), plain_function(name)

        def function(*values: Any, **keywords: Any) -> Value:
            of_column = len(values) == 1 and isinstance(values[0], Value) and is_column(values[0])
            return (of_rows if of_column else several)(*values, **keywords)

        return function

    total = reduced("sum", np.add)
    return {
        **FUNCTIONS,
        "sum": total,
        "mean": mean_of,
        "count": rows,
        "max": extreme("max", np.maximum),
        "min": extreme("min", np.minimum),
    }


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "sum": column_sum,
    "mean": mean,
    "count": _count,
    "max": _extreme("max", np.max),
    "min": _extreme("min", np.min),
    "abs": plain_function("abs"),
    "sqrt": plain_function("sqrt"),
}
