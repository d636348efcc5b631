"""Checks of scenarios, measures, and the values that scenarios are compared with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from meguru.errors import DimensionError, ModelError, UnknownNameError, did_you_mean
from meguru.files.marks import locate
from meguru.model.checks.fault import fault
from meguru.model.components import Model, Scenario
from meguru.model.scenario import apply, reference_name
from meguru.quantity import Quantity, describe_dimension, same_dimension


def scenarios(model: Model) -> Iterator[tuple[str, ModelError]]:
    """One scenario is the reference; each can be applied, and each measure that no scenario takes."""
    if model.scenarios:
        try:
            reference_name(model)
        except ModelError as error:
            yield "", locate(model, error)
    for name in model.scenarios:
        try:
            apply(model, name)
        except ModelError as error:
            yield name, locate(model, error)
    taken = {measure for scenario in model.scenarios.values() for measure in scenario.measures}
    for measure in model.measures:
        if measure in taken:
            continue
        trial = replace(model, scenarios={measure: Scenario(measures=[measure])})
        vars(trial).update({key: value for key, value in vars(model).items() if key not in vars(trial)})
        try:
            apply(trial, measure)
        except ModelError as error:
            yield "", locate(model, error)


def targets(model: Model) -> Iterator[ModelError]:
    """Targets are given for indicators, in a unit of theirs."""
    for name, indicator in model.indicators.items():
        if indicator.target is not None:
            yield from _fits(model, f"indicators.{name}.target", indicator.target, indicator.unit)
    for scenario, one in model.scenarios.items():
        for name, value in (one.targets or {}).items():
            place = f"scenarios.{scenario}.targets.{name}"
            if name not in model.indicators:
                yield fault(
                    UnknownNameError,
                    model,
                    place,
                    "no such indicator",
                    found=name,
                    expected=list(model.indicators) or "an entry of 'indicators'",
                    hint=did_you_mean(name, model.indicators),
                )
                continue
            try:
                target = Quantity.parse(value)
            except ModelError as error:
                yield locate(model, error.at(place=place))
                continue
            yield from _fits(model, place, target, model.indicators[name].unit)


def _fits(model: Model, place: str, target: Quantity, unit: str) -> Iterator[ModelError]:
    if not same_dimension(target.unit, unit):
        yield fault(
            DimensionError,
            model,
            place,
            "wrong dimension",
            found=target.unit or "no unit",
            expected=describe_dimension(unit),
        )
