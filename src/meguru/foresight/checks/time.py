"""Checks of the years: of the run and of its milestones."""

from __future__ import annotations

from collections.abc import Iterator

from meguru.errors import ModelError, RangeError, WrongTypeError
from meguru.foresight.checks.fault import fault
from meguru.foresight.model import CausalModel

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
    """The settings that the run itself reads: how many scenarios, which years."""
    scenarios = model.settings.get("scenarios")
    if scenarios is not None and (
        not isinstance(scenarios, int) or isinstance(scenarios, bool) or scenarios < 1
    ):
        yield fault(
            WrongTypeError, model, "settings.scenarios", "not a count", found=scenarios, expected="1 or more"
        )
    milestones = model.settings.get("milestones")
    if milestones is None:
        return
    if not isinstance(milestones, list) or not milestones:
        yield fault(
            WrongTypeError,
            model,
            "settings.milestones",
            "wrong type",
            found=milestones,
            expected="a list of years",
        )
        return
    for year in milestones:
        if not isinstance(year, (int, float)) or not model.first <= year <= model.last:
            yield fault(
                RangeError,
                model,
                "settings.milestones",
                "a milestone outside the run",
                found=year,
                expected=f"{model.first:g} to {model.last:g}",
            )
