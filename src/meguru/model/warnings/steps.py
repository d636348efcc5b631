"""Ages that fall between two steps: the simulation counts ages in whole steps."""

from __future__ import annotations

from collections.abc import Iterator

from meguru.errors import ModelWarning
from meguru.model.components import Lifetime, Model
from meguru.model.walk import walk
from meguru.model.warnings.warning import warning
from meguru.quantity import convert

STEPS = {"year": 1, "month": 12}  # in a year
SLACK = 1e-6  # steps
HINT = {"year": "A step of a month meets it more closely.", "month": None}


def ages_between_steps(model: Model) -> Iterator[ModelWarning]:
    """A fixed age that is written as a constant is a whole number of steps."""
    for place, owner in walk(model):
        if not isinstance(owner, Lifetime) or owner.distribution != "fixed" or owner.age is None:
            continue
        if owner.age.value is None or owner.stretch is not None:
            continue
        step = model.time.step
        age = convert(owner.age.value, owner.age.unit, "year", place=f"{place}.age") * STEPS[step]
        if abs(age - round(age)) > SLACK:
            yield warning(
                model,
                f"{place}.age",
                "ages are counted in whole steps: this one is met at the step before or after",
                found=f"{age:g} steps of a {step}",
                expected="a whole number of steps",
                hint=HINT[step],
            )
