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

from meguru.errors import (
    MeguruError,
    WriteError,
)
from meguru.reverse.meter.batch import Batch
from meguru.reverse.meter.components import Plant
from meguru.reverse.meter.journal import Damage, Journal, Message, journals, messages
from meguru.reverse.meter.plant_file import MILLISECONDS_A_DAY, day_offset, meter
from meguru.reverse.meter.readings import Readings, without_duplicates
from meguru.reverse.meter.senml import Scan
from meguru.reverse.meter.store import Store, make_folder

CONFLICT = "came again with another value"
ANOTHER_TIME = "came again with another time"


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
        batch = Batch(self.plant, self.meters)
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
        batch = Batch(self.plant, self.meters)
        batch.add_readings(channel, readings)
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

    def _write(self, batch: Batch) -> None:
        for channel, readings in batch.readings():
            self._write_channel(channel, readings, batch)
        if batch.scans:
            self.add_scans(batch.scans)
        if batch.aside:
            self.store.set_aside(batch.aside)
            self.report.aside.update(entry.reason for entry in batch.aside)

    def _write_channel(self, channel: str, more: Readings, batch: Batch) -> None:
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


def _opened(lock: Path) -> int:
    try:
        return os.open(lock, os.O_CREAT | os.O_RDWR)
    except OSError as error:
        raise WriteError(f"can not be written: {error.strerror or error}", file=str(lock)) from error
