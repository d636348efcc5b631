"""Checks of events."""

from __future__ import annotations

from collections.abc import Iterator

from meguru.errors import MissingValueError, ModelError, RangeError, UnsupportedError
from meguru.foresight.checks.fault import CausalWarning, fault, warning
from meguru.foresight.model import CausalModel


def what_and_when(model: CausalModel) -> Iterator[ModelError]:
    """Events begin inside the run and do something; their conditions can be met."""
    for name, event in model.events.items():
        place = f"events.{name}"
        if not event.hazard:
            yield fault(MissingValueError, model, f"{place}.hazard", "no year", expected="as {2030: 0.05}")
        for year in event.hazard:
            if not model.first <= year <= model.last:
                yield fault(
                    RangeError,
                    model,
                    f"{place}.hazard.{year}",
                    "a year outside the run",
                    found=year,
                    expected=f"{model.first:g} to {model.last:g}",
                )
        if not event.jump and not event.push:
            yield fault(
                MissingValueError,
                model,
                place,
                "does nothing",
                found="neither jump nor push",
                expected="one of them",
            )
        if event.lasting is not None and not event.push:
            yield fault(
                UnsupportedError, model, f"{place}.lasting", "lasts without a push", found=event.lasting
            )
        for index, condition in enumerate(event.conditions):
            inner = f"{place}.conditions.{index}"
            if condition.above is None and condition.below is None:
                yield fault(MissingValueError, model, inner, "no level", expected="above, below or both")
            elif (
                condition.above is not None
                and condition.below is not None
                and condition.above > condition.below
            ):
                found = f"above {condition.above:g} and below {condition.below:g}"
                yield fault(RangeError, model, inner, "can never hold", found=found, expected="above ≤ below")


def idle_events(model: CausalModel) -> Iterator[CausalWarning]:
    """Events may happen: a hazard above 0, conditions inside the bounds of their nodes."""
    for name, event in model.events.items():
        place = f"events.{name}"
        if not any(event.hazard.values()):
            yield warning("idle_events", model, f"{place}.hazard", "never happens: its hazard is 0")
        for index, condition in enumerate(event.conditions):
            node = model.nodes[condition.node]
            if (condition.above is not None and condition.above > node.high) or (
                condition.below is not None and condition.below < node.low
            ):
                text = f"never happens: '{node.name}' stays between {node.low:g} and {node.high:g}"
                yield warning("idle_events", model, f"{place}.conditions.{index}", text, node.name)
