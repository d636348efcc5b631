"""Ingestion: messages into the journal, from there into the tables; each reading once, nothing lost."""

from __future__ import annotations

import fcntl
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from meguru.errors import (
    MeguruError,
    RangeError,
    UnitError,
    UnknownNameError,
    WriteError,
    did_you_mean,
)
from meguru.reverse.meter.components import Plant
from meguru.reverse.meter.journal import Damage, Journal, Message, journals, messages
from meguru.reverse.meter.plant_file import MILLISECONDS_A_DAY, Meter, day_offset, meter
from meguru.reverse.meter.readings import Readings, joined, without_duplicates
from meguru.reverse.meter.senml import Pack, Scan, decode, decode_scan, is_scan
from meguru.reverse.meter.store import Aside, Store, make_folder

AHEAD = 120_000  # ms that a clock may be ahead of ours: steps of half a minute are common
CONFLICT = "came again with another value"
ANOTHER_TIME = "came again with another time"
TOO_MUCH = "more than any meter gives"
BELOW_NOTHING = "a current below nothing"
DAMAGED = "a damaged stretch of the journal"
NO_SCANNER = "no such scanner"
MOST_WATTS = 1e9  # of a reading; a year of it in µWh still is a whole number of 64 bits
MOST_WATT_SECONDS = 1e15  # of the sum that a sensor sends


@dataclass
class Report:
    """What an ingestion did: counts; scans by type that the plant lacks; what was set aside by reason."""

    messages: int = 0
    readings: int = 0
    scans: int = 0
    duplicates: int = 0
    unknown_types: Counter[str] = field(default_factory=Counter)
    aside: Counter[str] = field(default_factory=Counter)


class Ingest:
    """Takes messages for a plant into a store. One at a time may write to a store.

    >>> with Ingest(plant, Path("store")) as ingest:
    ...     ingest.take("readings/clamp-01", payload)
    ...     ingest.sync()  # only now may they be acknowledged
    ...     ingest.settle()  # into the tables

    Raises
    ------
    WriteError
        Another process writes to the store; the disk is full.
    ContradictionError
        The store is of another plant, or its days end at another hour.
    """

    def __init__(self, plant: Plant, folder: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.plant, self.clock = plant, clock
        self.store = Store(folder, day_offset(plant))
        self.meters = {one.sensor: one for one in (meter(plant, name) for name in plant.channels)}
        self.journal = Journal(folder / "journal")
        self.report = Report()
        make_folder(folder)
        self._lock = _opened(folder / "lock")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise WriteError("another process takes readings into this store", file=str(folder)) from None
        try:
            self.store.claim(plant.name)
        except MeguruError:
            os.close(self._lock)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.journal.close()
        finally:
            os.close(self._lock)  # and with it the lock

    def take(self, topic: str, payload: bytes, received: int | None = None) -> None:
        """Take a message into the journal; it is safe when :meth:`sync` returns."""
        now = round(self.clock() * 1000) if received is None else received
        self.journal.append(Message(now, topic, payload))
        self.report.messages += 1

    def sync(self) -> None:
        """Wait until everything taken is on the disk."""
        self.journal.sync()

    def settle(self) -> Report:
        """Move the journal into the tables; broken off anywhere, it can be done again."""
        self.journal.close()
        paths = journals(self.journal.folder)
        batch = _Batch(self.plant, self.meters)
        for path in paths:
            for one in messages(path):
                if isinstance(one, Damage):
                    batch.damaged(path, one)
                else:
                    batch.add(one)
        self._write(batch)
        for path in paths:
            path.unlink()
        return self.report

    def add(self, channel: str, readings: Readings) -> None:
        """Readings of a channel straight into the tables."""
        batch = _Batch(self.plant, self.meters)
        batch.readings[channel] = [readings]
        self._write(batch)

    def add_scans(self, scans: Iterable[Scan]) -> None:
        """Scans straight into the tables."""
        given = list(scans)
        known = self.store.add_scans(given)
        types = self.plant.types
        self.report.unknown_types.update(
            scan.type for scan in given if scan.type is not None and types and scan.type not in types
        )
        self.report.duplicates += known
        self.report.scans += len(given) - known

    def _write(self, batch: _Batch) -> None:
        for channel, parts in batch.readings.items():
            self._write_channel(channel, joined(parts), batch)
        if batch.scans:
            self.add_scans(batch.scans)
        if batch.aside:
            self.store.set_aside(batch.aside)
            self.report.aside.update(entry.reason for entry in batch.aside)

    def _write_channel(self, channel: str, more: Readings, batch: _Batch) -> None:
        period = meter(self.plant, channel).period
        day = (more.time + self.store.offset) // MILLISECONDS_A_DAY
        for one in np.unique(day).tolist():
            before = self.store.read(channel, one)
            whole, known, conflicts, moved = without_duplicates(before, more.take(day == one), period)
            if len(whole) > len(before):
                self.store.write(channel, one, whole)
            self.report.readings += len(whole) - len(before)
            self.report.duplicates += known
            batch.conflicts(channel, conflicts, CONFLICT)
            batch.conflicts(channel, moved, ANOTHER_TIME)


class _Batch:
    """Messages sorted out: readings by channel, scans, and what can not be taken."""

    def __init__(self, plant: Plant, meters: dict[str, Meter]) -> None:
        self.meters = meters
        self.scanners = known_scanners(plant)
        self.readings: dict[str, list[Readings]] = {}
        self.scans: list[Scan] = []
        self.aside: list[Aside] = []

    def add(self, message: Message) -> None:
        """One message; what can not be taken is set aside with the reason."""
        try:
            if is_scan(message.payload):
                scan = decode_scan(message.payload)
                _not_ahead(scan.time, message)
                if scan.scanner not in self.scanners:
                    raise UnknownNameError(
                        NO_SCANNER,
                        found=scan.scanner,
                        expected=sorted(self.scanners),
                        hint=did_you_mean(scan.scanner, self.scanners),
                    )
                self.scans.append(scan)
            else:
                self._pack(decode(message.payload), message)
        except MeguruError as error:
            self.aside.append(
                Aside(message.received, message.topic, error.message, str(error), message.payload)
            )

    def _pack(self, pack: Pack, message: Message) -> None:
        found = self.meters.get(pack.sensor)
        if found is None:
            raise UnknownNameError(
                "no channel has this sensor",
                found=pack.sensor,
                expected=list(self.meters),
                hint=did_you_mean(pack.sensor, self.meters),
            )
        if pack.unit != found.unit:
            raise UnitError(
                "not the unit of the channel", place=found.name, found=pack.unit, expected=found.unit
            )
        _not_ahead(int(pack.time.max()), message)
        if too_much(pack.value, pack.total, found.scale).any():
            raise RangeError(
                TOO_MUCH,
                place=found.name,
                found=f"{np.nanmax(np.abs([*pack.value, *pack.total])):g} {pack.unit}",
                expected=f"{MOST_WATTS:g} W at most",
            )
        if pack.unit == "A" and (pack.value < 0.0).any():
            raise RangeError(
                BELOW_NOTHING, place=found.name, found=f"{pack.value.min():g} A", expected="0 A or more"
            )
        received = np.full(pack.time.size, message.received, dtype=np.int64)
        self.readings.setdefault(found.name, []).append(
            Readings(pack.sequence, pack.time, pack.value, pack.total, received)
        )

    def damaged(self, path: Path, damage: Damage) -> None:
        """Bytes of a journal that can not be read: kept and shown."""
        received = round(path.stat().st_mtime * 1000)
        detail = f"{path.name}: {len(damage.data)} bytes from {damage.start} on"
        self.aside.append(
            Aside(received, path.name, DAMAGED, f"{DAMAGED}: {detail}", damage.data, damage.start)
        )

    def conflicts(self, channel: str, readings: Readings, reason: str) -> None:
        """Readings that were there with another value or another time."""
        for row in range(len(readings)):
            number, at, value = (getattr(readings, key)[row] for key in ("sequence", "time", "value"))
            detail = f"{channel}: number {number} at {at} ms: {value:g}"
            received = int(max(readings.received[row], at))
            self.aside.append(Aside(received, channel, reason, detail, detail.encode()))


def known_scanners(plant: Plant) -> frozenset[str]:
    """Who may scan: scanners, and channels onto which a reference load is switched."""
    sensors = {one.sensor for one in plant.channels.values() if one.sensor is not None}
    return frozenset({*plant.scanners, *plant.channels, *sensors})


def too_much(
    value: NDArray[np.float64], total: NDArray[np.float64], scale: float | NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Which readings, or sums of a sensor (nan: none), no meter gives: whole µWh could not hold them."""
    sums = np.abs(np.nan_to_num(total, nan=0.0, posinf=np.inf, neginf=np.inf))
    return np.asarray((np.abs(value) * scale > MOST_WATTS) | (sums * scale > MOST_WATT_SECONDS))


def _opened(lock: Path) -> int:
    try:
        return os.open(lock, os.O_CREAT | os.O_RDWR)
    except OSError as error:
        raise WriteError(f"can not be written: {error.strerror or error}", file=str(lock)) from error


def _not_ahead(at: int, message: Message) -> None:
    if at > message.received + AHEAD:
        raise RangeError(
            "from the future",
            found=f"{(at - message.received) / 1000:.0f} s after it was received",
            expected=f"{AHEAD / 1000:.0f} s at most",
        )
