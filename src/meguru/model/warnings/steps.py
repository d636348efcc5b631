"""Ages that fall between two steps: the simulation counts ages in whole steps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from meguru.errors import ModelWarning
from meguru.model.checks.numbers import Evaluation
from meguru.model.components import Lifetime, Model
from meguru.model.components.process import Rule
from meguru.model.walk import walk
from meguru.model.warnings.warning import warning
from meguru.quantity import Quantity

STEPS = {"year": 1, "month": 12}  # in a year
SLACK = 1e-6  # steps
HINT = {"year": "A step of a month meets it more closely.", "month": None}


def ages_between_steps(model: Model) -> Iterator[ModelWarning]:
    """A fixed age, or an age in a rule, is a whole number of steps."""
    evaluation = Evaluation(model)
    for place, owner in walk(model):
        age: Quantity | None = None
        if isinstance(owner, Lifetime) and owner.distribution == "fixed":
            key, age = "age", owner.age
        elif isinstance(owner, Rule):
            key, age = "age_below", owner.age_below
        if age is None:
            continue
        step = model.time.step
        ages = evaluation.array(age, "year", f"{place}.{key}") * STEPS[step]
        between = ages[np.abs(ages - np.round(ages)) > SLACK]
        if between.size:
            yield warning(
                model,
                f"{place}.{key}",
                "ages are counted in whole steps: this one is met at the step before or after",
                found=f"{between[0]:g} steps of a {step}",
                expected="a whole number of steps",
                hint=HINT[step],
            )
