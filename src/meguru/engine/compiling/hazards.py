"""The hazards that the use stage reads, of many lifetimes at once.

Index rules (methods page, section 4). A thing sold in step τ has passed, at the end of step τ + a, the age
a + ½ (sales in the middle of a step), a + 1 (start) or a (end), in steps. Its hazard with index a is
1 − S(age after)/S(age before), with S = 1 before the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from meguru.engine.compiling.lifetimes import Read, parameters, survival
from meguru.errors import LifetimeError
from meguru.model.components import Lifetime

Array = NDArray[np.float64]
AFTER = {"middle": 0.5, "start": 1.0, "end": 0.0}
AT_ONCE = 1_000_000  # numbers: lifetimes are taken together as far as they fit the cache


class Clock(NamedTuple):
    """How time runs in a model."""

    steps: int
    length: float  # of a step, in years
    sales: str  # convention: start, middle, end


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A lifetime, its numbers read.

    ``values`` and ``stretch`` (sample or 1, year made or 1). ``used``: also what is not new is sold.
    """

    lifetime: Lifetime
    place: str
    values: dict[str, Array]
    stretch: Array
    used: bool

    @property
    def dated(self) -> bool:
        """Whether it changes with the year made."""
        return self.stretch.shape[1] > 1 or any(v.shape[1] > 1 for v in self.values.values())

    @property
    def samples(self) -> int:
        """Rows that it has: 1, or the samples of the run."""
        return max(1, len(self.stretch), *(len(v) for v in self.values.values()))


def read_curve(lifetime: Lifetime, place: str, read: Read, stretch: Array | None, used: bool) -> Curve:
    """Read the numbers of a lifetime; ``stretch`` is that of the segment, if it has one.

    Raises
    ------
    ModelError
        A number that is missing, or that can not be.
    """
    values = parameters(lifetime, place, read)
    whole = np.ones((1, 1))
    if lifetime.stretch is not None:
        whole = read(lifetime.stretch, "1", f"{place}.stretch")
    if stretch is not None:
        whole = whole * stretch
    if whole.min() <= 0:
        raise LifetimeError(
            "must be positive", place=f"{place}.stretch", found=float(whole.min()), expected="above 0"
        )
    return Curve(lifetime, place, values, whole, used)


def hazards_of(curves: Sequence[Curve], clock: Clock) -> list[tuple[Array, Array]]:
    """Hazards of lifetimes by age index, and by year made where they change with it.

    Returns
    -------
    For each lifetime two arrays (sample or 1, rows, steps + 1): rows is 1, or steps + 1 (one per step made).
    The first holds for what is in use, the other in the step of the sale for something already x steps old;
    where nothing used is sold only its index 0 counts, and it is the first itself.

    Raises
    ------
    LifetimeError
        One that is too short for the steps, or a table that ends too early.
    """
    found: dict[int, tuple[Array, Array]] = {}
    for group in _alike(curves, clock):
        together = [curves[index] for index in group]
        for curve in together:
            _ends_in_time(curve, clock)
        if together[0].dated:
            _not_too_short(together, *_side_by_side(together), clock)
            found[group[0]] = _dated(together[0], clock)
            continue
        values, stretch = _side_by_side(together)
        _not_too_short(together, values, stretch, clock)
        by_age, first = _stationary(together[0], values, stretch, clock)
        found |= {index: (by_age[:, k : k + 1], first[:, k : k + 1]) for k, index in enumerate(group)}
    return [found[index] for index in range(len(curves))]


def _alike(curves: Sequence[Curve], clock: Clock) -> Iterator[list[int]]:
    """Positions of lifetimes of one form, which are worked out together."""
    groups: dict[object, list[int]] = {}
    for index, curve in enumerate(curves):
        form, of = curve.lifetime.distribution, curve.lifetime.of
        alone = index if form == "survival" or curve.dated else -1  # a table of its own
        groups.setdefault((form, of, curve.used, curve.samples, alone, *curve.values), []).append(index)
    for group in groups.values():
        most = max(1, AT_ONCE // (curves[group[0]].samples * (clock.steps + 1)))
        for start in range(0, len(group), most):
            yield group[start : start + most]


def _side_by_side(curves: Sequence[Curve]) -> tuple[dict[str, Array], Array]:
    """Parameters and stretch of several lifetimes, (sample or 1, lifetime, year made or 1)."""
    samples = curves[0].samples

    def stacked(parts: Sequence[Array]) -> Array:
        return np.stack([np.broadcast_to(part, (samples, part.shape[1])) for part in parts], axis=1)

    names = curves[0].values
    return {n: stacked([c.values[n] for c in curves]) for n in names}, stacked([c.stretch for c in curves])


def _not_too_short(curves: Sequence[Curve], values: dict[str, Array], stretch: Array, clock: Clock) -> None:
    """Of new things more than half are left a full step after the sale, whatever the step made.

    The step is counted from the sale itself: with sales in the middle it is half of one step
    and half of the next, so that the same lifetimes are allowed with every convention.
    """
    speed = clock.length / stretch
    next_speed = np.concatenate([speed[..., 1:], speed[..., -1:]], axis=-1)
    age = AFTER[clock.sales] * speed + (1.0 - AFTER[clock.sales]) * next_speed
    left = survival(curves[0].lifetime, values, age).min(axis=(0, 2))
    short = np.flatnonzero(left < 0.5)
    if short.size:
        raise LifetimeError(
            "more than half are gone within one step",
            place=curves[short[0]].place,
            found=f"{1.0 - left[short[0]]:.3g} gone in a step of {clock.length:g} year",
            expected="a longer lifetime or step: month",
        )


def _ends_in_time(curve: Curve, clock: Clock) -> None:
    """A table of survival goes on until nothing is left, or as long as the clock of the lifetime runs."""
    table = curve.lifetime.survival
    if curve.lifetime.distribution != "survival" or not table or table[max(table)] <= 0.0:
        return
    ticks = np.broadcast_to(clock.length / curve.stretch, (curve.stretch.shape[0], clock.steps))
    oldest = float(ticks.sum(axis=1).max())
    if oldest > max(table) + 1e-9:
        raise LifetimeError(
            "the table ends while some are still there, at the speed that 'stretch' gives its clock",
            place=f"{curve.place}.survival",
            found=f"{max(table):g}: {table[max(table)]:g}",
            expected=f"a table until the share is 0, or until age {oldest:g}",
        )


def _ratio(after: Array, before: Array) -> Array:
    """1 − after/before; everything leaves where nothing should be left."""
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = 1.0 - after / before
    return np.clip(np.where(before > 0.0, hazard, 1.0), 0.0, 1.0)


def _hazard(lifetime: Lifetime, after: Array) -> Array:
    """Of what was there an age index before; all were before the first."""
    before = np.concatenate([np.ones((*after.shape[:-1], 1)), after[..., :-1]], axis=-1)
    return before - after if lifetime.of == "sold" else _ratio(after, before)


def _stationary(curve: Curve, values: dict[str, Array], stretch: Array, clock: Clock) -> tuple[Array, Array]:
    """(sample or 1, lifetime, age index) of lifetimes like ``curve``."""
    index = np.arange(clock.steps + 1.0)
    scale = clock.length / stretch
    by_age = _hazard(curve.lifetime, survival(curve.lifetime, values, (index + AFTER[clock.sales]) * scale))
    return by_age, _first(
        curve, by_age, lambda ages: survival(curve.lifetime, values, ages * scale), index, clock
    )


def _first(curve: Curve, by_age: Array, left: Callable[[Array], Array], index: Array, clock: Clock) -> Array:
    """Index 0 as for new things; older ones: half a step (middle), a step (start), nothing (end)."""
    if clock.sales == "start" or not curve.used:
        return by_age
    if clock.sales == "end":
        return np.where(index == 0, by_age, 0.0)
    return np.where(index == 0, by_age, _ratio(left(index + 0.5), left(index)))


def _dated(curve: Curve, clock: Clock) -> tuple[Array, Array]:
    """By step made: parameters of that step, and a clock that runs slower where life is stretched."""
    n = clock.steps
    speed = np.broadcast_to(clock.length / curve.stretch, (curve.stretch.shape[0], n))
    at_end = np.concatenate([np.zeros((speed.shape[0], 1)), np.cumsum(speed, axis=1)], axis=1)  # of a step
    made = np.arange(n)
    at = np.minimum(made[:, None] + np.arange(n + 1)[None, :], n - 1)  # calendar step of (made, age)
    start = at_end[:, made] + (1.0 - AFTER[clock.sales]) * speed[:, made]
    age = at_end[:, at + 1] - start[:, :, None]
    values = {k: v[:, :, None] for k, v in curve.values.items()}
    after = survival(curve.lifetime, values, age)
    by_age = _hazard(curve.lifetime, after)
    index = np.arange(n + 1)[None, None, :]
    if clock.sales == "start" or not curve.used:
        first = by_age
    elif clock.sales == "end":
        first = np.where(index == 0, by_age, 0.0)
    else:
        half = _ratio(after, survival(curve.lifetime, values, age - 0.5 * speed[:, at]))
        first = np.where(index == 0, by_age, half)
    return _last_row(by_age), _last_row(first)


def _last_row(by_made: Array) -> Array:
    """One more step made than there are steps, for pieces put in at the end of the last."""
    return np.concatenate([by_made, by_made[:, -1:, :]], axis=1)
