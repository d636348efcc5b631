"""A channel's power into cycles of its machines, as it comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.engine.compiled import load_kernel
from meguru.reverse.meter.components import Plant
from meguru.reverse.meter.numbers import number
from meguru.reverse.meter.plant_file import MILLISECONDS_A_DAY, Meter, day_offset, machines_on
from meguru.reverse.meter.power import LONGEST_FILLED, Power

HYSTERESIS = 0.2  # of the least difference between two levels
CYCLE_COLUMNS = ("machine", "start", "end", "energy", "estimated", "cut")
DAY_COLUMNS = ("cycles", "idle", "unassigned")


@dataclass(frozen=True)
class Levels:
    """What each combination of running machines draws (W), and how much of it belongs to each machine.

    ``power`` (combination,); ``shares`` (combination, machine); bit m of a combination: machine m runs.
    """

    machines: list[str]
    power: NDArray[np.float64]
    shares: NDArray[np.float64]
    above_idle: NDArray[np.float64]
    hysteresis: float
    debounce: int


def levels(plant: Plant, channel: Meter) -> Levels:
    """Levels of a channel from the idle and running power of its machines."""
    machines = machines_on(plant, channel.name)

    def watts(name: str, key: str) -> float:
        return number(plant, getattr(machines[name], key), "W", f"machines.{name}.{key}")

    idle = np.array([watts(name, "idle") for name in machines])
    running = np.array([watts(name, "running") for name in machines])
    on = (np.arange(2 ** len(machines))[:, None] >> np.arange(len(machines)) & 1).astype(bool)
    each = np.where(on, running, idle)
    whole = each.sum(axis=1)
    shares = np.divide(each, whole[:, None], out=np.zeros_like(each), where=whole[:, None] > 0.0)
    apart = np.diff(np.sort(whole)).min() if len(machines) else 0.0
    seconds = [
        number(plant, one.debounce, "s", f"machines.{name}.debounce") for name, one in machines.items()
    ]
    debounce = max(1, round(max(seconds, default=1.0) * 1000 / channel.period))
    return Levels(list(machines), whole, shares, running - idle, HYSTERESIS * float(apart), debounce)


class Segmenter:
    """Turns the power of one channel into cycles; called again with later readings it goes on where it was.

    >>> segmenter = Segmenter(plant, meter(plant, "cutting"))
    >>> cycles = segmenter.push(power)
    >>> more = segmenter.finish()

    ``days`` holds what the energy of each local day went to, in whole µWh: ``cycles``, ``idle``,
    ``unassigned``. Their sum is the energy of the readings given out so far; a few readings are held until
    it is known what they belong to.
    """

    def __init__(self, plant: Plant, channel: Meter) -> None:
        self.channel, self.levels = channel, levels(plant, channel)
        self.offset = day_offset(plant)
        count = len(self.levels.machines)
        self.state = np.zeros(4, dtype=np.int64)
        self.machines = np.zeros((count, 5), dtype=np.int64)
        self.held = np.zeros((self.levels.debounce, 3), dtype=np.int64)
        self.days: dict[int, NDArray[np.int64]] = {}

    def push(self, power: Power) -> NDArray[np.int64]:
        """Cycles that ended in these readings, one row each: the columns of ``CYCLE_COLUMNS``."""
        if not power.time.size:
            return np.empty((0, len(CYCLE_COLUMNS)), dtype=np.int64)
        times = power.time
        most = (times.size // self.levels.debounce + 2) * max(1, len(self.levels.machines))
        first, last = self._days(int(times.min()), int(times.max()))
        days = np.zeros((last - first + 1, len(DAY_COLUMNS)), dtype=np.int64)
        cycles = np.empty((most, len(CYCLE_COLUMNS)), dtype=np.int64)
        count = _kernel().segment(
            times, power.power, power.energy, power.state, self.levels.power, self.levels.shares,
            self.levels.hysteresis, self.levels.debounce, LONGEST_FILLED, self.channel.period,
            first, self.offset, self.state, self.machines, self.held, cycles, days,
        )  # fmt: skip
        self._account(first, days)
        return cycles[:count].copy()

    def finish(self) -> NDArray[np.int64]:
        """Cycles that were still open, closed where the readings end."""
        held = self.held[: self.state[1], 0]
        now = int(self.state[2])
        first, last = self._days(int(held.min(initial=now)), now)
        days = np.zeros((last - first + 1, len(DAY_COLUMNS)), dtype=np.int64)
        cycles = np.empty((max(1, len(self.levels.machines)), len(CYCLE_COLUMNS)), dtype=np.int64)
        count = _kernel().finish(
            self.state, self.machines, self.held, self.levels.shares, self.channel.period,
            first, self.offset, cycles, days,
        )  # fmt: skip
        self._account(first, days)
        return cycles[:count].copy()

    def running(self) -> dict[str, tuple[int, int]]:
        """Machines that run now: start in ms and energy so far in µWh."""
        return {
            name: (int(row[1]), int(row[2]))
            for name, row in zip(self.levels.machines, self.machines, strict=True)
            if row[0]
        }

    def _days(self, first: int, last: int) -> tuple[int, int]:
        held = self.held[: self.state[1], 0]
        first = int(held.min(initial=first))
        return (first + self.offset) // MILLISECONDS_A_DAY, (last + self.offset) // MILLISECONDS_A_DAY

    def _account(self, first: int, days: NDArray[np.int64]) -> None:
        for day, row in enumerate(days, first):
            self.days[day] = self.days.get(day, 0) + row


def _kernel() -> Any:
    return load_kernel("meguru.reverse.segment.kernel")
