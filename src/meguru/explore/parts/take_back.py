"""When to take goods back, while they still have value: the age that brings most in the long run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meguru.errors import RangeError

if TYPE_CHECKING:
    from pandas import DataFrame

Array = NDArray[np.float64]
BY_AGE = ("price_intact", "price_failed", "service")  # may be given for each age


@dataclass(frozen=True)
class TakeBack:
    """What it brings to take goods back at each age, unless they fail before.

    Attributes
    ----------
    age : (age,)
        In years.
    life : (age,)
        Expected years in use until the good is taken back or fails, discounted.
    value : (age,)
        Expected value of one cycle at its start: service, price of what comes back, less its collection and a
        new one.
    per_year : (age,)
        The same per year in the long run, with a new one each time; NaN at age 0.
    intact : (age,)
        Share that is still intact.
    """

    age: Array = field(repr=False)
    life: Array = field(repr=False)
    value: Array = field(repr=False)
    per_year: Array = field(repr=False)
    intact: Array = field(repr=False)

    @property
    def best(self) -> float:
        """The age that brings most per year in the long run."""
        return float(self.age[np.nanargmax(self.per_year)])

    @property
    def at_the_end(self) -> bool:
        """Whether the best age is the last one looked at: rather never, as far as was looked."""
        return int(np.nanargmax(self.per_year)) == len(self.age) - 1

    def table(self) -> DataFrame:
        """A row an age."""
        import pandas as pd

        names = ("age", "intact", "life", "value", "per_year")
        return pd.DataFrame({name: getattr(self, name) for name in names})


def take_back(
    age: ArrayLike,
    intact: ArrayLike,
    price_intact: ArrayLike,
    price_failed: ArrayLike = 0.0,
    *,
    collection: float = 0.0,
    service: ArrayLike = 0.0,
    new: float = 0.0,
    discount_rate: float = 0.0,
) -> TakeBack:
    """At which age to take goods back, when what they fetch depends on age and condition.

    A good is taken back at a planned age, or when it fails before; then a new one begins.

    Parameters
    ----------
    age : (age,)
        Years from 0 on, ascending. What happens between two of them is put in their middle.
    intact : (age,)
        Share that has not failed; what is missing from 1 at age 0 fails as soon as it is in use.
    price_intact, price_failed : (age,) or a number
        What one fetches when it is taken back, money per piece.
    collection
        Cost of taking one back, money per piece.
    service : (age,) or a number
        What one brings in use, money per year.
    new
        Price of a new one.
    discount_rate
        Per year, continuous.

    Raises
    ------
    RangeError
        Ages that do not ascend from 0, shares outside 0 to 1 or that rise, arrays that do not fit, or what is
        no finite number.

    Notes
    -----
    The age replacement of Barlow and Proschan (1965), Mathematical Theory of Reliability, chapter 3, with a
    value of what is taken back. By the renewal argument the value per year in the long run is that of a cycle
    over its expected length; with a discount rate r, over :math:`\\int_0^T S(a) e^{-ra} da`.
    """
    ages, alive = np.asarray(age, dtype=np.float64), np.asarray(intact, dtype=np.float64)
    _check(ages, alive)
    given = {
        "price_intact": price_intact,
        "price_failed": price_failed,
        "collection": collection,
        "service": service,
        "new": new,
        "discount_rate": discount_rate,
    }
    for name, one in given.items():
        numbers = np.asarray(one, dtype=np.float64)
        if not np.isfinite(numbers).all():
            raise RangeError("not finite", place=name, found=one, expected="finite numbers")
        fits = ((), ages.shape) if name in BY_AGE else ((),)
        if numbers.shape not in fits:
            expected = " or ".join("a number" if shape == () else f"{shape}" for shape in fits)
            raise RangeError("not of a shape that fits", place=name, found=numbers.shape, expected=expected)
    prices, failed, brings = (
        np.broadcast_to(np.asarray(one, dtype=np.float64), ages.shape)
        for one in (price_intact, price_failed, service)
    )
    fade = np.exp(-discount_rate * ages)
    failing = -np.diff(alive) * np.exp(-discount_rate * _middle(ages)) * (_middle(failed) - collection)
    in_use = np.diff(ages) * _middle(alive * fade)
    served = np.diff(ages) * _middle(alive * fade * brings)
    life = np.concatenate([[0.0], in_use.cumsum()])
    at_once = (1.0 - alive[0]) * (failed[0] - collection)
    until = at_once + np.concatenate([[0.0], (failing + served).cumsum()])
    value = until + alive * fade * (prices - collection) - new
    per_year = np.divide(value, life, out=np.full(len(ages), np.nan), where=life > 0.0)
    return TakeBack(ages, life, value, per_year, alive)


def _middle(values: Array) -> Array:
    middle: Array = (values[1:] + values[:-1]) / 2.0
    return middle


def _check(ages: Array, alive: Array) -> None:
    if ages.ndim != 1 or len(ages) < 2 or ages[0] != 0.0 or not np.all(np.diff(ages) > 0.0):
        raise RangeError(
            "ages that do not ascend from 0", found=ages, expected="0 and at least one later age"
        )
    if alive.shape != ages.shape:
        raise RangeError("not one share for each age", found=alive.shape, expected=f"{ages.shape}")
    if not (np.all((alive >= 0.0) & (alive <= 1.0)) and np.all(np.diff(alive) <= 0.0)):
        raise RangeError("shares of what is intact that rise, or lie outside 0 to 1")
    if alive[0] == 0.0:
        raise RangeError("nothing is intact at age 0", place="intact", found=0.0, expected="above 0")
