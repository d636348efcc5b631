"""Checks of the years: of the run and of its milestones."""

from __future__ import annotations

from collections.abc import Iterator

from meguru.errors import ModelError, RangeError, WrongTypeError
from meguru.foresight.checks.fault import fault
from meguru.foresight.model import CausalModel
from meguru.foresight.wishes import axes_of, count_of

# ``milestones``: shown of a run; ``condition_years``: at which conditions may bound a node.
YEARS = ("milestones", "condition_years")

WHOLE = 1e-6  # of a step: how far the run may miss a whole number of steps


def years(model: CausalModel) -> Iterator[ModelError]:
    """The run is a whole number of steps, at least one."""
    if model.last <= model.first:
        found = f"{model.first:g} to {model.last:g}"
        yield fault(RangeError, model, "last", "no year to simulate", found=found, expected="first < last")
        return
    if not model.step > 0.0:
        return
    steps = (model.last - model.first) / model.step
    if abs(steps - round(steps)) > WHOLE or round(steps) < 1:
        yield fault(
            RangeError,
            model,
            "step",
            "no whole number of steps",
            found=f"{steps:g}",
            expected="a whole number",
        )


def settings(model: CausalModel) -> Iterator[ModelError]:
    """How many scenarios, which years, how many groups, which driving forces."""
    scenarios = model.settings.get("scenarios")
    if scenarios is not None and (
        not isinstance(scenarios, int) or isinstance(scenarios, bool) or scenarios < 1
    ):
        yield fault(
            WrongTypeError, model, "settings.scenarios", "not a count", found=scenarios, expected="1 or more"
        )
    for key in YEARS:
        yield from _years_named(model, key)
    for wish in (count_of, axes_of):
        try:
            wish(model)
        except ModelError as error:
            yield error


def _years_named(model: CausalModel, key: str) -> Iterator[ModelError]:
    named, place = model.settings.get(key), f"settings.{key}"
    if named is None:
        return
    if not isinstance(named, list) or not named:
        yield fault(WrongTypeError, model, place, "wrong type", found=named, expected="a list of years")
        return
    for year in named:
        if (
            isinstance(year, bool)
            or not isinstance(year, (int, float))
            or not model.first <= year <= model.last
        ):
            yield fault(
                RangeError,
                model,
                place,
                "a year outside the run",
                found=year,
                expected=f"{model.first:g} to {model.last:g}",
            )
