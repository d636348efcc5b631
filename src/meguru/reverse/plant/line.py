"""A simulated dismantling line: which item is worked when by which machine. Everything here is synthetic."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from meguru.errors import MissingValueError
from meguru.files.marks import where
from meguru.random import uniforms
from meguru.reverse.meter.components import Machine, Plant
from meguru.reverse.meter.numbers import number
from meguru.reverse.meter.plant_file import MILLISECONDS_A_DAY, day_offset

CHANGEOVER, CHANGEOVER_SPREAD = 25.0, 1.3  # s between two items, median and geometric standard deviation
BACK_TO_BACK, SHORT = 0.05, 2.0  # share of items that follow at once, and after how many s
CARRIED = 30.0  # s from one machine to the next
LEAST = 15.0  # s, shortest cycle


@dataclass(frozen=True)
class Shift:
    """When the line works: local time of day, and how many items come in."""

    start: float = 9 * 3600.0
    end: float = 17 * 3600.0
    items: int = 40


@dataclass(frozen=True)
class TrueCycle:
    """What a machine of the simulated line did; times in ms since 1970 UTC, mean power in W above idle."""

    machine: str
    item: str
    type: str
    start: int
    end: int


def normals(seed: int, name: str, count: int) -> NDArray[np.float64]:
    """Standard normal numbers of a stream."""
    return np.asarray(ndtri(uniforms(seed, name, count)))


def work(plant: Plant, days: Sequence[int], shift: Shift, seed: int) -> list[TrueCycle]:
    """What the machines of the line do on some days.

    Items pass the machines in the order of the plant file, each at most once at a time; what is not done at
    the end of the shift is left. Times of cycles are log-normal.

    Parameters
    ----------
    days
        Local days, counted from 1970.
    """
    machines = list(plant.machines)
    done: list[TrueCycle] = []
    for day in days:
        midnight = day * MILLISECONDS_A_DAY - day_offset(plant)
        ready = np.linspace(shift.start, shift.end, shift.items, endpoint=False) + 60.0
        kinds = _kinds(plant, day, shift.items, seed)
        for name in machines:
            length = _lengths(plant, name, day, kinds, seed)
            pause = _pauses(name, day, shift.items, seed)
            free = shift.start
            for index in np.argsort(ready, kind="stable").tolist():
                follows_at_once = pause[index] <= SHORT and ready[index] < free
                start = max(ready[index], free + (SHORT if follows_at_once else max(pause[index], 10.0)))
                end = start + length[index]
                if end > shift.end:
                    ready[index] = math.inf
                    continue
                done.append(
                    TrueCycle(
                        name,
                        f"{plant.name}-{day}-{index:04d}",
                        kinds[index],
                        midnight + round(start) * 1000,
                        midnight + round(end) * 1000,
                    )
                )
                free = round(end)
                ready[index] = end + CARRIED
    return done


def _kinds(plant: Plant, day: int, count: int, seed: int) -> list[str]:
    names = list(plant.types) or [""]
    drawn = (uniforms(seed, f"types.{day}", count) * len(names)).astype(int)
    return [names[index] for index in drawn]


def _lengths(plant: Plant, name: str, day: int, kinds: list[str], seed: int) -> NDArray[np.float64]:
    machine = plant.machines[name]
    if machine.synthetic is None:
        raise _not_synthetic(plant, name)
    median = number(plant, machine.synthetic.seconds, "s", f"machines.{name}.synthetic.seconds")
    spread = number(plant, machine.synthetic.spread, "1", f"machines.{name}.synthetic.spread")
    factor = np.array([type_factor(plant, kind) for kind in kinds])
    drawn = np.exp(math.log(spread) * normals(seed, f"lengths.{name}.{day}", len(kinds)))
    return np.maximum(LEAST, median * factor * drawn)


def type_factor(plant: Plant, kind: str) -> float:
    """The factor of a type on the times of cycles."""
    one = plant.types.get(kind)
    if one is None or one.synthetic_factor is None:
        return 1.0
    return number(plant, one.synthetic_factor, "1", f"types.{kind}.synthetic_factor")


def _pauses(name: str, day: int, count: int, seed: int) -> NDArray[np.float64]:
    drawn = CHANGEOVER * np.exp(math.log(CHANGEOVER_SPREAD) * normals(seed, f"pauses.{name}.{day}", count))
    at_once = uniforms(seed, f"at once.{name}.{day}", count) < BACK_TO_BACK
    return np.where(at_once, SHORT, drawn)


def _not_synthetic(plant: Plant, name: str) -> MissingValueError:
    file, line = where(plant, f"machines.{name}")
    return MissingValueError(
        "a machine of a simulated plant needs the times of its cycles",
        file=file,
        line=line,
        place=f"machines.{name}.synthetic",
    )


def watts(plant: Plant, name: str, machine: Machine) -> tuple[float, float]:
    """Idle and running power of a machine."""
    idle, running = (
        number(plant, getattr(machine, k), "W", f"machines.{name}.{k}") for k in ("idle", "running")
    )
    return idle, running
