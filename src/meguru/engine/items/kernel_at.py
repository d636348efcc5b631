"""Where individuals stand in the flat arrays of :mod:`meguru.engine.items.plan`."""

from __future__ import annotations

from typing import Any

from meguru.engine.items.plan import CELLS, ROW_COLUMNS, ROWS, SLOT_OF_CELL, THING_COLUMNS, THINGS, WIDTH
from meguru.engine.kernel_declared import uncounted


@uncounted("int64(int64[::1], int64)", forceinline=True)
def row_at(q: Any, row: Any) -> Any:
    """Position in ``m`` of a row."""
    return q[ROWS] + row * q[WIDTH]


@uncounted("int64(int64[::1], int64, int64)", forceinline=True)
def cells_at(q: Any, row: Any, column: Any) -> Any:
    """Position in ``m`` where a column of the pieces in a row begins."""
    return q[ROWS] + row * q[WIDTH] + ROW_COLUMNS + column * q[CELLS]


@uncounted("int64(int64[::1], int64, int64)", forceinline=True)
def slot_of(q: Any, product: Any, cell: Any) -> Any:
    """Slot of the product in which the piece of a cell sits."""
    return q[q[SLOT_OF_CELL] + product * q[CELLS] + cell]


@uncounted("int64(int64[::1], int64)", forceinline=True)
def thing_at(q: Any, thing: Any) -> Any:
    """Position in ``m`` of a thing."""
    return q[THINGS] + thing * THING_COLUMNS
