"""Clocks that jump: found by the running numbers, mended by the time of receipt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meguru.reverse.meter.plant_file import MILLISECONDS_A_DAY
from meguru.reverse.meter.readings import NEVER, Readings, runs_of_a_sensor
from meguru.reverse.meter.senml import NO_NUMBER

TOLERANCE = 2_000  # ms; a change that is smaller is no jump


@dataclass(frozen=True)
class Jump:
    """A step of a sensor's clock: when it shows (ms), how far, and by what it was mended."""

    time: int
    step: int
    mended: str


@dataclass(frozen=True)
class Clocked:
    """Readings with mended times, and the jumps found; ``number`` counts periods without gaps."""

    readings: Readings
    number: NDArray[np.int64]
    life: NDArray[np.int64]
    jumps: list[Jump]


def mended(readings: Readings, period: int) -> Clocked:
    r"""Readings in order, their times mended where the clock of the sensor stood wrong.

    While a sensor lives, time less number × period changes only by steps of its clock. With :math:`J_r` the sum of
    steps before run :math:`r`, and :math:`\ell_r` the least time from reading to receipt in it, the clock stands
    wrong by :math:`J_r - c`, :math:`c = \min_r(\ell_r + J_r)` in each day: messages may come late, never early.
    Where no receipt is known, :math:`c` is the median of :math:`J`: most of the day is right.
    """
    if not len(readings):
        return Clocked(readings, readings.sequence, readings.sequence, [])
    life = runs_of_a_sensor(readings, period)
    if (readings.sequence == NO_NUMBER).any():
        return Clocked(readings, np.rint(readings.time / period).astype(np.int64), life, [])
    start = readings.time - readings.sequence * period
    step = np.diff(start)
    same = np.diff(life) == 0
    jumps = np.flatnonzero((np.abs(step) > TOLERANCE) & same) + 1
    day = readings.time // MILLISECONDS_A_DAY
    breaks = np.flatnonzero((day[1:] != day[:-1]) | ~same) + 1
    edges = np.unique(np.concatenate([[0], jumps, breaks])).astype(np.int64)
    size = np.diff(edges, append=len(readings))
    total = np.zeros(edges.size, dtype=np.int64)
    at_jump = np.isin(edges, jumps)
    total[at_jump] = step[edges[at_jump] - 1]
    total = np.cumsum(total)
    late = np.where(readings.received == NEVER, np.iinfo(np.int64).max // 4, readings.received - readings.time)
    late = np.minimum.reduceat(late, edges)
    shift = np.zeros(edges.size, dtype=np.int64)
    by_receipt = np.zeros(edges.size, dtype=bool)
    groups = np.stack([life[edges], day[edges]], axis=1)
    for group in np.unique(groups, axis=0):
        rows = np.flatnonzero((groups == group).all(axis=1))
        known = late[rows] < np.iinfo(np.int64).max // 8
        by_receipt[rows] = known.any()
        if known.any():
            wrong = total[rows] - np.min((late[rows] + total[rows])[known])
        else:
            wrong = total[rows] - _weighted_median(total[rows], size[rows])
        shift[rows] = np.where(np.abs(wrong) > TOLERANCE, -wrong, 0)
    found = [
        Jump(
            int(readings.time[edge]),
            int(step[edge - 1]),
            "by time of receipt" if by_receipt[index] else "by running numbers",
        )
        for index, edge in enumerate(edges.tolist())
        if at_jump[index]
    ]
    if shift.any():
        time = readings.time + np.repeat(shift, size)
        readings = Readings(readings.sequence, time, readings.value, readings.total, readings.received)
    return Clocked(readings, readings.sequence, life, found)


def _weighted_median(values: NDArray[np.int64], weights: NDArray[np.int64]) -> int:
    order = np.argsort(values, kind="stable")
    half = np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2)
    return int(values[order][half])
