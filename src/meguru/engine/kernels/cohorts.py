"""Where cohorts stand in the flat arrays: hazards, units by step made, births of their pieces."""

from __future__ import annotations

from typing import Any

from meguru.engine.kernel_declared import declared, uncounted
from meguru.engine.plan import (
    HAZARD, HAZARD_FIRST, HAZARD_FIRST_STRIDE, HAZARD_START, HAZARD_STRIDE, ITEM, ITEM_CLASSES,
    ITEM_DATES, PRODUCT, PRODUCT_START, SLOT, SLOT_W, STEPS, USE_BUILDS, USE_CLASS, USE_PRODUCT,
    USE_SEGMENTS, W, at, line,
)  # fmt: skip


@declared("int64(int64[::1], int64, boolean)")
def hazard_start(p: Any, row: Any, at_sale: Any) -> Any:
    """Where the hazards of a row begin, the oldest first: of a thing made in ``date`` it stands in step t at
    ``hazard_start - t + date * hazard_stride``.
    """
    return p[HAZARD] + p[row + (HAZARD_FIRST if at_sale else HAZARD_START)] + p[STEPS]


@declared("int64(int64[::1], int64, boolean)")
def hazard_stride(p: Any, row: Any, at_sale: Any) -> Any:
    """From the hazard of a thing to that of one made a step later, in the same step."""
    return p[row + (HAZARD_FIRST_STRIDE if at_sale else HAZARD_STRIDE)] + 1


@declared("float64(int64[::1], float64[::1], int64, int64, int64, boolean)")
def hazard_of(p: Any, c: Any, row: Any, date: Any, age: Any, at_sale: Any) -> Any:
    """Hazard by age index (and by step made where it changes with it), in an ordinary step or that of the
    sale."""
    return c[hazard_start(p, row, at_sale) - age + date * (hazard_stride(p, row, at_sale) - 1)]


@declared("int64(int64[::1], int64, int64, int64)")
def stock_at(p: Any, use: Any, local: Any, date: Any) -> Any:
    """Element of N of a class and step made."""
    return at(p, PRODUCT, p[use + USE_PRODUCT], PRODUCT_START) + local * (p[STEPS] + 1) + date


@declared("int64(int64[::1], int64, int64, int64, int64)")
def block_at(p: Any, item: Any, condition: Any, local: Any, date: Any) -> Any:
    """Element of a product's block in the workspace."""
    shape = line(p, ITEM, item)
    dates = p[shape + ITEM_DATES]
    return (condition * p[shape + ITEM_CLASSES] + local) * dates + (date if dates > 1 else 0)


@uncounted()
def births_at(p: Any, z: Any, index: Any, local: Any, date: Any) -> Any:
    """Position in the state where the births of a slot's pieces begin."""
    dates = p[STEPS] + 1
    return p[W] + at(p, SLOT, index, SLOT_W) + (local * dates + date) * dates


@uncounted()
def classes_end(p: Any, use: Any) -> Any:
    return p[use + USE_CLASS] + p[use + USE_BUILDS] * p[use + USE_SEGMENTS]


@uncounted()
def segment_of(p: Any, use: Any, local: Any) -> Any:
    return (local - p[use + USE_CLASS]) % p[use + USE_SEGMENTS]
