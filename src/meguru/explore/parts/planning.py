"""Which parts to recondition, how many and when: a linear programme over stores and capacity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linprog

from meguru.errors import InfeasibleError, RunError
from meguru.explore.parts.programme import KINDS, Part, Programme

if TYPE_CHECKING:
    from pandas import DataFrame

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ReconditionPlan:
    """What to do in each period.

    Attributes
    ----------
    names
        Of the parts.
    reconditioned, bought, scrapped, lost : (part, time)
        Cores reconditioned, new pieces bought, cores scrapped, pieces wanted and not delivered.
    cores, stored : (part, time)
        Cores and good pieces kept at the end of each period.
    used_hours : (time,)
    hour_worth : (time,)
        What one more hour of the shop would save; 0 where hours are left over.
    cost
        Of the whole plan.
    """

    names: tuple[str, ...]
    reconditioned: Array = field(repr=False)
    bought: Array = field(repr=False)
    scrapped: Array = field(repr=False)
    lost: Array = field(repr=False)
    cores: Array = field(repr=False)
    stored: Array = field(repr=False)
    used_hours: Array
    hour_worth: Array
    cost: float

    def table(self) -> DataFrame:
        """A row for each part and period."""
        import pandas as pd

        periods = self.reconditioned.shape[1]
        names, steps = np.repeat(self.names, periods), np.tile(np.arange(periods), len(self.names))
        columns = {kind: getattr(self, kind).ravel() for kind in KINDS}
        return pd.DataFrame({"part": names, "period": steps, **columns})


def plan_reconditioning(parts: Mapping[str, Part], hours: ArrayLike = np.inf) -> ReconditionPlan:
    """The cheapest plan that meets the demand.

    In each period: cores of before + returns = reconditioned + scrapped + cores kept; good pieces of before +
    recovery · reconditioned + bought + lost = demand + pieces kept; hours of all parts ≤ hours of the shop.

    Parameters
    ----------
    parts
        Name → part; all over the same periods.
    hours : (time,) or a number
        Of the shop, in each period.

    Raises
    ------
    RangeError
        A negative number, or parts or hours over different periods.
    InfeasibleError
        Demand that can not be met.

    Notes
    -----
    Solved by HiGHS: Huangfu, Q. and Hall, J. A. J. (2018), doi:10.1007/s12532-017-0130-5. It is a plan of
    amounts: pieces may be parts of one.
    """
    programme = Programme(parts, hours)
    found = linprog(
        programme.costs,
        A_eq=programme.balance,
        b_eq=programme.given,
        A_ub=programme.shop,
        b_ub=programme.hours,
        bounds=programme.bounds,
        method="highs",
    )
    if found.status == 2:
        raise InfeasibleError(
            "demand that can not be met",
            found=programme.shortest(),
            expected="enough cores and hours, new pieces at a price, or a cost of lost demand",
        )
    if found.status != 0:
        raise RunError("the plan was not found", found=found.message)
    x: Array = found.x
    amounts = {kind: programme.part_of(x, kind) for kind in KINDS}
    worth: Array = 0.0 - found.ineqlin.marginals
    return ReconditionPlan(
        programme.names,
        used_hours=programme.shop @ x,
        hour_worth=worth,
        cost=float(programme.costs @ x),
        **amounts,
    )
