"""Checks of shares that no split of the engine sees to."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from meguru.errors import ModelError, ShareError
from meguru.model.checks.fault import fault
from meguru.model.checks.numbers import Evaluation
from meguru.model.components import Model
from meguru.quantity import Quantity


def more_than_one_rest(model: Model) -> Iterator[ModelError]:
    """One port of a split may take the rest."""
    for name, process in model.processes.items():
        yield from _one_rest(model, f"processes.{name}.split", process.split)
        for index, rule in enumerate(process.rules):
            yield from _one_rest(model, f"processes.{name}.rules.{index}.split", rule.split)


def _one_rest(model: Model, place: str, split: dict[str, Quantity | None]) -> Iterator[ModelError]:
    rest = [port for port, share in split.items() if share is None]
    if len(rest) > 1:
        yield fault(
            ShareError,
            model,
            f"{place}.{rest[1]}",
            "more than one port takes the rest",
            found=", ".join(rest),
            expected="one 'rest'",
        )


def countries(model: Model) -> Iterator[ModelError]:
    """Shares of countries sum to one."""
    evaluation = Evaluation(model)
    for name, process in model.processes.items():
        if not process.countries:
            continue
        place = f"processes.{name}.countries"
        shares = [evaluation.array(q, "1", f"{place}.{key}") for key, q in process.countries.items()]
        total = sum(shares, np.zeros((1, 1)))
        if np.any(np.abs(total - 1.0) > 1e-9):
            wrong = float(total.flat[np.abs(total - 1.0).argmax()])
            yield fault(
                ShareError,
                model,
                place,
                "shares of countries do not sum to one",
                found=f"{wrong:.6g}",
                expected="1",
            )
