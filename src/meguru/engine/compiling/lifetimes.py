"""Survival curves and the hazards that the use stage reads.

Index rules (methods page, section 4). A thing sold in step τ has passed, at the end of step τ + a, the age
a + ½
(sales in the middle of a step), a + 1 (start) or a (end), in steps. Its hazard with index a is
1 − S(age after)/S(age before), with S = 1 before the first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.errors import LifetimeError, MissingValueError
from meguru.model.components import Lifetime
from meguru.quantity import Quantity

Array = NDArray[np.float64]
Read = Callable[[Quantity, str, str], Array]  # quantity, unit, place → (sample or 1, time or 1)
AFTER = {"middle": 0.5, "start": 1.0, "end": 0.0}
NEEDED = {
    "weibull": ("shape", "scale"), "lognormal": ("mean", "sd"), "normal": ("mean", "sd"), "gamma": ("shape",
    "scale"),
    "fixed": ("age",), "survival": ("survival",), "threshold": ("loss", "threshold"),
}  # fmt: skip
UNITS = {
    "shape": "1",
    "scale": "year",
    "mean": "year",
    "sd": "year",
    "age": "year",
    "loss": "1/year",
    "threshold": "1",
}


def parameters(lifetime: Lifetime, place: str, read: Read) -> dict[str, Array]:
    """Parameters of a lifetime, (sample or 1, year made or 1); T50/T90 and mean/sd turned into shape and
    scale."""
    given = {
        n: getattr(lifetime, n)
        for n in ("shape", "scale", "t50", "t90", "mean", "sd", "age", "loss", "threshold")
    }
    found = {
        name: read(quantity, UNITS.get(name, "year"), f"{place}.{name}")
        for name, quantity in given.items()
        if quantity is not None
    }
    form = lifetime.distribution
    if form == "weibull" and {"t50", "t90"} <= found.keys():
        t50, t90 = found["t50"], found["t90"]
        if np.any(t90 <= t50) or np.any(t50 <= 0):
            raise LifetimeError(
                "t90 must be later than t50, and both positive",
                place=place,
                found=f"t50 {t50.min():g}, t90 {t90.min():g} years",
                expected="0 < t50 < t90",
            )
        shape = np.log(np.log(10) / np.log(2)) / np.log(t90 / t50)
        return {"shape": shape, "scale": t50 / np.log(2) ** (1 / shape)}
    if form == "gamma" and {"mean", "sd"} <= found.keys():
        return {"shape": (found["mean"] / found["sd"]) ** 2, "scale": found["sd"] ** 2 / found["mean"]}
    missing = [n for n in NEEDED[form] if n != "survival" and n not in found]
    if missing or (form == "survival" and not lifetime.survival):
        raise MissingValueError(
            f"a {form} lifetime lacks parameters",
            place=place,
            found=", ".join(found) or "none",
            expected=" and ".join(NEEDED[form]),
        )
    for name in ("shape", "scale", "mean", "sd", "age"):
        if name in found and np.any(found[name] <= 0):
            raise LifetimeError(
                "must be positive",
                place=f"{place}.{name}",
                found=float(found[name].min()),
                expected="above 0",
            )
    for name in ("loss", "threshold"):
        if name in found and (np.any(found[name] < 0) or np.any(found[name] >= 1)):
            raise LifetimeError(
                "not a share",
                place=f"{place}.{name}",
                found=f"{found[name].min():g} to {found[name].max():g}",
                expected="0 or more, below 1",
            )
    return found


def age_of(index: Any, sales: str) -> Any:
    """Age in steps of something with an age index, for rules and prices by age.

    Sold at the start of a step it is half a step older on average; at the end the age is t − c, as ODYM and
    PV ICE count it.
    """
    return index + (0.5 if sales == "start" else 0.0)


def survival(lifetime: Lifetime, values: dict[str, Array], age: Array) -> Array:
    """S(age), ages in years, broadcast against the parameters; 1 at negative ages."""
    age = np.maximum(age, 0.0)
    form = lifetime.distribution
    if form == "weibull":
        return np.exp(-((age / values["scale"]) ** values["shape"]))
    if form == "fixed":
        return np.where(age < values["age"] - 1e-9, 1.0, 0.0)
    if form == "threshold":
        return np.where((1.0 - values["loss"]) ** age < values["threshold"], 0.0, 1.0)
    if form == "survival":
        assert lifetime.survival is not None
        ages = sorted(lifetime.survival)
        return np.interp(age, ages, [lifetime.survival[a] for a in ages])
    return _smooth(form, values, age)


def _smooth(form: str, values: dict[str, Array], age: Array) -> Array:
    from scipy import special

    if form == "normal":
        return np.asarray(special.ndtr((values["mean"] - age) / values["sd"]))
    if form == "lognormal":
        variance = np.log1p((values["sd"] / values["mean"]) ** 2)
        location = np.log(values["mean"]) - variance / 2
        with np.errstate(divide="ignore"):
            return np.asarray(special.ndtr((location - np.log(age)) / np.sqrt(variance)))
    return np.asarray(special.gammaincc(values["shape"], age / values["scale"]))


def _ratio(after: Array, before: Array) -> Array:
    """1 − after/before; everything leaves where nothing should be left."""
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = 1.0 - after / before
    return np.clip(np.where(before > 0.0, hazard, 1.0), 0.0, 1.0)


class Hazards:
    """Hazards of one lifetime by age index, and by year made where it changes with it.

    ``by_age`` (sample or 1, rows, steps + 1): rows is 1, or steps + 1 (one per step made). ``first`` has the
    same form: hazard in the step of the sale for something already x steps old; where nothing ``used`` is
    sold only its index 0 counts, and it is ``by_age`` itself.
    """

    def __init__(
        self,
        lifetime: Lifetime,
        place: str,
        read: Read,
        steps: int,
        length: float,
        sales: str,
        stretch: Array | None,
        used: bool,
    ) -> None:
        self.lifetime, self.place, self.steps, self.length, self.sales = lifetime, place, steps, length, sales
        self.used = used
        self.values = parameters(lifetime, place, read)
        self.stretch = (
            read(lifetime.stretch, "1", f"{place}.stretch")
            if lifetime.stretch is not None
            else np.ones((1, 1))
        )
        if stretch is not None:
            self.stretch = self.stretch * stretch
        if np.any(self.stretch <= 0):
            raise LifetimeError(
                "must be positive",
                place=f"{place}.stretch",
                found=float(self.stretch.min()),
                expected="above 0",
            )
        dated = self.stretch.shape[1] > 1 or any(v.shape[1] > 1 for v in self.values.values())
        self.by_age, self.first = self._dated() if dated else self._stationary()
        self._not_too_short()
        self._ends_in_time()

    def _ends_in_time(self) -> None:
        """A table of survival goes on until nothing is left, or as long as the clock of the lifetime runs."""
        table = self.lifetime.survival
        if self.lifetime.distribution != "survival" or not table or table[max(table)] <= 0.0:
            return
        clock = np.broadcast_to(self.length / self.stretch, (self.stretch.shape[0], self.steps))
        oldest = float(clock.sum(axis=1).max())
        if oldest > max(table) + 1e-9:
            raise LifetimeError(
                "the table ends while some are still there, at the speed that 'stretch' gives its clock",
                place=f"{self.place}.survival",
                found=f"{max(table):g}: {table[max(table)]:g}",
                expected=f"a table until the share is 0, or until age {oldest:g}",
            )

    def _not_too_short(self) -> None:
        """Of new things more than half are left a full step after the sale, whatever the step made.

        The step is counted from the sale itself: with sales in the middle it is half of one step
        and half of the next, so that the same lifetimes are allowed with every convention.
        """
        left = survival(self.lifetime, self.values, self._age_after_one_step())
        if np.any(left < 0.5):
            raise LifetimeError(
                "more than half are gone within one step",
                place=self.place,
                found=f"{1.0 - left.min():.3g} gone in a step of {self.length:g} year",
                expected="a longer lifetime or step: month",
            )

    def _age_after_one_step(self) -> Array:
        """(sample or 1, step made or 1): what the clock of the lifetime shows a full step after the sale."""
        speed = self.length / self.stretch
        after = np.concatenate([speed[:, 1:], speed[:, -1:]], axis=1)
        return AFTER[self.sales] * speed + (1.0 - AFTER[self.sales]) * after

    def _hazard(self, after: Array, before: Array) -> Array:
        return before - after if self.lifetime.of == "sold" else _ratio(after, before)

    def _stationary(self) -> tuple[Array, Array]:
        index = np.arange(self.steps + 1.0)
        scale = self.length / self.stretch[:, :1]
        after = survival(self.lifetime, self.values, (index + AFTER[self.sales]) * scale)
        before = np.concatenate([np.ones((after.shape[0], 1)), after[:, :-1]], axis=1)
        by_age = self._hazard(after, before)
        first = self._first(
            by_age, lambda ages: survival(self.lifetime, self.values, ages * scale), index[None, :]
        )
        return by_age[:, None, :], first[:, None, :]

    def _first(self, by_age: Array, curve: Callable[[Array], Array], index: Array) -> Array:
        """Index 0 as for new things; older ones: half a step (middle), a step (start), nothing (end)."""
        if self.sales == "start" or not self.used:
            return by_age
        if self.sales == "end":
            return np.where(index == 0, by_age, 0.0)
        half = _ratio(curve(index + 0.5), curve(index.astype(np.float64)))
        return np.where(index == 0, by_age, half)

    def _dated(self) -> tuple[Array, Array]:
        """By step made: parameters of that step, and a clock that runs slower where life is stretched."""
        n = self.steps
        speed = np.broadcast_to(self.length / self.stretch, (self.stretch.shape[0], n))
        clock = np.concatenate(
            [np.zeros((speed.shape[0], 1)), np.cumsum(speed, axis=1)], axis=1
        )  # at step ends
        made = np.arange(n)
        at = np.minimum(made[:, None] + np.arange(n + 1)[None, :], n - 1)  # calendar step of (made, age)
        start = clock[:, made] + (1.0 - AFTER[self.sales]) * speed[:, made]
        age = clock[:, at + 1] - start[:, :, None]
        values = {k: v[:, :, None] for k, v in self.values.items()}
        after = survival(self.lifetime, values, age)
        before = np.concatenate([np.ones((*after.shape[:2], 1)), after[:, :, :-1]], axis=2)
        by_age = self._hazard(after, before)
        index = np.arange(n + 1)[None, None, :]
        if self.sales == "start" or not self.used:
            first = by_age
        elif self.sales == "end":
            first = np.where(index == 0, by_age, 0.0)
        else:
            half = _ratio(after, survival(self.lifetime, values, age - 0.5 * speed[:, at]))
            first = np.where(index == 0, by_age, half)
        return _last_row(by_age), _last_row(first)


def _last_row(by_made: Array) -> Array:
    """One more step made than there are steps, for pieces put in at the end of the last."""
    return np.concatenate([by_made, by_made[:, -1:, :]], axis=1)
