"""Checks of lifetimes: parameters that belong together, survival tables that are ones."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from meguru.errors import LifetimeError, MissingValueError, ModelError
from meguru.model.checks.fault import fault
from meguru.model.checks.time import start_of
from meguru.model.components import Lifetime, Model
from meguru.model.walk import walk

# What each form is given by, in one way or another; nothing else may stand beside it.
FORMS: dict[str, tuple[tuple[str, ...], ...]] = {
    "weibull": (("shape", "scale"), ("t50", "t90")),
    "gamma": (("shape", "scale"), ("mean", "sd")),
    "lognormal": (("mean", "sd"),),
    "normal": (("mean", "sd"),),
    "fixed": (("age",),),
    "survival": (("survival",),),
    "threshold": (("loss", "threshold"),),
}
PARAMETERS = tuple(dict.fromkeys(name for ways in FORMS.values() for way in ways for name in way))


def _lifetimes(model: Model) -> Iterator[tuple[str, Lifetime]]:
    for place, owner in walk(model):
        if isinstance(owner, Lifetime):
            yield place, owner


def parameters(model: Model) -> Iterator[ModelError]:
    """A lifetime has all the parameters of one way to give it, and no other."""
    for place, lifetime in _lifetimes(model):
        given = [name for name in PARAMETERS if getattr(lifetime, name) is not None]
        ways = FORMS[lifetime.distribution]
        if any(set(given) == set(way) for way in ways):
            continue
        expected = ", or ".join(" and ".join(way) for way in ways)
        found = ", ".join(given) or "none"
        if any(set(given) < set(way) for way in ways):
            yield fault(
                MissingValueError,
                model,
                place,
                f"a {lifetime.distribution} lifetime lacks parameters",
                found=found,
                expected=expected,
            )
        else:
            yield fault(
                LifetimeError,
                model,
                place,
                "parameters that contradict each other or do not belong to a "
                f"{lifetime.distribution} lifetime",
                found=found,
                expected=expected,
            )


def survival_tables(model: Model) -> Iterator[ModelError]:
    """A survival table falls from one, and goes on until all have left or the model ends."""
    for place, lifetime in _lifetimes(model):
        if lifetime.survival is None:
            continue
        at = f"{place}.survival"
        rows = sorted(lifetime.survival.items())
        if not rows or rows[0] != (0.0, 1.0):
            yield fault(
                LifetimeError,
                model,
                at,
                "a survival table begins with all",
                found=_row(rows[0]) if rows else "nothing",
                expected="0: 1",
            )
            continue
        for former, later in pairwise(rows):
            if not 0.0 <= later[1] <= former[1]:
                yield fault(
                    LifetimeError,
                    model,
                    at,
                    "survival never rises and stays between 1 and 0",
                    found=f"{_row(former)}, {_row(later)}",
                    expected="a falling share",
                )
                break
        span = model.time.last + 1 - start_of(model)
        if rows[-1][1] > 0.0 and rows[-1][0] < span:
            yield fault(
                LifetimeError,
                model,
                at,
                "the table ends while some are still there",
                found=_row(rows[-1]),
                expected=f"a table until the share is 0, or until age {span}",
            )


def _row(row: tuple[float, float]) -> str:
    return f"{row[0]:g}: {row[1]:g}"
