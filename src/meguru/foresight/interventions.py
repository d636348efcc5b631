"""Interventions: what a rerun forces on a model, with the same random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from meguru.errors import RangeError, UnknownNameError, did_you_mean
from meguru.foresight.compile import OFF_THE_GRID, Program
from meguru.foresight.kernel_plan import Forced


@dataclass(frozen=True, slots=True)
class Intervention:
    """A node forced from outside.

    Attributes
    ----------
    node
        Its name.
    year
        Time at which the first step forced begins; its effect stands in the state one step later.
    kind
        ``shift``: the value is added once, in that step, before the bounds of the node are kept.
        ``hold``: the node has the value at the end of that step and of every later one.
    value
        In the unit of the node.
    until
        Of ``hold``: steps that begin at this time or later are free again. None: to the end.
    """

    node: str
    year: float
    kind: Literal["shift", "hold"]
    value: float
    until: float | None = None


def forced_of(interventions: Sequence[Intervention], program: Program) -> Forced:
    """Interventions as the kernels read them.

    Raises
    ------
    UnknownNameError
        There is no such node.
    RangeError
        A time outside the run, or a value that the node can not have.
    """
    rows = [_row(one, program, f"interventions.{index}") for index, one in enumerate(interventions)]
    node, start, stop, held = np.array([row[:4] for row in rows], dtype=np.int64).reshape(-1, 4).T.copy()
    return Forced(node, start, stop, held, np.array([one.value for one in interventions], dtype=np.float64))


def _row(one: Intervention, program: Program, place: str) -> tuple[int, int, int, int]:
    model = program.model
    if one.node not in model.nodes:
        raise UnknownNameError(
            "no such node", place=place, found=one.node, hint=did_you_mean(one.node, model.nodes)
        )
    node = model.nodes[one.node]
    if one.kind not in ("shift", "hold"):
        raise RangeError("no such kind", place=place, found=one.kind, expected=("shift", "hold"))
    if not np.isfinite(one.value) or (one.kind == "hold" and not node.low <= one.value <= node.high):
        raise RangeError(
            f"a value that '{one.node}' can not have",
            place=place,
            found=one.value,
            expected=f"{node.low:g} to {node.high:g}",
        )
    start = _step_at(one.year, program, place)
    stop = program.plan.steps if one.until is None else _step_at(one.until, program, place, end=True)
    if one.until is not None and (one.kind == "shift" or stop <= start):
        raise RangeError("'until' is a time after 'year', of kind hold only", place=place, found=one.until)
    return program.position[one.node], start, stop, int(one.kind == "hold")


def _step_at(year: float, program: Program, place: str, *, end: bool = False) -> int:
    """The step that begins at a time."""
    model, steps = program.model, program.plan.steps
    exact = (year - model.first) / model.step
    step = round(exact)
    if not 0 <= step < steps + end or abs(exact - step) > OFF_THE_GRID:
        raise RangeError(
            "no step begins at that time",
            place=place,
            found=year,
            expected=f"{model.first:g} to {model.first + (steps - 1 + end) * model.step:g} by {model.step:g}",
        )
    return step
