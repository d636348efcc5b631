"""Checks of use processes: segments and followed parts say nothing that would be ignored."""

from __future__ import annotations

from collections.abc import Iterator

from meguru.errors import LifetimeError, ModelError, UnknownNameError, did_you_mean
from meguru.model.checks.fault import fault
from meguru.model.components import Lifetime, Model


def parts_and_segments(model: Model) -> Iterator[ModelError]:
    """Segments replace lifetimes of causes that there are; shares that stay belong to causes."""
    for name, process in model.processes.items():
        for segment, users in process.segments.items():
            for cause, lifetime in users.lifetimes.items():
                place = f"processes.{name}.segments.{segment}.lifetimes.{cause}"
                if cause not in process.leave:
                    yield fault(
                        UnknownNameError,
                        model,
                        place,
                        "no such cause of leaving",
                        found=cause,
                        expected=list(process.leave) or "an entry of 'leave'",
                        hint=did_you_mean(cause, process.leave),
                    )
                else:
                    yield from _only_a_cause_has(model, place, lifetime, f"processes.{name}.leave.{cause}")
        for part, slot in process.parts.items():
            if slot.lifetime is not None:
                place = f"processes.{name}.parts.{part}.lifetime"
                yield from _only_a_cause_has(model, place, slot.lifetime, f"processes.{name}.leave")


def _only_a_cause_has(model: Model, place: str, lifetime: Lifetime, cause: str) -> Iterator[ModelError]:
    for key, given in (("keep", lifetime.keep is not None), ("of", lifetime.of != "remaining")):
        if given:
            yield fault(
                LifetimeError,
                model,
                f"{place}.{key}",
                f"'{key}' is known of causes of leaving only",
                found=key,
                expected=f"it under '{cause}'",
            )
