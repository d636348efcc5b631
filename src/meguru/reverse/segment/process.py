"""From a store of readings to cycles with items, and a closed account of every channel and day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from meguru.errors import BalanceError, NotReadableError
from meguru.reverse.meter.components import Plant
from meguru.reverse.meter.period import check_period
from meguru.reverse.meter.plant_file import MILLISECONDS_A_DAY, Meter, day_offset, meter
from meguru.reverse.meter.power import Gains, Power, energy_by_day, energy_by_sensor, power
from meguru.reverse.meter.readings import Readings, in_order, joined, none
from meguru.reverse.meter.senml import NO_NUMBER, Scan
from meguru.reverse.meter.store import Store, name_of
from meguru.reverse.segment.attribute import Attributed, attribute
from meguru.reverse.segment.stream import DAY_COLUMNS, Segmenter

if TYPE_CHECKING:
    from pandas import DataFrame

DAYS_AT_ONCE = 31
DENIED = "does not agree with what was read: the gap is filled without it"
CYCLES = (
    "channel",
    "machine",
    "step",
    "start",
    "end",
    "seconds",
    "microwatthours",
    "estimated",
    "cut",
    "item",
    "type",
)

ACCOUNT = ("channel", "day", *DAY_COLUMNS, "total", "sensor", "difference")


@dataclass(frozen=True)
class Measured:
    """What the readings say.

    Attributes
    ----------
    cycles
        One row a cycle: channel, machine, step, start and end (ms), seconds, microwatthours (whole; of which
        ``estimated`` in gaps), cut (broken off by a gap, the first or the last reading), item and type (none:
        no scan fits).
    days
        One row a channel and day: cycles, idle, unassigned and total in whole µWh; the three are the total
        exactly. ``sensor``: the same energy by the sensor's own readings and sum, past the account;
        ``difference``: total less sensor.
    faults
        One row for each gap, jump of a clock, reference load that gives no gain, and sum of a sensor that
        does not agree with what was read, so that it tells nothing of a gap: channel, kind, start (ms),
        seconds, what was done.
    scans
        One row a machine: scans, doubles, scans without cycle, cycles without scan.
    sources
        Channel → source of error → relative standard uncertainty.
    """

    cycles: DataFrame
    days: DataFrame
    faults: DataFrame
    scans: DataFrame
    sources: dict[str, dict[str, float]]


def process(plant: Plant, store: Store, days: Iterable[int] | None = None) -> Measured:
    """Segment and attribute all channels of a store, or some days of it.

    Raises
    ------
    BalanceError
        Cycles, idle and unassigned are not the energy of the readings: a fault of meguru.
    NotReadableError
        There is no such store.
    ContradictionError
        The store is of another plant, or its days end at another hour.
    RangeError
        Readings do not come at the period of their channel.
    """
    if not store.folder.is_dir():
        raise NotReadableError("no such store of readings", file=str(store.folder))
    store.check(plant.name)
    scans: dict[str, list[Scan]] = {}
    for scan in store.scans():
        scans.setdefault(scan.scanner, []).append(scan)
    wanted = None if days is None else set(days)
    parts = [_Channel(plant, meter(plant, name), scans) for name in plant.channels]
    for part in parts:
        found = [day for day in store.days(part.meter.name) if wanted is None or day in wanted]
        for first in range(0, len(found), DAYS_AT_ONCE):
            part.push(store, found[first : first + DAYS_AT_ONCE])
        part.close(lambda time: wanted is None or store.day(time) in wanted)
    return Measured(
        cycles=_frame([frame for part in parts for frame in part.cycles], CYCLES),
        days=_frame([part.account() for part in parts], ACCOUNT),
        faults=pd.DataFrame(
            [row for part in parts for row in part.faults],
            columns=["channel", "kind", "start", "seconds", "done"],
        ),
        scans=pd.DataFrame(
            [row for part in parts for row in part.scan_counts()],
            columns=["machine", "scans", "double", "extra", "missed"],
        ),
        sources={part.meter.name: dict(part.sources) for part in parts},
    )


def _frame(frames: list[DataFrame], columns: Sequence[str]) -> DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=list(columns))


def _until_told(readings: Readings) -> int:
    """How many readings there are up to the last sum of the sensor; all where none is within a day."""
    told = np.flatnonzero(np.isfinite(readings.total))
    if not told.size or abs(int(readings.time[-1] - readings.time[told[-1]])) > MILLISECONDS_A_DAY:
        return len(readings)
    return int(told[-1]) + 1


def _numbered(readings: Readings) -> bool:
    return bool(readings.sequence[0] != NO_NUMBER)


class _Channel:
    """One channel, days after days."""

    def __init__(self, plant: Plant, channel: Meter, scans: dict[str, list[Scan]]) -> None:
        self.plant, self.meter = plant, channel
        self.segmenter = Segmenter(plant, channel)
        self.offset = day_offset(plant)
        references = plant.references
        here = {channel.name, channel.sensor}
        self.references = [scan for name in here for scan in scans.get(name, ()) if scan.item in references]
        self.scans: dict[str, list[Scan]] = {name: [] for name in self.segmenter.levels.machines}
        for name, scanner in plant.scanners.items():
            if scanner.machine in self.scans:
                self.scans[scanner.machine] += scans.get(name, [])
        for of_machine in self.scans.values():
            of_machine.sort(key=lambda scan: scan.time)  # of several scanners
        self.cycles: list[DataFrame] = []
        self.faults: list[tuple[str, str, int, float, str]] = []
        self.totals: dict[int, int] = {}
        self.by_sensor: dict[int, float] = {}
        self.gains: Gains | None = None
        self.waiting, self.overlap = none(), 0
        self.sources = channel.sources
        self.counts: dict[str, list[int]] = {name: [0, 0, 0, 0] for name in self.scans}

    def push(self, store: Store, days: Sequence[int]) -> None:
        """The next days."""
        found = store.read_days(self.meter.name, days, self.meter.period)
        check_period(self.plant, self.meter, found)
        self._take(found, _until_told)

    def _take(self, more: Readings, until: Callable[[Readings], int]) -> None:
        """Readings behind those that wait; those behind the last sum of the sensor wait for the next.

        With the last that was taken they make gaps at the border of two such parts gaps like others.
        """
        if len(self.waiting) and len(more) and _numbered(self.waiting) != _numbered(more):
            self._take(none(), len)  # how they follow each other can not be told
            self.waiting, self.overlap = none(), 0
        last, behind = self.waiting.take(slice(0, self.overlap)), self.waiting.take(slice(self.overlap, None))
        if len(behind) and len(more):
            more = in_order(joined([behind, more]), self.meter.period)
        found = joined([part for part in (last, more if len(more) else behind) if len(part)])
        end = until(found)
        self.waiting = found
        if end <= self.overlap:
            return
        self.waiting = found.take(np.arange(end - 1, len(found)))  # a slice would hold all the others
        found = found.take(slice(0, end))
        self._measure(found)
        self.overlap = 1

    def _measure(self, found: Readings) -> None:
        measured = power(self.plant, self.meter, found, self.references, self.gains, self.overlap)
        self.gains, self.sources = measured.gains, measured.gains.sources
        for day, energy in energy_by_day(measured, self.offset).items():
            self.totals[day] = self.totals.get(day, 0) + energy
        for day, told in energy_by_sensor(self.meter, measured, self.offset).items():
            self.by_sensor[day] = self.by_sensor.get(day, 0.0) + told
        for jump in measured.jumps:
            self.faults.append((self.meter.name, "clock", jump.time, jump.step / 1000, jump.mended))
        for time, why in measured.gains.refused:
            self.faults.append((self.meter.name, "reference", time, 0.0, why))
        for gap in measured.gaps:
            missing = (gap.end - gap.start - self.meter.period) / 1000
            self.faults.append((self.meter.name, "gap", gap.start + self.meter.period, missing, ""))
        for span in measured.denied:
            lasts = (span.end - span.start) / 1000
            self.faults.append((self.meter.name, "sum", span.start, lasts, DENIED))
        self._attribute(self.segmenter.push(measured), measured)

    def close(self, wanted: Callable[[int], bool]) -> None:
        """Nothing comes any more: the account must close. ``wanted``: whether a time is accounted for."""
        self._take(none(), len)
        if self.segmenter.state[2] > 0:
            self._attribute(self.segmenter.finish(), None)
        for name, counts in self.counts.items():
            left = sum(wanted(scan.time) for scan in self.scans[name])  # no cycle was near
            counts[0] += left
            counts[2] += left
        for day, total in self.totals.items():
            parts = self.segmenter.days[day]
            if int(parts.sum()) != total:
                raise BalanceError(
                    "cycles, idle and unassigned are not the total",
                    place=f"{self.meter.name} {name_of(day)}",
                    found=f"{int(parts.sum())} µWh",
                    expected=f"{total} µWh",
                )

    def account(self) -> DataFrame:
        """Where the energy of each day went, µWh."""
        rows = [
            (self.meter.name, name_of(day), *self.segmenter.days[day].tolist(), total, sensor, total - sensor)
            for day, total in sorted(self.totals.items())
            for sensor in (round(self.by_sensor.get(day, 0.0)),)
        ]
        return pd.DataFrame(rows, columns=list(ACCOUNT))

    def scan_counts(self) -> Iterator[tuple[str | int, ...]]:
        """Of each machine: scans, doubles, scans without cycle, cycles without scan."""
        for name, counts in self.counts.items():
            yield (name, *counts)

    def _attribute(self, cycles: NDArray[np.int64], measured: Power | None) -> None:
        levels = self.segmenter.levels
        for index, name in enumerate(levels.machines):
            rows = cycles[cycles[:, 0] == index]
            if not len(rows):
                continue
            rows = rows[np.argsort(rows[:, 1], kind="stable")]
            found = attribute(
                self.plant,
                name,
                rows,
                self._scans_for(name, measured, rows),
                measured,
                float(levels.above_idle[index]),
            )
            counts = self.counts[name]
            for place, more in enumerate(
                (len(found.scans) + found.double, found.double, found.extra, int((found.scan < 0).sum()))
            ):
                counts[place] += more
            self.cycles.append(self._table(name, found))

    def _scans_for(self, name: str, measured: Power | None, rows: NDArray[np.int64]) -> list[Scan]:
        """Scans in the time of these readings."""
        first, last = int(rows[0, 1]), int(rows[-1, 2])
        if measured is not None:
            first, last = min(first, int(measured.time[0])), max(last, int(measured.time[-1]))
        margin = 3_600_000
        scans = self.scans[name]
        begin, end = first - margin, last
        taken = [scan for scan in scans if begin <= scan.time < end]
        before = sum(scan.time < begin for scan in scans)
        self.counts[name][0] += before
        self.counts[name][2] += before
        self.scans[name] = [scan for scan in scans if scan.time >= end]
        return taken

    def _table(self, name: str, found: Attributed) -> DataFrame:
        rows = found.cycles
        items = [found.scans[index].item if index >= 0 else None for index in found.scan.tolist()]
        types = [found.scans[index].type if index >= 0 else None for index in found.scan.tolist()]
        return pd.DataFrame(
            {
                "channel": self.meter.name,
                "machine": name,
                "step": self.plant.machines[name].step,
                "start": rows[:, 1],
                "end": rows[:, 2],
                "seconds": (rows[:, 2] - rows[:, 1]) / 1000.0,
                "microwatthours": rows[:, 3],
                "estimated": rows[:, 4],
                "cut": rows[:, 5].astype(bool),
                "item": pd.Series(items, dtype=object),
                "type": pd.Series(types, dtype=object),
            }
        )
