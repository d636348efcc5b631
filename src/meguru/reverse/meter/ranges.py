"""Ranges of the numbers of a plant file: what lies outside is a slip of the pen, and no such plant exists."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from meguru.errors import RangeError
from meguru.files.marks import where
from meguru.quantity import Quantity
from meguru.reverse.meter.components import Channel, Factor, Machine, Plant
from meguru.reverse.meter.numbers import number


class Range(NamedTuple):
    """From where to where in a unit; ``above``: the lower end itself is out."""

    unit: str
    low: float
    high: float
    above: bool = False

    def holds(self, found: float) -> bool:
        return (found > self.low if self.above else found >= self.low) and found <= self.high

    def __str__(self) -> str:
        unit = "" if self.unit == "1" else f" {self.unit}"
        return f"{'above ' if self.above else ''}{self.low:g} to {self.high:g}{unit}"


UNCERTAINTY = Range("1", 0.0, 1.0)
GAIN = Range("1", 0.0, 100.0, above=True)
VOLTAGE = Range("V", 0.0, 1_000_000.0, above=True)
POWER_FACTOR = Range("1", 0.0, 1.0, above=True)
POWER = Range("W", 0.0, 1e9, above=True)
PERIOD = Range("s", 0.0, 3_600.0, above=True)
REFERENCE_LASTS = Range("s", 10.0, 86_400.0, above=True)  # 5 s at both ends are left out
DEBOUNCE = Range("s", 0.0, 3_600.0)
LEAD = Range("s", -3_600.0, 3_600.0)
SPREAD = Range("s", 0.0, 3_600.0, above=True)
CYCLE = Range("s", 0.0, 86_400.0, above=True)
RATIO = Range("1", 1.0, 100.0)
MASS = Range("kg", 0.0, 1e6, above=True)
FACTOR = Range("1", 0.0, 1_000.0, above=True)
OFFSET = Range("hour", -14.0, 14.0)


def check_ranges(plant: Plant) -> None:
    """Raise a named error for the first number that is out of its range, with file and line."""
    for place, quantity, wanted in _quantities(plant):
        found = number(plant, quantity, wanted.unit, place)
        if not (math.isfinite(found) and wanted.holds(found)):
            file, line = where(plant, place)
            raise RangeError(
                "out of range", file=file, line=line, place=place, expected=wanted,
                found=f"{found:g} {wanted.unit}".removesuffix(" 1"),
            )  # fmt: skip


def _quantities(plant: Plant) -> Iterator[tuple[str, Quantity, Range]]:
    yield "utc_offset", plant.utc_offset, OFFSET
    for name, channel in plant.channels.items():
        yield from _of_channel(f"channels.{name}", channel)
    for name, machine in plant.machines.items():
        yield from _of_machine(f"machines.{name}", machine)
    for name, one in plant.references.items():
        yield f"references.{name}.power", one.power, POWER
        yield f"references.{name}.uncertainty", one.uncertainty, UNCERTAINTY
        yield f"references.{name}.lasts", one.lasts, REFERENCE_LASTS
    for name, kind in plant.types.items():
        if kind.mass is not None:
            yield f"types.{name}.mass", kind.mass, MASS
        if kind.synthetic_factor is not None:
            yield f"types.{name}.synthetic_factor", kind.synthetic_factor, FACTOR


def _of_channel(place: str, channel: Channel) -> Iterator[tuple[str, Quantity, Range]]:
    yield f"{place}.period", channel.period, PERIOD
    factors: tuple[tuple[str, Factor | None, Range], ...] = (
        ("voltage", channel.voltage, VOLTAGE),
        ("power_factor", channel.power_factor, POWER_FACTOR),
        ("clamp", channel.clamp, GAIN),
    )
    for key, factor, wanted in factors:
        if factor is not None:
            yield f"{place}.{key}.value", factor.value, wanted
            yield f"{place}.{key}.uncertainty", factor.uncertainty, UNCERTAINTY
    for index, one in enumerate(channel.calibration):
        yield f"{place}.calibration.{index}.gain", one.gain, GAIN
        yield f"{place}.calibration.{index}.uncertainty", one.uncertainty, UNCERTAINTY


def _of_machine(place: str, machine: Machine) -> Iterator[tuple[str, Quantity, Range]]:
    yield f"{place}.running", machine.running, POWER
    yield f"{place}.debounce", machine.debounce, DEBOUNCE
    yield f"{place}.scan_lead", machine.scan_lead, LEAD
    yield f"{place}.scan_spread", machine.scan_spread, SPREAD
    if machine.synthetic is not None:
        yield f"{place}.synthetic.seconds", machine.synthetic.seconds, CYCLE
        yield f"{place}.synthetic.spread", machine.synthetic.spread, RATIO
