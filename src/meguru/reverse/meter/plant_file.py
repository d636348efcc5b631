"""Plant files: read, check, schema."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from meguru.errors import MissingValueError, RangeError, UnknownNameError, UnsupportedError, did_you_mean
from meguru.files.marks import set_marks, where
from meguru.files.reader import Reader
from meguru.files.schema import file_schema
from meguru.files.tree import parse_tree, read_text
from meguru.quantity import Quantity
from meguru.reverse.meter.components import KINDS, Channel, Machine, Plant
from meguru.reverse.meter.numbers import number
from meguru.reverse.meter.ranges import check_ranges
from meguru.reverse.spelling import FOLDER_NAME

FORMAT = 1
MILLISECONDS_A_DAY = 86_400_000


class _Reader(Reader):
    whole = "the plant"


def read_plant(path: str | os.PathLike[str]) -> Plant:
    """Read a plant file (YAML 1.2 or JSON) and check it.

    Raises
    ------
    ModelError
        A named one for each kind of fault, with file, line and place.
    """
    file = Path(path)
    return parse_plant(read_text(file), file=str(file))


def parse_plant(text: str, *, file: str | None = None) -> Plant:
    """Read a plant from the text of a file and check it."""
    reader = _Reader(KINDS)
    plant = reader.component(Plant, parse_tree(text, file), "")
    assert isinstance(plant, Plant)
    set_marks(plant, reader.marks)
    _check(plant)
    return plant


def plant_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of a plant file."""
    return file_schema("meguru plant", Plant, KINDS)


@dataclass(frozen=True)
class Meter:
    """The numbers of a channel in fixed units: ms, W per unit read, relative uncertainty by source.

    ``scale`` turns a reading into the power that the clamp says; ``uncalibrated`` are the errors before the
    first calibration, ``machine`` those that no calibration takes away.
    """

    name: str
    sensor: str
    unit: str
    period: int
    scale: float
    reference_scale: float
    gains: tuple[tuple[int, float], ...]
    calibrated: tuple[tuple[str, float], ...]
    uncalibrated: tuple[tuple[str, float], ...]
    machine: tuple[tuple[str, float], ...]

    @property
    def sources(self) -> dict[str, float]:
        """Sources of error that hold for everything that the channel measures, with relative uncertainty."""
        return dict((*(self.calibrated or self.uncalibrated), *self.machine))


def meter(plant: Plant, name: str) -> Meter:
    """The numbers of a channel.

    Power = reading × voltage × √3 (three phases) × power factor × gain of the clamp.
    """
    return _Numbers(plant, name, plant.channels[name]).meter()


class _Numbers:
    def __init__(self, plant: Plant, name: str, channel: Channel) -> None:
        self.plant, self.name, self.channel = plant, name, channel
        self.place = f"channels.{name}"

    def get(self, quantity: Quantity, unit: str, key: str) -> float:
        return number(self.plant, quantity, unit, f"{self.place}.{key}")

    @cached_property
    def volts(self) -> float:
        if self.channel.sends == "power":
            return 1.0
        if self.channel.voltage is None:
            file, line = where(self.plant, self.place)
            raise MissingValueError(
                "a clamp that reads current needs a voltage",
                file=file,
                line=line,
                place=f"{self.place}.voltage",
            )
        return self.get(self.channel.voltage.value, "V", "voltage.value") * math.sqrt(self.channel.phases)

    def errors(self, key: str) -> Iterable[tuple[str, float]]:
        one = getattr(self.channel, key)
        if one is not None:
            amount = self.get(one.uncertainty, "1", f"{key}.uncertainty")
            if amount > 0.0:
                yield one.shared or f"{self.name}.{key}", amount

    def meter(self) -> Meter:
        channel = self.channel
        sends_power = channel.sends == "power"
        factor = 1.0
        if channel.power_factor is not None and not sends_power:
            factor = self.get(channel.power_factor.value, "1", "power_factor.value")
        clamp = 1.0 if channel.clamp is None else self.get(channel.clamp.value, "1", "clamp.value")
        gains, calibrated = self.gains()
        return Meter(
            name=self.name,
            sensor=channel.sensor or self.name,
            unit="W" if sends_power else "A",
            period=round(self.get(channel.period, "s", "period") * 1000),
            scale=self.volts * factor,
            reference_scale=self.volts,
            gains=gains or ((0, clamp),),
            calibrated=calibrated,
            uncalibrated=(*(() if sends_power else self.errors("voltage")), *self.errors("clamp")),
            machine=() if sends_power else tuple(self.errors("power_factor")),
        )

    def gains(self) -> tuple[tuple[tuple[int, float], ...], tuple[tuple[str, float], ...]]:
        points: list[tuple[int, float]] = []
        errors: dict[str, float] = {}
        for index, one in enumerate(self.channel.calibration):
            place = f"{self.place}.calibration.{index}"
            points.append(
                (
                    milliseconds(one.at, self.plant, f"{place}.at"),
                    self.get(one.gain, "1", f"calibration.{index}.gain"),
                )
            )
            amount = self.get(one.uncertainty, "1", f"calibration.{index}.uncertainty")
            source = one.shared or f"{self.name}.calibration"
            errors[source] = max(amount, errors.get(source, 0.0))
        return tuple(sorted(points)), tuple(errors.items())


def milliseconds(text: str, plant: Plant, place: str) -> int:
    """Milliseconds since 1970 UTC of a time with offset, as written in a plant file."""
    file, line = where(plant, place)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise RangeError(
            "not a time with offset",
            file=file,
            line=line,
            place=place,
            found=text,
            expected="ISO 8601 as 2026-04-01T08:55:00+09:00",
        )
    return round(at.timestamp() * 1000)


def day_offset(plant: Plant) -> int:
    """Local time less UTC in ms."""
    return round(number(plant, plant.utc_offset, "s", "utc_offset") * 1000)


def machines_on(plant: Plant, channel: str) -> dict[str, Machine]:
    """Machines on a clamp."""
    return {name: one for name, one in plant.machines.items() if one.channel == channel}


MOST_ON_A_CLAMP = 4


def _check(plant: Plant) -> None:
    if plant.plant != FORMAT:
        file, line = where(plant, "plant")
        raise UnsupportedError(
            "other version of the file format",
            file=file,
            line=line,
            place="plant",
            found=plant.plant,
            expected=FORMAT,
        )
    for table, entries, key, known in (
        ("machines", plant.machines, "channel", plant.channels),
        ("scanners", plant.scanners, "machine", plant.machines),
    ):
        for name, one in entries.items():
            wanted = getattr(one, key)
            if wanted not in known:
                place = f"{table}.{name}.{key}"
                file, line = where(plant, place)
                raise UnknownNameError(
                    f"no such {key}",
                    file=file,
                    line=line,
                    place=place,
                    found=wanted,
                    expected=list(known),
                    hint=did_you_mean(wanted, known),
                )
    check_ranges(plant)
    sensors: dict[str, str] = {}
    for name, channel in plant.channels.items():
        place = f"channels.{name}"  # it names the folder of its readings
        _in_range(plant, place, bool(FOLDER_NAME.match(name)), name, "a name that a folder can have")
        _in_range(plant, f"channels.{name}.phases", channel.phases in (1, 3), channel.phases, "1 or 3")
        found = meter(plant, name)
        _in_range(plant, f"channels.{name}.period", found.period > 0, found.period, "1 ms or more")
        other = sensors.setdefault(found.sensor, name)
        _in_range(plant, f"channels.{name}.sensor", other == name, found.sensor, "a sensor of its own")
        count = len(machines_on(plant, name))
        _in_range(
            plant,
            f"channels.{name}",
            count <= MOST_ON_A_CLAMP,
            f"{count} machines",
            f"{MOST_ON_A_CLAMP} at most",
        )
    for name, machine in plant.machines.items():
        place = f"machines.{name}"
        idle, running = (number(plant, getattr(machine, k), "W", f"{place}.{k}") for k in ("idle", "running"))
        _in_range(plant, f"{place}.running", 0 <= idle < running, running, "above idle")


def _in_range(plant: Plant, place: str, good: bool, found: object, expected: str) -> None:
    if not good:
        file, line = where(plant, place)
        raise RangeError("out of range", file=file, line=line, place=place, found=found, expected=expected)
