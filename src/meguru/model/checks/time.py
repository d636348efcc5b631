"""Checks of the years that a model runs over."""

from __future__ import annotations

from collections.abc import Iterator

from meguru.errors import ModelError, RangeError
from meguru.model.checks.fault import fault
from meguru.model.components import Model
from meguru.quantity.calendar import CALENDAR

MOST_STEPS = 2400  # two hundred years of months


def start_of(model: Model) -> int:
    """First year simulated."""
    return model.time.first if model.time.history is None else model.time.history


def years(model: Model) -> Iterator[ModelError]:
    """History, first and last year follow each other, and are years."""
    time = model.time
    for key in ("first", "last", "history"):
        year = getattr(time, key)
        if year is not None and not CALENDAR[0] <= year <= CALENDAR[1]:
            yield fault(
                RangeError,
                model,
                f"time.{key}",
                "not a calendar year",
                found=year,
                expected=f"{CALENDAR[0]} to {CALENDAR[1]}",
            )
    if time.first > time.last:
        yield fault(
            RangeError,
            model,
            "time.first",
            "the first year is after the last",
            found=time.first,
            expected=f"{time.last} or earlier",
        )
    steps = (time.last - start_of(model) + 1) * (12 if time.step == "month" else 1)
    if steps > MOST_STEPS:
        yield fault(
            RangeError,
            model,
            "time.last",
            "too many steps",
            found=f"{steps} steps of a {time.step}",
            expected=f"at most {MOST_STEPS}",
        )
    if time.history is not None and time.history > time.first:
        yield fault(
            RangeError,
            model,
            "time.history",
            "history begins after the first year",
            found=time.history,
            expected=f"{time.first} or earlier",
        )
