"""Where supply and demand of a part miss each other in time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meguru.engine import Result
from meguru.errors import RangeError, asked
from meguru.indicators.reuse import ReuseRate, demand_and_supply, reuse_bound, reuse_rate

if TYPE_CHECKING:
    from pandas import DataFrame

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Mismatch:
    """Demand and supply of a part, and what meets.

    Attributes
    ----------
    time
        Of each step, as the result has it.
    demand, supply : (time,)
        Units per step.
    at_once, stored : (time,)
        Units that can be reused in each step, without a store and with one that holds everything.
    too_early : (time,)
        Units supplied that nobody wants yet: what a store would hold at the end of each step.
    rate, rate_stored
        Marginal reuse rate over all steps, without and with a store.
    """

    time: tuple[object, ...] = field(repr=False)
    demand: Array = field(repr=False)
    supply: Array = field(repr=False)
    at_once: Array = field(repr=False)
    stored: Array = field(repr=False)
    too_early: Array = field(repr=False)
    rate: ReuseRate
    rate_stored: ReuseRate

    @property
    def unmet(self) -> Array:
        """(time,) demand that supply can not meet even with a store: new parts are needed."""
        return self.demand - self.stored

    def table(self) -> DataFrame:
        """A row a step."""
        import pandas as pd

        names = ("time", "demand", "supply", "at_once", "stored", "unmet", "too_early")
        return pd.DataFrame({name: list(getattr(self, name)) for name in names})


def mismatch(demand: ArrayLike, supply: ArrayLike, time: ArrayLike | None = None) -> Mismatch:
    """Where two series miss each other.

    Parameters
    ----------
    demand, supply : (time,)
        Units per step.
    time : (time,)
        Of each step; default counted from 0.

    Raises
    ------
    RangeError
        A negative number, or series of different lengths.
    """
    wanted, given = np.asarray(demand, dtype=np.float64), np.asarray(supply, dtype=np.float64)
    steps = np.arange(wanted.size) if time is None else np.asarray(time)
    if wanted.ndim != 1 or steps.shape != wanted.shape:
        raise RangeError(
            "demand and time that are not one series of one length",
            place="demand" if wanted.ndim != 1 else "time",
            found=f"{wanted.shape} and {steps.shape}",
            expected="(time,) of both",
        )
    bounds = [reuse_bound(wanted, given, stored=stored) for stored in (False, True)]
    at_once, stored = (np.diff(bound, prepend=0.0) for bound in bounds)
    too_early = given.cumsum() - bounds[1]
    rates = [reuse_rate(wanted, given, stored=kept) for kept in (False, True)]
    return Mismatch(tuple(steps.tolist()), wanted, given, at_once, stored, too_early, *rates)


def mismatch_of(result: Result, item: str, store: str = "*") -> Mismatch:
    """Where demand and supply of a part miss each other in a run, mean of the samples.

    Parameters
    ----------
    item
        A part.
    store
        The stores from which it is drawn; default all.
    """
    with asked():
        demand, supply = (one.mean(axis=0) for one in demand_and_supply(result, item, store))
    return mismatch(demand, supply, result.units.coords["time"].values)
