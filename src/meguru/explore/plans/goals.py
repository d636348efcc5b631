"""What is wanted: more or less of an indicator, and limits that must be met."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from meguru.errors import (
    ContradictionError,
    FormulaError,
    RangeError,
    UnknownNameError,
    asked,
    did_you_mean,
)
from meguru.explore.rounding import same
from meguru.model.components import Model
from meguru.quantity import Quantity

Array = NDArray[np.float64]
Wanted = Literal["more", "less"]
Side = Literal["at most", "at least"]
WANTED: tuple[Wanted, Wanted] = ("more", "less")
SIDES: tuple[Side, Side] = ("at most", "at least")
_LIMIT = re.compile(r"\s*(?P<name>[^<>=]+?)\s*(?P<sign><=|>=)\s*(?P<bound>.+?)\s*")


@dataclass(frozen=True, slots=True)
class Goal:
    """Something of which more, or less, is wanted.

    Raises
    ------
    UnknownNameError
        Neither ``more`` nor ``less``.
    """

    name: str
    wanted: Wanted

    def __post_init__(self) -> None:
        if self.wanted not in WANTED:
            raise UnknownNameError("no such wish", place=self.name, found=self.wanted, expected=WANTED)

    @property
    def sign(self) -> float:
        """What to multiply a value by so that less is better."""
        return -1.0 if self.wanted == "more" else 1.0

    def improvement(self, before: float, after: float) -> float:
        """How much better ``after`` is; negative where it is worse."""
        return self.sign * (before - after)


@dataclass(frozen=True, slots=True)
class Limit:
    """Something that must not be above, or not below, a bound.

    Raises
    ------
    UnknownNameError
        Neither ``at most`` nor ``at least``.
    RangeError
        A bound that is no number.
    """

    name: str
    bound: float
    side: Side

    def __post_init__(self) -> None:
        if self.side not in SIDES:
            raise UnknownNameError("no such side", place=self.name, found=self.side, expected=SIDES)
        if not np.isfinite(self.bound):
            raise RangeError("no bound", place=self.name, found=self.bound, expected="a number")

    def excess(self, values: Array) -> Array:
        """How far values are beyond the bound by more than rounding; what is undefined is infinitely far."""
        over = values - self.bound if self.side == "at most" else self.bound - values
        within = (over <= 0.0) | same(values, self.bound)
        return np.where(np.isnan(over), np.inf, np.where(within, 0.0, over))

    def __str__(self) -> str:
        return f"{self.name} {'<=' if self.side == 'at most' else '>='} {self.bound:g}"


def goals_of(model: Model, names: Iterable[str] | None = None) -> list[Goal]:
    """Goals by name, as ``co2`` or ``co2:less``; default all indicators of the model that say ``wanted``.

    A goal that is named twice is one.

    Raises
    ------
    UnknownNameError
        No such indicator; or it is not said of which more or less is wanted.
    ContradictionError
        More and less of one indicator.
    """
    if names is None:
        found = [Goal(name, _wanted(one.wanted)) for name, one in model.indicators.items() if one.wanted]
        if not found:
            raise UnknownNameError(
                "no indicator says what is wanted",
                place="indicators",
                expected="'wanted: more' or 'wanted: less' in one of them",
                hint="Or name goals, as 'co2:less'.",
            )
        return found
    with asked():
        return _agreeing(_goal(model, text) for text in names)


def _agreeing(goals: Iterable[Goal]) -> list[Goal]:
    """Each goal once."""
    found: dict[str, Goal] = {}
    for goal in goals:
        known = found.setdefault(goal.name, goal)
        if known != goal:
            raise ContradictionError(
                "more and less of one indicator",
                found=f"{known.name}:{known.wanted} and {goal.name}:{goal.wanted}",
                expected="one of them",
            )
    return list(found.values())


def _goal(model: Model, text: str) -> Goal:
    name, _, wanted = text.partition(":")
    known = model.indicators
    if name not in known:
        raise UnknownNameError(
            "no such indicator", found=name, expected=list(known), hint=did_you_mean(name, known)
        )
    if not wanted and not known[name].wanted:
        raise UnknownNameError(
            "more or less of this indicator?",
            found=name,
            expected=f"'{name}:more' or '{name}:less'",
            hint="Or write 'wanted: more' beside its formula.",
        )
    return Goal(name, _wanted(wanted or known[name].wanted))


def _wanted(text: str | None) -> Wanted:
    for wanted in WANTED:
        if text == wanted:
            return wanted
    raise UnknownNameError("no such wish", found=text, expected=WANTED)


def limits_of(model: Model, texts: Iterable[str]) -> list[Limit]:
    """Limits as they are written: ``co2 <= 40 t_CO2e/year``; without a unit in that of the indicator.

    Raises
    ------
    FormulaError
        Not of this form.
    UnknownNameError
        No such indicator.
    DimensionError
        A bound of another dimension.
    """
    with asked():
        return [_limit(model, text) for text in texts]


def _limit(model: Model, text: str) -> Limit:
    match = _LIMIT.fullmatch(text)
    if match is None:
        raise FormulaError("no limit", found=text, expected="as 'co2 <= 40 t_CO2e/year'")
    name, known = match["name"], model.indicators
    if name not in known:
        raise UnknownNameError(
            "no such indicator", found=name, expected=list(known), hint=did_you_mean(name, known)
        )
    side: Side = "at most" if match["sign"] == "<=" else "at least"
    return Limit(name, in_unit_of(model, name, match["bound"]), side)


def in_unit_of(model: Model, indicator: str, text: str) -> float:
    """A number as it is written, in the unit of an indicator."""
    unit = model.indicators[indicator].unit
    number = Quantity.parse(text)
    if not number.unit:
        number = Quantity(number.value, unit)
    return float(number.evaluate(unit, np.zeros(1), place=text)[0, 0])
