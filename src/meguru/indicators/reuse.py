"""Marginal reuse rate: how far demand for a part and its supply from returns overlap in time.

After Umeda: the overlap of demand d(t) and supply s(t), ∫ min(d, s) / ∫ d per demand and / ∫ s per return.
With a store the bound is R(t) = min over τ ≤ t of [supply before τ + demand from τ to t].
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meguru.engine import Result
from meguru.errors import RangeError, UnsupportedError
from meguru.indicators.functions import Filters, Function, rows_of
from meguru.indicators.scene import UNKNOWN, ResultScene, Scene, result_of
from meguru.indicators.value import Operations, Value, value_of
from meguru.model.bom_units import bom_unit
from meguru.model.checks.fault import fault
from meguru.model.components import Model

Array = NDArray[np.float64]
FLOWS = {"item": "item", "target": "process", "source": "process"}


class ReuseRate(NamedTuple):
    """Largest share that can be reused; None where nothing is demanded or returned."""

    per_demand: float | None
    per_return: float | None


def reuse_bound(demand: ArrayLike, supply: ArrayLike, *, stored: bool = False) -> Array:
    """Most that can have been reused up to each step.

    Parameters
    ----------
    demand, supply : (..., time)
        Units per step; what is returned in a step can be used in it.
    stored
        Whether what is not used at once is kept for later steps.

    Returns
    -------
    (..., time)

    Raises
    ------
    RangeError
        A negative number or one that is none, or series of different lengths.
    """
    wanted, given = np.asarray(demand, dtype=np.float64), np.asarray(supply, dtype=np.float64)
    if wanted.shape[-1:] != given.shape[-1:] or wanted.ndim == 0:
        raise RangeError("demand and supply of different lengths", found=f"{wanted.shape} and {given.shape}")
    if not (
        np.all(wanted >= 0.0)
        and np.all(given >= 0.0)
        and np.all(np.isfinite(wanted))
        and np.all(np.isfinite(given))
    ):
        raise RangeError("demand and supply must be numbers of at least zero")
    if not stored:
        return np.minimum(wanted, given).cumsum(axis=-1)
    returned = np.broadcast_arrays(given.cumsum(axis=-1), wanted)[0]
    bound = np.empty(returned.shape)
    before = np.zeros(returned.shape[:-1])
    for step in range(returned.shape[-1]):  # the minimum over τ, step by step: τ = t + 1, or as before
        before = np.minimum(before + wanted[..., step], returned[..., step])
        bound[..., step] = before
    return bound


def reuse_rate(
    demand: Sequence[float] | Array, supply: Sequence[float] | Array, stored: bool = False
) -> ReuseRate:
    """Marginal reuse rate over a whole period, per demand and per return.

    >>> reuse_rate([100, 100, 20, 100], [0, 80, 80, 0])
    ReuseRate(per_demand=0.3125, per_return=0.625)
    >>> reuse_rate([100, 100, 20, 100], [0, 80, 80, 0], stored=True)
    ReuseRate(per_demand=0.5, per_return=1.0)
    """
    reused = float(reuse_bound(demand, supply, stored=stored)[-1]) if len(demand) else 0.0
    demanded, returned = float(np.sum(demand)), float(np.sum(supply))
    return ReuseRate(reused / demanded if demanded else None, reused / returned if returned else None)


def demand_and_supply(result: Result, item: str, store: str = "*") -> tuple[Array, Array]:
    """What is asked of an item, and what of it arrives recovered, in each step.

    Parameters
    ----------
    item
        A part, or several by a filter.
    store
        The stores from which it is drawn, by a filter.

    Returns
    -------
    (sample, time), (sample, time)
        Demand and supply in units per step.

    Raises
    ------
    UnknownNameError
        A filter that fits nothing.
    """
    scene = ResultScene(result, lambda: [result.model])
    scene.select("item", item)
    stores = scene.select("process", store)
    drawn = rows_of(scene, "units", {"item": item}, FLOWS, side="pull")
    return _steps(scene, drawn, np.ones(len(drawn))), _recovered(scene, drawn, stores)


def _marginal_reuse(scene: Scene, filters: Filters) -> Value:
    """Marginal reuse rate from the first reported year up to each."""
    items = sorted(scene.select("item", filters["item"]))
    stores = scene.select("process", filters.get("store", "*"))
    if not items or not isinstance(scene, ResultScene):  # of what is not there the rate is undefined
        return value_of(UNKNOWN, "1")
    drawn = rows_of(scene, "units", {"item": filters["item"]}, FLOWS, side="pull")
    demand = _steps(scene, drawn, np.ones(len(drawn)))
    if filters["supply"] == "returned":
        supply = _returned(scene, items)
    else:
        supply = _recovered(scene, drawn, stores)
    bound = reuse_bound(demand, supply, stored="store" in filters)
    series = (bound, (demand if filters["per"] == "demand" else supply).cumsum(axis=1))
    unit = scene.model.items[items[0]].unit
    values = tuple(value_of(scene.at_year_end(one), unit) for one in series)
    return Operations().operate("/", (values[0], values[1]))


def _steps(scene: ResultScene, rows: NDArray[np.int64], weights: Array) -> Array:
    """(sample, time) units in some flows."""
    units: Array = np.asarray(result_of(scene, "marginal_reuse").units.values)
    found: Array = units[:, :, rows] @ weights
    return found


def _recovered(scene: ResultScene, drawn: NDArray[np.int64], stores: set[str]) -> Array:
    """What arrives at the stores from which the item is drawn."""
    labels = scene.labels("units")
    holding = {
        (labels["source"][row], labels["item"][row]) for row in drawn if labels["source"][row] in stores
    }
    rows = [
        row
        for row, (target, item, side) in enumerate(
            zip(labels["target"], labels["item"], labels["side"], strict=True)
        )
        if side == "push" and (target, item) in holding
    ]
    return _steps(scene, np.array(rows, dtype=np.int64), np.ones(len(rows)))


def _returned(scene: ResultScene, items: list[str]) -> Array:
    """All pieces that leave use: loose, and inside what leaves."""
    labels, model = scene.labels("units"), scene.model
    counts = [
        sum(pieces_in(model, str(item), one) for one in items)
        if side == "push" and model.processes[source].kind == "use"
        else 0.0
        for source, item, side in zip(labels["source"], labels["item"], labels["side"], strict=True)
    ]
    rows = np.flatnonzero(counts)
    return _steps(scene, rows, np.array(counts)[rows])


def pieces_in(model: Model, item: str, part: str) -> float:
    """How many of a part one unit of an item is or contains, at any depth.

    Raises
    ------
    UnsupportedError
        The number is not the same for all years and samples.
    """
    if item == part:
        return 1.0
    total = 0.0
    for child, quantity in model.items[item].bom.items():
        inside = pieces_in(model, child, part)
        if not inside:
            continue
        if quantity.value is None or quantity.uncertain is not None or quantity.since:
            raise fault(
                UnsupportedError,
                model,
                f"items.{item}.bom.{child}",
                "returned pieces of a product whose composition changes can not be counted",
                expected="a constant",
                hint='Take supply="recovered".',
            )
        wanted = bom_unit(quantity.unit, model.items[child].unit, model.items[item].unit)
        total += inside * float(quantity.evaluate(wanted, np.zeros(1))[0, 0])
    return total


MARGINAL_REUSE = Function(
    _marginal_reuse,
    {"item": "item", "store": "process"},
    {"per": ("demand", "return"), "supply": ("recovered", "returned")},
    first="item",
)
