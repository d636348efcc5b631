"""The linear programme behind a plan of reconditioning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array

from meguru.errors import RangeError, asked

Array = NDArray[np.float64]
KINDS = ("reconditioned", "bought", "cores", "stored", "scrapped", "lost")  # of variables


@dataclass(frozen=True)
class Part:
    """A part that can be reconditioned from what comes back, or bought new.

    Attributes
    ----------
    demand, returns : (time,)
        Pieces wanted, and cores (used pieces) that come back, in each period.
    hours
        Of the shop, per core.
    recovery
        Good pieces per core, 0 to 1.
    recondition, new, scrap
        Cost per core reconditioned, per new piece, and of getting rid of a core; negative: it earns, but for
        new pieces, of which there is no end.
    hold_core, hold
        Cost of keeping a core or a good piece for one period.
    cores, stock
        There at the beginning.
    most_cores, most_stock
        What the stores hold; default any number.
    lost
        Cost of a piece that is wanted and not delivered; default infinite: all demand must be met.
    """

    demand: ArrayLike
    returns: ArrayLike
    hours: float = 0.0
    recovery: float = 1.0
    recondition: float = 0.0
    new: float = np.inf
    scrap: float = 0.0
    hold_core: float = 0.0
    hold: float = 0.0
    cores: float = 0.0
    stock: float = 0.0
    most_cores: float = np.inf
    most_stock: float = np.inf
    lost: float = np.inf


class Programme:
    """The linear programme: variables by kind, part and period."""

    def __init__(self, parts: Mapping[str, Part], hours: ArrayLike) -> None:
        self.names = tuple(parts)
        self.parts = list(parts.values())
        self.demand = _series(parts, "demand")
        self.returns = _series(parts, "returns")
        if self.demand.shape != self.returns.shape:
            raise RangeError(
                "parts over different periods", found=f"{self.demand.shape}, {self.returns.shape}"
            )
        with asked():
            for name, part in parts.items():
                _check(name, part)
        self.count, self.periods = (int(one) for one in self.demand.shape)
        self.size: int = self.count * self.periods
        given = np.asarray(hours, dtype=np.float64)
        if given.shape not in ((), (self.periods,)):
            raise RangeError(
                "hours of the shop over other periods than the parts",
                place="hours",
                found=given.shape,
                expected=f"a number or ({self.periods},)",
            )
        limit = np.broadcast_to(given, (self.periods,))
        if np.any(np.isnan(limit)) or np.any(limit < 0.0):
            raise RangeError("negative hours of the shop", place="hours", found=limit.min())
        self.hours = np.minimum(limit, self._most_hours())
        self.costs = np.concatenate([self._cost(kind) for kind in KINDS])
        self.bounds = np.concatenate([self._bound(kind) for kind in KINDS])
        self.balance, self.given = self._balances()
        self.shop = self._shop()

    def _most_hours(self) -> float:
        """More than could ever be worked: stands for no limit."""
        cores = self.returns.sum(axis=1) + [part.cores for part in self.parts]
        return 1.0 + float(cores @ [part.hours for part in self.parts])

    def _cost(self, kind: str) -> Array:
        key = {"reconditioned": "recondition", "bought": "new", "cores": "hold_core", "stored": "hold"}
        costs = [getattr(part, key.get(kind, "scrap" if kind == "scrapped" else kind)) for part in self.parts]
        finite = np.where(np.isinf(costs), 0.0, costs)  # what has no price is ruled out by its bound
        return np.repeat(finite, self.periods)

    def _bound(self, kind: str) -> Array:
        """(variable, 2) least and largest value."""
        most = {"cores": "most_cores", "stored": "most_stock", "bought": "new", "lost": "lost"}
        if kind not in most:
            high = np.full(self.count, np.inf)
        elif kind in ("bought", "lost"):
            high = np.array([0.0 if np.isinf(getattr(part, most[kind])) else np.inf for part in self.parts])
        else:
            high = np.array([getattr(part, most[kind]) for part in self.parts])
        return np.stack([np.zeros(self.size), np.repeat(high, self.periods)], axis=1)

    def _balances(self) -> tuple[coo_array, Array]:
        """Of cores and of good pieces, in each period of each part."""
        spot = np.arange(self.size)
        later = spot[spot % self.periods != 0]  # periods that have one before
        recovery = np.repeat([part.recovery for part in self.parts], self.periods)
        one = np.ones(self.size)
        entries: list[tuple[NDArray[np.int64], str, NDArray[np.int64], Array]] = [
            (spot, "reconditioned", spot, one),
            (spot, "scrapped", spot, one),
            (spot, "cores", spot, one),
            (later, "cores", later - 1, -one[later]),
            (spot + self.size, "reconditioned", spot, recovery),
            (spot + self.size, "bought", spot, one),
            (spot + self.size, "lost", spot, one),
            (spot + self.size, "stored", spot, -one),
            (later + self.size, "stored", later - 1, one[later]),
        ]
        rows = np.concatenate([row for row, *_ in entries])
        columns = np.concatenate([self._start(kind) + column for _, kind, column, _ in entries])
        values = np.concatenate([value for *_, value in entries])
        matrix = coo_array((values, (rows, columns)), shape=(2 * self.size, len(self.costs)))
        cores, pieces = self.returns.copy(), self.demand.copy()
        cores[:, 0] += [part.cores for part in self.parts]
        pieces[:, 0] -= [part.stock for part in self.parts]
        return matrix, np.concatenate([cores.ravel(), pieces.ravel()])

    def _start(self, kind: str) -> int:
        return KINDS.index(kind) * self.size

    def _shop(self) -> coo_array:
        """Hours of all parts in each period."""
        spot = np.arange(self.size)
        hours = np.repeat([part.hours for part in self.parts], self.periods)
        return coo_array((hours, (spot % self.periods, spot)), shape=(self.periods, len(self.costs)))

    def shortest(self) -> str:
        """What is most short: of parts that must be delivered and are not made new, the worst off."""
        short = {
            name: float(wanted.sum() - part.stock - part.recovery * (returned.sum() + part.cores))
            for name, part, wanted, returned in zip(
                self.names, self.parts, self.demand, self.returns, strict=True
            )
            if np.isinf(part.new) and np.isinf(part.lost)
        }
        if not short:
            return "stores that are too small for what is there at the beginning"
        name = max(short, key=short.__getitem__)
        return f"no new '{name}'" + (f", of which {short[name]:g} are missing" if short[name] > 0.0 else "")

    def part_of(self, x: Array, kind: str) -> Array:
        """(part, time) amounts of one kind in a solution."""
        part: Array = np.maximum(x[self._start(kind) :][: self.size], 0.0) + 0.0  # without minus zeros
        return part.reshape(self.count, self.periods)


def _series(parts: Mapping[str, Part], key: str) -> Array:
    rows = [np.asarray(getattr(part, key), dtype=np.float64) for part in parts.values()]
    if not rows or any(row.ndim != 1 or row.shape != rows[0].shape or not row.size for row in rows):
        shapes = ", ".join(str(row.shape) for row in rows)
        raise RangeError("parts over different periods", place=key, found=shapes, expected="(time,) for each")
    return np.stack(rows)


SERIES = ("demand", "returns")
AMOUNTS = ("demand", "returns", "hours", "recovery", "hold_core", "hold", "cores", "stock")
STORES = ("most_cores", "most_stock")


def _check(name: str, part: Part) -> None:
    for key in (*AMOUNTS, *STORES, "recondition", "scrap", "new", "lost"):
        values = np.asarray(getattr(part, key), dtype=np.float64)
        if values.ndim and key not in SERIES:
            raise RangeError("not one number", place=f"{name}.{key}", found=values.shape, expected="a number")
        wrong = np.isnan(values) | (values == -np.inf)
        if key in (*AMOUNTS, *STORES, "new", "lost"):  # who is paid for these takes without end
            wrong |= values < 0.0
        if key == "recovery":
            wrong |= values > 1.0
        if key in (*AMOUNTS, "recondition", "scrap"):
            wrong |= np.isinf(values)
        if np.any(wrong):
            found = float(values[wrong].ravel()[0])
            expected = "0 to 1" if key == "recovery" else "a number, 0 or more" if found < 0.0 else "a number"
            raise RangeError(
                "a number that can not be", place=f"{name}.{key}", found=found, expected=expected
            )
