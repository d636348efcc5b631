"""Tornado: each input by itself at its low and its high end, all others in the middle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from meguru.errors import RangeError
from meguru.explore.rounding import SAME, reacts
from meguru.explore.sensitivity.problem import Problem

if TYPE_CHECKING:
    from pandas import DataFrame


def tornado(problem: Problem, *, low: float = 0.05, high: float = 0.95) -> DataFrame:
    """Each output with each input at both ends of its range, all others at their medians.

    Parameters
    ----------
    low, high
        Levels of the ends: quantiles of the input's distribution.

    Returns
    -------
    DataFrame
        One row by output and input, for each output the input with the largest swing first: output, input,
        unit, base (all at their medians), at_low, at_high, swing (distance of the furthest two of the three),
        reacts (whether the output does to any input). NA where undefined.

    Warns
    -----
    TogetherWarning
        Inputs move together in the model.

    Raises
    ------
    RangeError
        The levels are not ascending inside 0 to 1.
    """
    from pandas import DataFrame

    if not 0.0 < low < 0.5 < high < 1.0:
        raise RangeError("not two levels around the median", found=f"{low:g}, {high:g}")
    problem.warn()
    count = len(problem.inputs)
    levels = np.full((1 + 2 * count, count), 0.5)
    levels[1 + np.arange(count), np.arange(count)] = low
    levels[1 + count + np.arange(count), np.arange(count)] = high
    rows: list[dict[str, Any]] = []
    for output, values in problem(levels).items():
        base, ends = values[0], values[1:].reshape(2, count)
        there = np.array([np.full(count, base), *ends])
        swing = there.max(axis=0) - there.min(axis=0)  # undefined where one of the three is
        swing[swing <= SAME * np.abs(there).max(axis=0)] = 0.0
        moves = reacts(values)
        rows += [
            {
                "output": output,
                "input": problem.inputs[k],
                "unit": problem.units.get(output, ""),
                "base": base,
                "at_low": ends[0, k],
                "at_high": ends[1, k],
                "swing": swing[k] if moves else 0.0,
                "reacts": moves,
            }
            for k in np.argsort(-np.nan_to_num(swing, nan=np.inf), kind="stable")
        ]
    frame = DataFrame(rows)
    for key in ("base", "at_low", "at_high", "swing"):
        frame[key] = frame[key].astype("Float64")
    return frame
