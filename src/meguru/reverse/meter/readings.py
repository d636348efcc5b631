"""Readings of a channel as columns: joined, without duplicates, in the order in which the sensor took
them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from meguru.engine.compiled import load_kernel
from meguru.reverse.meter.senml import NO_NUMBER

KERNEL = "meguru.reverse.meter.kernel"
LARGEST_STEP = 150_000  # ms; a clock that steps further began anew, or the sensor did
LEAST_STEP = 2_000  # ms; a change of the clock that is smaller is none
NEVER = -(2**63)  # no time of receipt is known


@dataclass(frozen=True)
class Readings:
    """Readings of one channel, one row each.

    ``sequence`` (running number; -1: none), ``time`` and ``received`` in ms since 1970 UTC (received:
    ``NEVER`` where not known), ``value`` in A or W, ``total`` the sum that the sensor sent with it (NaN:
    none).
    """

    sequence: NDArray[np.int64]
    time: NDArray[np.int64]
    value: NDArray[np.float64]
    total: NDArray[np.float64]
    received: NDArray[np.int64]

    def __len__(self) -> int:
        return int(self.time.size)

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Readings:
        """Some rows."""
        return Readings(*(getattr(self, one.name)[rows] for one in fields(self)))


def none() -> Readings:
    """No readings."""
    whole, real = np.empty(0, dtype=np.int64), np.empty(0)
    return Readings(whole, whole, real, real, whole)


def joined(parts: Sequence[Readings]) -> Readings:
    """Several one behind the other."""
    if not parts:
        return none()
    if len(parts) == 1:
        return parts[0]
    return Readings(
        *(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Readings))
    )


def runs_of_a_sensor(readings: Readings, period: int) -> NDArray[np.int64]:
    """Which life of the sensor each row belongs to: its numbers begin anew when it starts.

    A life shows by time less number × period, which only steps of the clock change while the sensor lives.
    A number that stands twice at two times tells of a start in short time. Lives are in order of receipt.

    Returns
    -------
    (rows,)
        0, 1, …
    """
    if is_plain(readings, period):
        return np.zeros(len(readings), dtype=np.int64)
    start = np.where(readings.sequence == NO_NUMBER, 0, readings.time - readings.sequence * period)
    if not start.size:
        return np.zeros(0, dtype=np.int64)
    life = _clusters(start, LARGEST_STEP)
    for one in np.unique(life[_at_two_times(readings, life)]).tolist():
        rows = life == one
        life[rows] = life.max() + 1 + _clusters(start[rows], LEAST_STEP)
    names, life = np.unique(life, return_inverse=True)
    if names.size == 1:
        return np.zeros(len(readings), dtype=np.int64)
    known = np.where(readings.received == NEVER, readings.time, readings.received)
    middle = [np.median(known[life == one]) for one in range(names.size)]
    rank = np.empty(names.size, dtype=np.int64)
    rank[np.argsort(middle, kind="stable")] = np.arange(names.size)
    return rank[life]


def _clusters(start: NDArray[np.int64], apart: int) -> NDArray[np.int64]:
    """Values that lie together, no further apart than that from the next."""
    order = np.argsort(start, kind="stable")
    cluster = np.empty(start.size, dtype=np.int64)
    cluster[order] = np.cumsum(np.diff(start[order], prepend=start[order[0]]) > apart)
    return cluster


def _at_two_times(readings: Readings, life: NDArray[np.int64]) -> NDArray[np.intp]:
    """Rows whose number stands in the same life at another time."""
    order = np.lexsort((readings.time, readings.sequence, life))
    same = (np.diff(readings.sequence[order]) == 0) & (np.diff(life[order]) == 0)
    other = np.diff(readings.time[order]) != 0
    numbered = readings.sequence[order][1:] != NO_NUMBER
    rows: NDArray[np.intp] = order[1:][same & other & numbered]
    return rows


def numbered(readings: Readings, period: int) -> Readings:
    """Readings without number among others that have one get theirs: the nearest one's, by the time between.

    Where none has a number they stay as they are.
    """
    blank = readings.sequence == NO_NUMBER
    if not blank.any() or blank.all():
        return readings
    known = np.flatnonzero(~blank)
    known = known[np.argsort(readings.time[known], kind="stable")]
    time = readings.time[blank]
    behind = np.searchsorted(readings.time[known], time).clip(1, known.size - 1) if known.size > 1 else 0
    near = known[behind]
    before = known[np.maximum(behind - 1, 0)]
    near = np.where(time - readings.time[before] <= readings.time[near] - time, before, near)
    sequence = readings.sequence.copy()
    steps = np.rint((time - readings.time[near]) / period).astype(np.int64)
    sequence[blank] = readings.sequence[near] + steps
    sequence -= min(0, int(sequence.min()))  # all alike: below 0 would be no number
    return Readings(sequence, readings.time, readings.value, readings.total, readings.received)


def is_plain(readings: Readings, period: int) -> bool:
    """Whether readings are numbered, in order, each once, and of one life of the sensor."""
    return bool(load_kernel(KERNEL).is_plain(readings.sequence, readings.time, period, LARGEST_STEP))


def in_order(readings: Readings, period: int) -> Readings:
    """By life of the sensor, then by number, or by time where there are no numbers at all."""
    if is_plain(readings, period):
        return readings
    readings = numbered(readings, period)
    life = runs_of_a_sensor(readings, period)
    key = np.where(readings.sequence == NO_NUMBER, readings.time, readings.sequence)
    return readings.take(np.lexsort((readings.time, key, life)))


def without_duplicates(
    kept: Readings, more: Readings, period: int
) -> tuple[Readings, int, Readings, Readings]:
    """Readings joined, each counted once.

    The same number at the same time in the same life of the sensor, or the same time where there are no
    numbers, is the same reading. What was kept first stays.

    Returns
    -------
    readings, duplicates, conflicts, moved
        All in order; how many came again; those that came again with another value, and those with another
        time that tells of no new life.
    """
    if not len(kept) and is_plain(more, period):
        return more, 0, none(), none()
    both = joined([kept, more])
    whole = numbered(both, period)
    life = runs_of_a_sensor(whole, period)
    key = np.where(whole.sequence == NO_NUMBER, whole.time, whole.sequence)
    order = np.lexsort((np.arange(key.size), key, life))
    same = np.zeros(key.size, dtype=bool)
    same[1:] = (key[order][1:] == key[order][:-1]) & (life[order][1:] == life[order][:-1])
    first = order[np.maximum.accumulate(np.where(same, 0, np.arange(key.size)))]
    moved = same & (both.time[order] != both.time[first])
    # Numbers that were made up prove nothing: such readings are kept.
    guessed = moved & ((both.sequence[order] == NO_NUMBER) | (both.sequence[first] == NO_NUMBER))
    same, moved = same & ~guessed, moved & ~guessed
    other = same & ~moved & (both.value[order] != both.value[first])
    again = int(same.sum()) - int(other.sum()) - int(moved.sum())
    return both.take(order[~same]), again, both.take(order[other]), both.take(order[moved])
