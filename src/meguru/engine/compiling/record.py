"""What a run records of which flow and holder, and how many numbers that takes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from meguru.engine.compiling.shape import Shape
from meguru.engine.compiling.use import UseTables
from meguru.engine.plan import Ints
from meguru.model.components import Model
from meguru.model.network import Network

LARGEST_AGES = 4_000_000  # numbers; larger stocks by age are not kept


class Rows(NamedTuple):
    """Rows of what is recorded in more detail than units per step; −1: not recorded so."""

    flow_dated: Ints  # flow → row of its record by date
    flow_valued: Ints  # flow → row of its record of units × factor on price by age
    holder_dated: Ints  # holder (use processes, then stores) → row of its record by date


def record_rows(
    model: Model, network: Network, shape: Shape, uses: UseTables, stores: list[tuple[str, str]]
) -> Rows:
    """Which flows and holders are recorded by date, which flows with their value by age."""
    flows = [f.item in shape.changing and model.items[f.item].kind != "material" for f in network.flows]
    holders = [str(model.processes[n].product) for n in uses.names] + [i for _, i in stores]
    return Rows(
        _rows(flows),
        _rows([bool(f.route.residual) for f in network.flows]),
        _rows([i in shape.changing for i in holders]),
    )


def record_sizes(
    steps: int, samples: int, flows: int, scrap: bool, uses: UseTables, stores: int, rows: Rows
) -> dict[str, int]:
    """Numbers in each part of the record of one sample."""
    dates = steps + 1
    flows_dated, flows_valued, holders_dated = (int(np.sum(row >= 0)) for row in rows)
    ages = len(uses.use) * steps * dates
    return {
        "flows": flows * steps, "scrap": flows * steps * scrap,
        "flows_dated": flows_dated * steps * dates, "flows_valued": flows_valued * steps,
        "events": len(uses.events) * steps, "stock": (len(uses.use) + stores) * steps,
        "stock_dated": holders_dated * steps * dates, "part_age": len(uses.slot_use) * 2 * steps,
        "ages": ages if samples == 1 and ages <= LARGEST_AGES else 0, "status": 3,
    }  # fmt: skip


def _rows(wanted: list[bool]) -> Ints:
    """Row numbers for those that are wanted, −1 for the others."""
    yes = np.array(wanted, dtype=bool)
    return np.where(yes, np.cumsum(yes) - 1, -1).astype(np.int64)
