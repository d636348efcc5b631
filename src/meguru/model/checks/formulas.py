"""Checks of formulas: what they refer to is there, and not themselves."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from meguru.errors import FormulaError, ModelError, UnknownNameError, did_you_mean
from meguru.model.checks.fault import fault
from meguru.model.components import Model
from meguru.model.walk import quantities


def unknown_parameters(model: Model) -> Iterator[ModelError]:
    """Formulas refer to parameters."""
    for place, quantity, _, _ in quantities(model):
        if quantity.formula is None and not quantity.since:
            continue
        for name in sorted(quantity.formula_names() - model.parameters.keys()):
            yield fault(
                UnknownNameError,
                model,
                place,
                "no such parameter",
                found=name,
                expected=list(model.parameters) or "an entry of 'parameters'",
                hint=did_you_mean(name, model.parameters),
            )


def circles(model: Model) -> Iterator[ModelError]:
    """No parameter is computed from itself."""
    order = TopologicalSorter({name: q.formula_names() for name, q in model.parameters.items()})
    try:
        order.prepare()
    except CycleError as error:
        circle = list(error.args[1])[::-1]
        yield fault(
            FormulaError,
            model,
            f"parameters.{circle[0]}",
            "parameters that need each other in a circle",
            found=" → ".join(circle),
            expected="formulas that begin with a number",
        )
