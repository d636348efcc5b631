"""Clocks that jump: found by the running numbers, mended by the time of receipt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meguru.engine.compiled import load_kernel
from meguru.reverse.meter.readings import KERNEL, Readings, runs_of_a_sensor
from meguru.reverse.meter.senml import NO_NUMBER

FAR = 2**61  # as of the kernel: no receipt is known
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

    While a sensor lives, time less number × period changes only by steps of its clock. With :math:`J_r` the
    sum of steps before run :math:`r`, and :math:`\ell_r` the least time from reading to receipt in it, the
    clock stands wrong by :math:`J_r - c`, :math:`c = \min_r(\ell_r + J_r)` in each day: messages may come
    late, never early. Where no receipt is known, :math:`c` is the median of :math:`J`: most of the day is
    right.
    """
    life = runs_of_a_sensor(readings, period)
    if not len(readings) or (readings.sequence == NO_NUMBER).any():
        return Clocked(readings, np.rint(readings.time / period).astype(np.int64), life, [])
    runs = _runs(readings, life, period)
    size = np.diff(runs[:, 0], append=len(readings))
    wrong = np.zeros(len(runs), dtype=np.int64)
    found: list[Jump] = []
    total = np.cumsum(runs[:, 1])
    for group in np.unique(runs[:, 3:], axis=0):
        rows = np.flatnonzero((runs[:, 3:] == group).all(axis=1))
        known = runs[rows, 2] < FAR
        if known.any():
            wrong[rows] = total[rows] - np.min((runs[rows, 2] + total[rows])[known])
        else:
            wrong[rows] = total[rows] - _weighted_median(total[rows], size[rows])
        by = "by time of receipt" if known.any() else "by running numbers"
        found += [
            Jump(int(readings.time[runs[r, 0]]), int(runs[r, 1]), by) for r in rows.tolist() if runs[r, 1]
        ]
    shift = np.where(np.abs(wrong) > TOLERANCE, -wrong, 0)
    if shift.any():
        time = readings.time + np.repeat(shift, size)
        readings = Readings(readings.sequence, time, readings.value, readings.total, readings.received)
    return Clocked(readings, readings.sequence, life, found)


def _runs(readings: Readings, life: NDArray[np.int64], period: int) -> NDArray[np.int64]:
    """Runs in which the clock did not jump: first row, step before, least time to receipt, day, life."""
    room = 1024
    while True:
        runs = np.empty((room, 5), dtype=np.int64)
        count = load_kernel(KERNEL).find_runs(
            readings.sequence, readings.time, readings.received, life, period, TOLERANCE, runs
        )
        if count <= room:
            return runs[:count]
        room = count


def _weighted_median(values: NDArray[np.int64], weights: NDArray[np.int64]) -> int:
    order = np.argsort(values, kind="stable")
    half = np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2)
    return int(values[order][half])
