"""Checks of measures: what belongs together, and ranges in which a number can be chosen."""

from __future__ import annotations

from collections.abc import Iterator

from meguru.errors import (
    ContradictionError,
    DimensionError,
    MissingValueError,
    ModelError,
    RangeError,
    ScenarioError,
    UnknownNameError,
    WrongTypeError,
    did_you_mean,
)
from meguru.files.component import entry_names
from meguru.files.marks import locate
from meguru.model.checks.fault import fault
from meguru.model.components import Measure, Model, Range
from meguru.model.places import find
from meguru.quantity import Quantity, convert, describe_dimension, same_dimension

SLACK = 1e-12  # relative: rounding of a unit does not put a number outside its range


def what_goes_together(model: Model) -> Iterator[ModelError]:
    """An amount has a route, a payer and a receiver; years follow each other; none excludes itself."""
    routes = entry_names(model.routes)
    for name, measure in model.measures.items():
        place = f"measures.{name}"
        if measure.amount is not None:
            yield from _has_ends(model, place, measure)
        if measure.route is not None and measure.amount is None:
            yield fault(
                MissingValueError,
                model,
                f"{place}.amount",
                "a route for which nothing is paid",
                expected="an amount",
            )
        if measure.route is not None and measure.route not in routes:
            yield fault(
                UnknownNameError,
                model,
                f"{place}.route",
                "no such route",
                found=measure.route,
                expected=routes,
                hint=did_you_mean(measure.route, routes),
            )
        if name in measure.excludes:
            yield fault(
                ContradictionError,
                model,
                f"{place}.excludes",
                "a measure that excludes itself could never be taken",
                found=name,
                expected="other measures",
            )
        if measure.latest is not None and (measure.since is None or measure.latest < measure.since):
            yield fault(
                RangeError,
                model,
                f"{place}.latest",
                "the latest year comes before the first",
                found=f"from {measure.since}, latest {measure.latest}",
                expected="a year in 'from', and the same or a later one in 'latest'",
            )


def _has_ends(model: Model, place: str, measure: Measure) -> Iterator[ModelError]:
    for key in ("route", "owner", "receiver"):
        if getattr(measure, key) is None:
            yield fault(
                MissingValueError,
                model,
                f"{place}.{key}",
                "an amount is paid for what a route carries, by one actor to another",
                found="nothing",
                expected=f"a {key}",
            )


def ranges(model: Model) -> Iterator[ModelError]:
    """A range belongs to one change of one number, in a unit of that number."""
    for name, measure in model.measures.items():
        if measure.range is None:
            continue
        place = f"measures.{name}"
        if len(measure.changes) != 1:
            yield fault(
                ScenarioError,
                model,
                f"{place}.range",
                "a range is for one number",
                found=f"{len(measure.changes)} changes",
                expected="one change",
                hint="Let the others be formulas of a parameter, and change that.",
            )
            continue
        try:
            yield from _range(model, place, measure, measure.range)
        except ModelError as error:
            yield locate(model, error.at(place=f"{place}.range"))


def _range(model: Model, place: str, measure: Measure, wanted: Range) -> Iterator[ModelError]:
    ((path, proposed),) = measure.changes.items()
    held = find(model, path).held
    if not isinstance(held, Quantity):
        yield fault(
            WrongTypeError,
            model,
            f"{place}.range",
            "no number stands at the place that is changed",
            found=path,
            expected="the place of a number",
        )
        return
    numbers = {
        "low": wanted.low,
        "high": wanted.high,
        "step": wanted.step,
        "changes": Quantity.parse(proposed),
    }
    for key, number in numbers.items():
        inner = f"{place}.changes.{path}" if key == "changes" else f"{place}.range.{key}"
        if number is None:
            continue
        if number.value is None or number.uncertain is not None or number.since:
            yield fault(WrongTypeError, model, inner, "not a plain number", expected="a number with its unit")
            return
        if not same_dimension(number.unit, held.unit):
            expected = describe_dimension(held.unit)
            yield fault(
                DimensionError,
                model,
                inner,
                "wrong dimension",
                found=number.unit or "no unit",
                expected=expected,
            )
            return
    low, high, value = (_in(numbers[key], wanted.low.unit) for key in ("low", "high", "changes"))
    if not low < high:
        yield fault(
            RangeError,
            model,
            f"{place}.range",
            "an empty range",
            found=f"{low:g} to {high:g}",
            expected="low below high",
        )
    elif wanted.step is not None and not _in(wanted.step, wanted.low.unit) > 0.0:
        yield fault(
            RangeError,
            model,
            f"{place}.range.step",
            "a step that leads nowhere",
            found=f"{wanted.step.value:g} {wanted.step.unit}".rstrip(),
            expected="above 0",
        )
    elif not low - SLACK * (high - low) <= value <= high + SLACK * (high - low):
        yield fault(
            RangeError,
            model,
            f"{place}.changes.{path}",
            "outside the range of the measure",
            found=f"{value:g} {wanted.low.unit}".rstrip(),
            expected=f"{low:g} to {high:g}",
        )


def _in(number: Quantity | None, unit: str) -> float:
    assert number is not None
    assert number.value is not None
    return float(convert(number.value, number.unit, unit))
