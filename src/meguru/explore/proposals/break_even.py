"""Break-even: at which value of one number of a model an indicator crosses a target."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from meguru.errors import ScenarioError, UnknownNameError, asked, did_you_mean
from meguru.explore.plans.goals import in_unit_of
from meguru.explore.plans.measures import Plan, Taken, free_name, levers_of
from meguru.explore.plans.trials import Over, Progress, Trials
from meguru.explore.proposals.roots import POINTS, Crossings, crossings
from meguru.model import Model, apply, reference_name
from meguru.model.checks.numbers import Evaluation
from meguru.model.components import Measure, Range
from meguru.model.places import find
from meguru.model.walk import clone
from meguru.quantity import Quantity, convert

Array = NDArray[np.float64]


@dataclass(frozen=True)
class BreakEven:
    """Where an indicator crosses a target when one number of the model changes.

    Attributes
    ----------
    model
    indicator, unit
        Of the value.
    measure
        Whose number it is; empty for a place.
    place, place_unit
        Of the number.
    start
        The scenario that is looked at.
    everywhere
        Whether the number changes in all scenarios, as a price of the world does, or in this one only.
    present
        What the number is there in the last year; None where it is not defined.
    scan
        What was found; see :class:`meguru.explore.proposals.roots.Crossings`.
    """

    model: Model = field(repr=False)
    indicator: str
    unit: str
    measure: str
    place: str
    place_unit: str
    start: str
    everywhere: bool
    present: float | None
    scan: Crossings

    @property
    def roots(self) -> tuple[float, ...]:
        """Where the target is met, ascending."""
        return self.scan.roots


def break_even(
    model: Model,
    indicator: str,
    of: str,
    *,
    scenario: str | None = None,
    target: float | str = 0.0,
    low: float | str | None = None,
    high: float | str | None = None,
    over: Over = "last",
    points: int = POINTS,
    progress: Progress | None = None,
) -> BreakEven:
    """At which value of one number an indicator crosses a target: CO2 its sign, a loop its profit.

    The number of a measure changes in the scenario only. So does a place at which the scenario and the
    reference differ: it is decided upon. Any other place, as a price, changes in all scenarios.

    Parameters
    ----------
    model
        As read by :func:`meguru.load`.
    indicator
        Id of an indicator of the model.
    of
        A measure with a range, or the place of a number, as ``routes.new_parts -> assemble.price``.
    scenario
        What is looked at; default the ``present`` scenario, else the reference.
    target
        In the unit of the indicator, or a text with its unit.
    low, high
        The range: default that of the measure, needed for a place. In the unit of the measure's range, or of
        the number there; or texts with units.
    over
        ``last`` year, ``mean`` of all, or a year.
    points
        Of the scan; see :func:`meguru.explore.proposals.roots.crossings`.
    progress
        Called with (points done, points in all).

    Raises
    ------
    UnknownNameError
        No such indicator or measure.
    ScenarioError
        No such place, or no number there.
    RangeError
        An empty range.
    """
    with asked():
        if indicator not in model.indicators:
            known = model.indicators
            hint = did_you_mean(indicator, known)
            raise UnknownNameError("no such indicator", found=indicator, expected=list(known), hint=hint)
        trials = Trials(model, scenario, over=over, progress=progress)
        goal = in_unit_of(model, indicator, target) if isinstance(target, str) else target
        if of not in model.measures and "." not in of:
            raise _no_measure(model, of)
        if of not in model.measures and (low is None or high is None):
            _number_at(apply(model, trials.start), of)  # first whether the place is there
            raise ScenarioError(
                "a place needs a range",
                place=of,
                expected="a least and a largest value",
                hint="Give low and high (--low, --high).",
            )
    if of in model.measures:
        return of_measure(trials, of, indicator, target=goal, low=low, high=high, points=points)
    assert low is not None
    assert high is not None
    return _of_place(trials, of, indicator, goal, low, high, points)


def of_measure(
    trials: Trials,
    measure: str,
    indicator: str,
    plan: Plan = (),
    *,
    target: float = 0.0,
    low: float | str | None = None,
    high: float | str | None = None,
    points: int = POINTS,
) -> BreakEven:
    """As :func:`break_even`, for the level of a measure that is taken beside those of a plan."""
    (lever,) = levers_of(trials.model, trials.start, [measure])
    if not lever.ranged:
        hint = "Give it a range, or name the place of a number."
        with asked():
            raise ScenarioError("this measure has no range", place=f"measures.{measure}", hint=hint)
    least = lever.low if low is None else _number(low, lever.unit)
    most = lever.high if high is None else _number(high, lever.unit)

    def function(levels: Array) -> Array:
        plans = [(*plan, Taken(measure, float(level))) for level in levels]
        return trials.values(plans, [indicator])[indicator]

    scan = crossings(function, least, most, target=target, points=points)
    unit = trials.model.indicators[indicator].unit
    return BreakEven(
        trials.model,
        indicator,
        unit,
        measure,
        lever.place,
        lever.unit,
        trials.start,
        False,
        lever.present,
        scan,
    )


def _of_place(
    trials: Trials,
    path: str,
    indicator: str,
    target: float,
    low: float | str,
    high: float | str,
    points: int,
) -> BreakEven:
    applied = apply(trials.model, trials.start)
    with asked():
        held, place = _number_at(applied, path)
    reference = reference_name(trials.model) if trials.model.scenarios else trials.start
    least, most = _number(low, held.unit), _number(high, held.unit)
    if find(apply(trials.model, reference), path).held != held:
        model = clone(trials.model)
        name = free_name("number", model.measures)
        numbers = Range(low=Quantity(least, held.unit), high=Quantity(most, held.unit))
        model.measures[name] = Measure(changes={place: {"value": least, "unit": held.unit}}, range=numbers)
        tried = Trials(model, trials.start, over=trials.over, progress=trials.progress)
        found = of_measure(tried, name, indicator, target=target, points=points)
        return replace(found, model=trials.model, measure="")

    def function(levels: Array) -> Array:
        return trials.everywhere(place, levels, [indicator])[indicator]

    scan = crossings(function, least, most, target=target, points=points)
    present = float(Evaluation(applied).array(held, held.unit or "1", place)[0, -1])
    unit = trials.model.indicators[indicator].unit
    return BreakEven(trials.model, indicator, unit, "", place, held.unit, trials.start, True, present, scan)


def _no_measure(model: Model, name: str) -> UnknownNameError:
    """That there is no such measure, or none at all."""
    if not model.measures:
        return UnknownNameError(
            "no such measure: the model has none",
            found=name,
            hint="Name the place of a number, as processes.collect.split.back, "
            "with low and high (--low, --high).",
        )
    hint = did_you_mean(name, model.measures)
    return UnknownNameError("no such measure", found=name, expected=list(model.measures), hint=hint)


def _number_at(model: Model, path: str) -> tuple[Quantity, str]:
    """The number at a place, and the place's full name."""
    head = path.partition(".")[0]
    for section in ("processes", "items", "parameters"):
        if head in getattr(model, section) and not hasattr(model, head):
            begin = f"Places of '{head}' begin with '{section}.{head}'."
            raise ScenarioError("no such place", place=path, hint=begin)
    spot = find(model, path)
    if spot.is_new:
        known = getattr(spot.owner, spot.attribute.name)
        hint = did_you_mean(str(spot.entry).partition(".")[0], known if isinstance(known, dict) else [])
        raise ScenarioError("no such place", place=spot.place, expected="the place of a number", hint=hint)
    if not isinstance(spot.held, Quantity):
        raise ScenarioError("no number stands here", place=spot.place, expected="the place of a number")
    return spot.held, spot.place


def _number(given: float | str, unit: str) -> float:
    """A number in a unit; one that is written without a unit is in it."""
    with asked():
        quantity = Quantity.parse(given)
        if quantity.value is None:
            raise ScenarioError("not a plain number", found=given, expected="a number with its unit")
        return float(convert(quantity.value, quantity.unit, unit)) if quantity.unit else quantity.value
