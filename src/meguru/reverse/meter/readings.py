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
    Lives are in order of receipt.

    Returns
    -------
    (rows,)
        0, 1, …
    """
    if is_plain(readings, period):
        return np.zeros(len(readings), dtype=np.int64)
    start = np.where(readings.sequence == NO_NUMBER, 0, readings.time - readings.sequence * period)
    if not start.size or start.max() - start.min() <= LARGEST_STEP:
        return np.zeros(len(readings), dtype=np.int64)
    order = np.argsort(start, kind="stable")
    breaks = np.diff(start[order], prepend=start[order[0]]) > LARGEST_STEP
    life = np.empty(len(readings), dtype=np.int64)
    life[order] = np.cumsum(breaks)
    middle = [np.median(readings.received[life == one]) for one in range(int(life.max()) + 1)]
    rank = np.empty(len(middle), dtype=np.int64)
    rank[np.argsort(middle, kind="stable")] = np.arange(len(middle))
    return rank[life]


def is_plain(readings: Readings, period: int) -> bool:
    """Whether readings are numbered, in order, each once, and of one life of the sensor."""
    return bool(load_kernel(KERNEL).is_plain(readings.sequence, readings.time, period, LARGEST_STEP))


def in_order(readings: Readings, period: int) -> Readings:
    """By life of the sensor, then by number, or by time where there are no numbers."""
    if is_plain(readings, period):
        return readings
    life = runs_of_a_sensor(readings, period)
    key = np.where(readings.sequence == NO_NUMBER, readings.time, readings.sequence)
    return readings.take(np.lexsort((key, life)))


def without_duplicates(kept: Readings, more: Readings, period: int) -> tuple[Readings, int, Readings]:
    """Readings joined, each counted once.

    The same number in the same life of the sensor, or the same time where there are no numbers, is the same
    reading. What was kept first stays.

    Returns
    -------
    readings, duplicates, conflicts
        All in order; how many came again; those that came again with another value.
    """
    if not len(kept) and is_plain(more, period):
        return more, 0, none()
    both = joined([kept, more])
    life = runs_of_a_sensor(both, period)
    numbered = both.sequence != NO_NUMBER
    key = np.where(numbered, both.sequence, both.time)
    order = np.lexsort((np.arange(key.size), key, numbered, life))
    same = np.zeros(key.size, dtype=bool)
    same[1:] = (
        (key[order][1:] == key[order][:-1])
        & (numbered[order][1:] == numbered[order][:-1])
        & (life[order][1:] == life[order][:-1])
    )
    first = order[np.maximum.accumulate(np.where(same, 0, np.arange(key.size)))]
    other = same & (both.value[order] != both.value[first])
    return both.take(order[~same]), int(same.sum()) - int(other.sum()), both.take(order[other])
