"""One expected value held against what the catalogue gives."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np

from meguru.errors import UnknownNameError, WrongTypeError, did_you_mean
from meguru.indicators.catalogue.conditions import hold_conditions
from meguru.indicators.catalogue.definitions import SUM, Definition, IndicatorSet, Target
from meguru.indicators.catalogue.evaluation import Evaluation
from meguru.indicators.catalogue.figures import Figures
from meguru.indicators.catalogue.rounding import rounded
from meguru.indicators.catalogue.targets import reaches
from meguru.indicators.value import in_unit
from meguru.indicators.verification.names import Expectation, expectation

NOT_A_NUMBER = ("undefined", "unbounded", "infinite", "not defined", "n/a")
BINARY = 1e-12  # relative; two ways to write one decimal number


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether a value is as expected, and what is told of it."""

    right: bool
    told: str
    series: bool = False
    control: bool = False  # of a wrong value that must not come out


def compare_value(
    held: IndicatorSet, figures: Figures, name: str, form: Any, expected: Any, tolerance: float
) -> Comparison:
    """Compare one expected value.

    With tolerance 0 a value must be right to the last digit printed.
    """
    what = expectation(form)
    if what.kind == "series":
        return Comparison(True, f"{name} {expected} (series)", series=True)
    if what.kind == "target":
        met = _meets(held, figures, what)
        return Comparison(met is bool(expected), f"{name} {met}")
    value = _value(held, figures, what)
    if what.kind == "state":
        state = "undefined" if value is None else "value"
        wanted = "undefined" if _is_undefined(expected) else "value"
        return Comparison(state == wanted, f"{name} {state}")
    if _is_undefined(expected):
        return Comparison(value is None, f"{name} {_text(value)}")
    allowed = 0.0 if what.kind == "shown" and not tolerance else tolerance or half_digit(expected)
    right = value is not None and _within(value, expected, allowed)
    told = f"{name} {_text(value)}"
    return Comparison(right, told if right else f"{told}, expected {expected} ± {allowed:g}")


def refuse_value(
    held: IndicatorSet, figures: Figures, name: str, correct: list[Any], expected: Any, tolerance: float
) -> Comparison:
    """A wrong value that was published: no variant of what the entry calls correct may give it."""
    allowed = tolerance or half_digit(expected)
    if not correct:
        return Comparison(False, f"{name}: the entry does not say what is correct")
    for what in map(expectation, correct):
        for variant in _definition(held, what.name).variant_names:
            value = _value(held, figures, replace(what, variant=variant))
            if value is not None and _within(value, expected, allowed):
                return Comparison(False, f"{name}: the wrong value {expected} came out of {what.name}")
    return Comparison(True, f"{name} {expected} does not come out", control=True)


def _number(given: Any) -> int | float:
    if isinstance(given, bool) or not isinstance(given, (int, float)) or not math.isfinite(given):
        raise WrongTypeError("not a number", found=given, expected="a number")
    return given


def _within(value: float, expected: Any, allowed: float) -> bool:
    number = _number(expected)
    return abs(value - number) <= allowed + BINARY * max(abs(value), abs(number))


def half_digit(number: Any) -> float:
    """Half of the last digit printed: 0.005 for 0.52."""
    exponent = Decimal(repr(_number(number))).as_tuple().exponent
    return 0.5 * 10.0 ** (exponent if isinstance(exponent, int) else 0)


def _is_undefined(expected: Any) -> bool:
    if expected is None:
        return True
    return isinstance(expected, str) and any(word in expected.casefold() for word in NOT_A_NUMBER)


def _text(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.8g}"


def _definition(held: IndicatorSet, name: str) -> Definition:
    if name not in held.indicators:
        raise UnknownNameError(
            f"no such indicator in {held.id}", found=name, hint=did_you_mean(name, held.indicators)
        )
    return held.indicators[name]


def _value(held: IndicatorSet, figures: Figures, what: Expectation) -> float | None:
    """One number in the unit in which it is expected; None where undefined."""
    evaluation = Evaluation(held, figures, what.aggregation or SUM)
    hold_conditions(evaluation)
    if what.kind == "step":
        found, unit = evaluation.name(what.name), what.unit or "1"
    else:
        definition = _definition(held, what.name)
        found = evaluation.indicator(definition, what.variant)
        unit = what.unit or evaluation.unit(definition.unit)
    number = float(np.squeeze(in_unit(found.value.number, unit)))
    if np.isnan(number):
        return None
    return rounded(number, definition.rounding) if what.kind == "shown" else number


def _meets(held: IndicatorSet, figures: Figures, what: Expectation) -> bool:
    name, _, wanted = what.name.rpartition(".")
    definition = _definition(held, name)
    target = next((one for one in definition.targets if one.id == wanted), None)
    if target is None:
        known = [one.id for one in definition.targets]
        raise UnknownNameError(f"no such target of {definition.id}", found=wanted, expected=known)
    return _reaches(held, figures, name, definition, target)


def _reaches(held: IndicatorSet, figures: Figures, name: str, definition: Definition, target: Target) -> bool:
    value = _value(held, figures, Expectation("indicator", name))
    return value is not None and reaches(value, definition, target)
