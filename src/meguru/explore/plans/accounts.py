"""Who pays whom how much in a year of a result."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meguru.engine import Result
from meguru.explore.plans.trials import Over
from meguru.explore.years import year_at

Array = NDArray[np.float64]
LABELS = ("payer", "payee", "name", "where")
NEGLIGIBLE = 1e-12  # of the turnover: what rounding leaves of equal sums


@dataclass(frozen=True)
class Accounts:
    """Payments of a year, mean of the samples, in the model's currency per year.

    Attributes
    ----------
    labels
        Of each payment: payer, payee, what for, and whether that is a process, a route or a measure.
    amounts : (payment,)
    """

    labels: list[tuple[str, str, str, str]]
    amounts: Array

    def net(self, actors: Iterable[str]) -> float:
        """Income less cost of some actors together."""
        among = set(actors)
        signs = [(payee in among) - (payer in among) for payer, payee, _, _ in self.labels]
        return float(np.array(signs, dtype=np.float64) @ self.amounts)

    def of_measures(self, names: Collection[str]) -> float:
        """What some measures cost those who decide them."""
        rows = [where == "measure" and name in names for _, _, name, where in self.labels]
        return float(self.amounts[np.array(rows, dtype=bool)].sum()) if rows else 0.0

    def between(self) -> dict[tuple[str, str], float]:
        """(payer, payee) → amount; what an actor pays itself is left out."""
        found: dict[tuple[str, str], float] = {}
        for (payer, payee, _, _), amount in zip(self.labels, self.amounts.tolist(), strict=True):
            if payer != payee:
                found[payer, payee] = found.get((payer, payee), 0.0) + amount
        return found

    @property
    def turnover(self) -> float:
        """All payments together."""
        return float(np.abs(self.amounts).sum())


def accounts_of(result: Result, over: Over = "last") -> Accounts:
    """Payments of a result in its last year, in a year, or in the mean of its years."""
    money = result.money
    columns = [money.coords[name].values.astype(str).tolist() for name in LABELS]
    labels = [(a, b, c, d) for a, b, c, d in zip(*columns, strict=True)]
    return Accounts(labels, of_year(money.values.mean(axis=0), money.coords["year"].values, over))


def of_year(values: Array, years: NDArray[np.int64], over: Over) -> Array:
    """(time, row) amounts per step → (row,) per year.

    Raises
    ------
    RangeError
        A year that is not among them.
    """
    known = np.unique(years)
    if isinstance(over, int):
        year_at(over, known.tolist())
    if over == "mean":
        mean: Array = values.sum(axis=0) / len(known)
        return mean
    chosen = known[-1] if over == "last" else over
    picked: Array = values[years == chosen].sum(axis=0)
    return picked
