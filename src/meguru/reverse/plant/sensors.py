"""What the sensors and scanners of a simulated line send, with faults. Everything here is synthetic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from meguru.random import uniforms
from meguru.reverse.meter.components import Plant
from meguru.reverse.meter.numbers import number
from meguru.reverse.meter.plant_file import MILLISECONDS_A_DAY, Meter, day_offset, machines_on, meter
from meguru.reverse.meter.readings import Readings
from meguru.reverse.meter.senml import Scan, encode, encode_scan
from meguru.reverse.plant.line import Shift, TrueCycle, normals, watts, work

INRUSH, INRUSH_SECONDS = 1.6, 2
SWELL, SWELL_SECONDS = 0.05, 40.0  # power at work goes up and down by this share, over so long
NOISE = 0.01
REST = 900.0  # s before and after the shift at which reference loads are switched on
LEAD = (8.0, 2.0)  # s from a scan to the start, mean and standard deviation
DOUBLE_AFTER = 3_000  # ms
LATENCY = 300  # ms from the last reading of a pack to its receipt
DIGITS = 4


@dataclass(frozen=True)
class Faults:
    """What goes wrong at a simulated plant; with everything at zero nothing does.

    ``loss`` share of packs that never come; ``drift`` change of a clamp's gain a day; ``steps`` of the
    sensors' clocks a day, of ``step`` seconds up and down in turn; ``missed`` and ``double`` shares of scans,
    those of reference loads among them.
    """

    loss: float = 0.0
    drift: float = 0.0
    steps: int = 0
    step: float = 30.0
    missed: float = 0.0
    double: float = 0.0


ALL_FAULTS = Faults(loss=0.02, drift=0.03, steps=2, step=30.0, missed=0.05, double=0.02)


@dataclass(frozen=True)
class Simulated:
    """A simulated plant at work: what was done in truth, and the scans that were made of it. Synthetic.

    ``loads``: reference loads as they were switched on, each as the scan that should be made of it.
    """

    plant: Plant
    days: list[int]
    shift: Shift
    seed: int
    faults: Faults
    pack: int
    cycles: list[TrueCycle]
    loads: list[Scan]
    scans: list[Scan]

    def true_watts(self, channel: str, day: int) -> NDArray[np.float64]:
        """Power on a clamp in each period of a local day, reference loads among it."""
        return _Day(self, meter(self.plant, channel), day).watts()

    def readings(self, channel: str, day: int) -> Readings:
        """What arrives of a channel's day."""
        return _Day(self, meter(self.plant, channel), day).arrived()

    def messages(self, channel: str, day: int) -> Iterator[tuple[int, bytes]]:
        """The packs of a channel's day as sensors send them: time of receipt in ms, SenML."""
        found = meter(self.plant, channel)
        arrived = self.readings(channel, day)
        edges = np.flatnonzero(np.diff(arrived.received, prepend=-1))
        for first, last in zip(edges, [*edges[1:], len(arrived)], strict=True):
            rows = arrived.take(slice(first, last))
            total = float(rows.total[-1])
            yield (
                int(rows.received[0]),
                encode(found.sensor, found.unit, int(rows.sequence[0]), rows.time, rows.value, total, DIGITS),
            )


def simulate_plant(
    plant: Plant,
    days: Sequence[int],
    *,
    shift: Shift | None = None,
    faults: Faults | None = None,
    seed: int = 0,
    pack: int = 10,
) -> Simulated:
    """Let a simulated plant work some days.

    Parameters
    ----------
    days
        Local days, counted from 1970.
    pack
        Readings sent together.
    """
    shift, faults = shift or Shift(), faults or Faults()
    cycles = work(plant, days, shift, seed)
    loads = list(_references(plant, days, shift))
    scans = [
        *_made(_scans(plant, cycles, seed), faults, seed, "scans"),
        *_made(loads, faults, seed, "references"),
    ]
    scans.sort(key=lambda scan: (scan.time, scan.scanner, scan.item))
    return Simulated(plant, list(days), shift, seed, faults, pack, cycles, loads, scans)


def stream(simulated: Simulated, day: int) -> Iterator[tuple[int, str, bytes]]:
    """All messages of a day in order of receipt: ms, topic, payload."""
    midnight = day * MILLISECONDS_A_DAY - day_offset(simulated.plant)
    packs = [
        (received, f"readings/{channel}", payload)
        for channel in simulated.plant.channels
        for received, payload in simulated.messages(channel, day)
    ]
    scans = [
        (scan.time, f"scans/{scan.scanner}", encode_scan(scan))
        for scan in simulated.scans
        if midnight <= scan.time < midnight + MILLISECONDS_A_DAY
    ]
    yield from sorted([*packs, *scans])


def _scans(plant: Plant, cycles: list[TrueCycle], seed: int) -> list[Scan]:
    """The scan that should be made of each cycle."""
    scanners = {one.machine: name for name, one in plant.scanners.items()}
    seen = [cycle for cycle in cycles if cycle.machine in scanners]
    lead = LEAD[0] + LEAD[1] * normals(seed, "scans.lead", len(seen))
    return [
        Scan(cycle.start - round(early * 1000), scanners[cycle.machine], cycle.item, cycle.type or None)
        for cycle, early in zip(seen, lead.tolist(), strict=True)
    ]


def _made(scans: list[Scan], faults: Faults, seed: int, name: str) -> Iterator[Scan]:
    """The scans that are made of those that should be: some are missed, some made twice."""
    missed = uniforms(seed, f"{name}.missed", len(scans)) < faults.missed
    double = uniforms(seed, f"{name}.double", len(scans)) < faults.double
    for index, scan in enumerate(scans):
        if not missed[index]:
            yield scan
            if double[index]:
                yield replace(scan, time=scan.time + DOUBLE_AFTER)


def _references(plant: Plant, days: Sequence[int], shift: Shift) -> Iterator[Scan]:
    """A reference load on every clamp, a quarter of an hour before the shift and after it."""
    if not plant.references:
        return
    name = next(iter(plant.references))
    for day in days:
        midnight = day * MILLISECONDS_A_DAY - day_offset(plant)
        for seconds in (shift.start - REST, shift.end + REST):
            for channel in plant.channels:
                yield Scan(midnight + round(seconds * 1000), channel, name)


class _Day:
    """One channel on one day."""

    def __init__(self, simulated: Simulated, channel: Meter, day: int) -> None:
        self.of, self.channel, self.day = simulated, channel, day
        self.midnight = day * MILLISECONDS_A_DAY - day_offset(simulated.plant)
        self.count = MILLISECONDS_A_DAY // channel.period
        self.key = f"{channel.name}.{day}"

    def row(self, time: int) -> int:
        return min(self.count, max(0, (time - self.midnight) // self.channel.period))

    def watts(self) -> NDArray[np.float64]:
        plant, shift = self.of.plant, self.of.shift
        power = np.zeros(self.count)
        start, end = (self.row(self.midnight + round(seconds * 1000)) for seconds in (shift.start, shift.end))
        machines = machines_on(plant, self.channel.name)
        for name, machine in machines.items():
            idle, running = watts(plant, name, machine)
            power[start:end] += idle
            cycles = [one for one in self.of.cycles if one.machine == name]
            for cycle in cycles:
                first, last = self.row(cycle.start), self.row(cycle.end)
                if first < last:
                    power[first:last] += (running - idle) * self._shape(last - first)
        for load in self._loads():
            power[self._reference(load)] += number(plant, plant.references[load.item].power, "W", load.item)
        return power

    def _shape(self, count: int) -> NDArray[np.float64]:
        seconds = np.arange(count) * self.channel.period / 1000.0
        shape = 1.0 + SWELL * np.sin(2 * np.pi * seconds / SWELL_SECONDS)
        shape[seconds < INRUSH_SECONDS] = INRUSH
        return shape

    def _loads(self) -> list[Scan]:
        return [load for load in self.of.loads if load.scanner == self.channel.name]

    def _reference(self, scan: Scan) -> slice:
        lasts = number(self.of.plant, self.of.plant.references[scan.item].lasts, "s", scan.item)
        return slice(self.row(scan.time), self.row(scan.time + round(lasts * 1000)))

    def sent(self) -> Readings:
        """Every reading of the day, as the clamp and its clock tell it."""
        faults, since = self.of.faults, self.day - self.of.days[0]
        row = np.arange(self.count)
        days = since + row / self.count
        power = self.watts()
        factor = np.where(self._is_reference(row), self.channel.reference_scale, self.channel.scale)
        drifted = (1.0 + faults.drift) ** days
        noise = 1.0 + NOISE * normals(self.of.seed, f"noise.{self.key}", self.count)
        value = np.maximum(0.0, power / factor * drifted * noise).round(DIGITS)
        time = self.midnight + row * self.channel.period
        received = (
            time[np.minimum(self.count - 1, row // self.of.pack * self.of.pack + self.of.pack - 1)] + LATENCY
        )
        # The sensor's own sum, which begins anew each day.
        total = np.round(np.cumsum(value, dtype=np.float64) * (self.channel.period / 1000.0), DIGITS)
        last = (row % self.of.pack == self.of.pack - 1) | (row == self.count - 1)
        return Readings(
            since * self.count + row, time + self._clock(row), value, np.where(last, total, np.nan), received
        )

    def _is_reference(self, row: NDArray[np.int64]) -> NDArray[np.bool_]:
        on = np.zeros(row.size, dtype=bool)
        for load in self._loads():
            on[self._reference(load)] = True
        return on

    def _clock(self, row: NDArray[np.int64]) -> NDArray[np.int64]:
        """How far the clock stands wrong: steps up and down in turn, at whole packs, right again at
        midnight."""
        wrong = np.zeros(row.size, dtype=np.int64)
        faults = self.of.faults
        drawn = np.sort(uniforms(self.of.seed, f"clock.{self.key}", faults.steps))
        for index, share in enumerate(drawn.tolist()):
            first = int(share * self.count) // self.of.pack * self.of.pack
            wrong[first:] += round(faults.step * 1000) * (1 if index % 2 == self.day % 2 else -1)
        return wrong

    def arrived(self) -> Readings:
        """What is left when packs were lost."""
        sent = self.sent()
        pack = np.arange(len(sent)) // self.of.pack
        lost = uniforms(self.of.seed, f"loss.{self.key}", int(pack[-1]) + 1) < self.of.faults.loss
        return sent.take(~lost[pack])
