"""Clocks that jump: found by the running numbers, mended by the time of receipt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meguru.engine.compiled import load_kernel
from meguru.reverse.meter.readings import KERNEL, LARGEST_STEP, LEAST_STEP, NEVER, Readings, runs_of_a_sensor
from meguru.reverse.meter.senml import NO_NUMBER

FAR = 2**61  # as of the kernel: no receipt is known
TOLERANCE = LEAST_STEP  # ms; a change that is smaller is no jump
LATE = 120_000  # ms that all messages of a day may be late; a clock that is so far off is not told from it
LONG_ENOUGH = 600_000  # ms of readings that tell whether they came one by one
BY_RECEIPT = "by time of receipt"


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
    clock stands wrong by :math:`J_r - c`. Messages may come late, never early: in each day :math:`c` is at
    most :math:`\min_r(\ell_r + J_r)`, and it is that :math:`J` of the sensor's life which lies next to this,
    since most clocks are right at some time. See :func:`_right` for days of which that can not be said.
    Readings without numbers are numbered by their beat; steps of their clocks can not be told from gaps.
    """
    life = runs_of_a_sensor(readings, period)
    if not len(readings):
        return Clocked(readings, readings.sequence, life, [])
    if readings.sequence[0] == NO_NUMBER:  # and so are all: see in_order
        number = np.zeros(len(readings), dtype=np.int64)
        load_kernel(KERNEL).count_beats(readings.time, life, period, LARGEST_STEP, number)
        return Clocked(readings, number, life, [])
    runs = _runs(readings, life, period)
    ends = np.append(runs[1:, 0], len(readings))
    wrong = np.zeros(len(runs), dtype=np.int64)
    found: list[Jump] = []
    total = np.cumsum(runs[:, 1])
    for group in np.unique(runs[:, 3:], axis=0):
        rows = np.flatnonzero((runs[:, 3:] == group).all(axis=1))
        of_life = runs[:, 4] == group[1]
        right, by = _right(readings, runs[rows], ends[rows], total[rows], np.unique(total[of_life]))
        wrong[rows] = total[rows] - right
        first = int(rows[0])
        begins = not (first > 0 and of_life[first - 1] and wrong[first - 1] == wrong[first])
        if not runs[first, 1] and begins and abs(wrong[first]) > TOLERANCE:
            found.append(
                Jump(int(readings.time[runs[first, 0]]), int(wrong[first]), f"{by}, no step was seen")
            )
        found += [Jump(int(readings.time[runs[r, 0]]), int(runs[r, 1]), by) for r in rows if runs[r, 1]]
    shift = np.where(np.abs(wrong) > TOLERANCE, -wrong, 0)
    if shift.any():
        time = readings.time + np.repeat(shift, ends - runs[:, 0])
        readings = Readings(readings.sequence, time, readings.value, readings.total, readings.received)
    return Clocked(readings, readings.sequence, life, found)


def _right(
    readings: Readings,
    runs: NDArray[np.int64],
    ends: NDArray[np.int64],
    total: NDArray[np.int64],
    steps: NDArray[np.int64],
) -> tuple[int, str]:
    """The sum of steps at which the clock stood right on a day, and what tells it.

    Where no receipt is known, or all of it was late, most of the day is taken as right. Only where readings
    came one by one as they were taken, and still a constant time off, no reading of the day was right.
    """
    known = runs[:, 2] < FAR
    if known.any():
        most = int(np.min((runs[:, 2] + total)[known]))
        next_to = int(steps[np.argmin(np.abs(steps - most))])
        if abs(most - next_to) <= LATE:
            return next_to, BY_RECEIPT
        rows = np.concatenate([np.arange(a, b) for a, b in zip(runs[:, 0], ends, strict=True)])
        if _came_at_once(readings.take(rows)):
            return most, BY_RECEIPT
    return _weighted_median(total, ends - runs[:, 0]), "by running numbers"


def _came_at_once(readings: Readings) -> bool:
    """Whether readings came one by one in the time in which they were taken."""
    times = readings.time[readings.received != NEVER], readings.received[readings.received != NEVER]
    taken, came = (int(one.max() - one.min()) for one in times)
    return taken >= LONG_ENOUGH and came >= taken // 2


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
