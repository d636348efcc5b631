"""Stores at the start and at the end of a step: ageing, loss, content, limit."""

from __future__ import annotations

from typing import Any

from meguru.engine.kernel_declared import uncounted
from meguru.engine.kernels.push import node_start
from meguru.engine.plan import (
    CONTENT, EXTRA, HELD, HELD_PIECES, HOLDER_DATED, KEPT, PRODUCT, PRODUCT_SLOT, PRODUCT_SLOTS_END,
    STEPS, STOCK, STOCK_DATED, STORES, STORE_AGEING, STORE_DATES, STORE_HOLDER, STORE_LOSS, STORE_LOST,
    STORE_PIECES, STORE_PRODUCT, STORE_START, X, at, line, number, rows,
)  # fmt: skip


@uncounted()
def shelve(p: Any, c: Any, z: Any, t: Any) -> Any:
    """Start of a step in the stores."""
    for index in range(rows(p, STORES)):
        shelve_store(p, c, z, t, index)


@uncounted()
def shelve_store(p: Any, c: Any, z: Any, t: Any, index: Any) -> Any:
    """Things on the shelf do not age (births move on), some are lost."""
    row = line(p, STORES, index)
    start = p[HELD] + p[row + STORE_START]
    if p[row + STORE_DATES] > 1 and p[row + STORE_AGEING] == 0:
        for date in range(p[row + STORE_DATES] - 1, 0, -1):
            z[start + date] = z[start + date - 1]
        z[start] = 0.0
        if p[row + STORE_PRODUCT] >= 0:
            shelve_pieces(p, z, row)
    if p[row + STORE_LOSS] >= 0:
        lost = number(p, c, p[row + STORE_LOSS], t)
        into = node_start(p, p[X], p[row + STORE_LOST])
        for date in range(p[row + STORE_DATES]):
            z[into + date] += z[start + date] * lost
            z[start + date] *= 1.0 - lost
        if p[row + STORE_PRODUCT] >= 0:
            keep_pieces(p, z, row, 1.0 - lost)


@uncounted()
def pieces_held(p: Any, row: Any) -> Any:
    """Number of slots of the product in a store."""
    product = line(p, PRODUCT, p[row + STORE_PRODUCT])
    return p[product + PRODUCT_SLOTS_END] - p[product + PRODUCT_SLOT]


@uncounted()
def keep_pieces(p: Any, z: Any, row: Any, kept: Any) -> Any:
    """Followed parts leave a store with the products that hold them."""
    dates = p[STEPS] + 1
    start = p[HELD_PIECES] + p[row + STORE_PIECES]
    for k in range(start, start + pieces_held(p, row) * dates * dates):
        z[k] *= kept


@uncounted()
def shelve_pieces(p: Any, z: Any, row: Any) -> Any:
    """The followed parts inside stored products do not age either."""
    dates = p[STEPS] + 1
    for k in range(pieces_held(p, row)):
        start = p[HELD_PIECES] + p[row + STORE_PIECES] + k * dates * dates
        for date in range(dates - 1, -1, -1):
            for birth in range(dates - 1, -1, -1):
                value = 0.0
                if date > 0 and birth > 0:
                    value = z[start + (date - 1) * dates + birth - 1]
                z[start + date * dates + birth] = value


@uncounted()
def find_content(p: Any, z: Any) -> Any:
    """What the stores hold, new scrap of this step included."""
    for index in range(rows(p, STORES)):
        row = line(p, STORES, index)
        total = 0.0
        for date in range(p[row + STORE_START], p[row + STORE_START] + p[row + STORE_DATES]):
            total += z[p[HELD] + date] + z[p[EXTRA] + date]
        z[p[CONTENT] + index] = total


@uncounted()
def finish_store(p: Any, z: Any, r: Any, t: Any, index: Any) -> Any:
    """Followed parts leave with the products that hold them; what a store holds is recorded."""
    row = line(p, STORES, index)
    dates = p[STEPS] + 1
    kept = z[p[KEPT] + index]
    if p[row + STORE_PRODUCT] >= 0 and kept != 1.0:
        keep_pieces(p, z, row, kept)
    holder = p[row + STORE_HOLDER]
    dated = at(p, HOLDER_DATED, holder, 0)
    for date in range(p[row + STORE_DATES]):
        held = z[p[HELD] + p[row + STORE_START] + date]
        r[p[STOCK] + holder * p[STEPS] + t] += held
        if dated >= 0:
            r[p[STOCK_DATED] + (dated * p[STEPS] + t) * dates + date] += held
