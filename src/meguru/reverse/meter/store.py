"""The store: readings as Parquet by channel and day, scans by day, what was set aside; written beside, then
renamed.

readings/CHANNEL/2026-04-01.parquet   time, sequence, value, total, received
scans/2026-04-01.parquet              time, scanner, item, type
aside/2026-04-01.jsonl                what could not be taken, with the reason
journal/                              what came and is not in the tables yet
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from meguru.errors import NotReadableError, WriteError
from meguru.files.writing import write_beside
from meguru.reverse.meter.plant_file import MILLISECONDS_A_DAY
from meguru.reverse.meter.readings import NEVER, Readings, in_order, joined, none
from meguru.reverse.meter.senml import Scan

INSTANT = pa.timestamp("ms", tz="UTC")
READINGS = pa.schema(
    [
        ("time", INSTANT),
        ("sequence", pa.int64()),
        ("value", pa.float64()),
        ("total", pa.float64()),
        ("received", INSTANT),
    ]
)
SCANS = pa.schema([("time", INSTANT), ("scanner", pa.string()), ("item", pa.string()), ("type", pa.string())])
# Times and numbers grow evenly: their differences take next to no room.
EVEN = {"time": "DELTA_BINARY_PACKED", "sequence": "DELTA_BINARY_PACKED", "received": "DELTA_BINARY_PACKED"}


@dataclass(frozen=True)
class Aside:
    """A message, or part of one, that could not be taken."""

    received: int
    topic: str
    reason: str
    detail: str
    payload: bytes

    def digest(self) -> str:
        """What makes it the same when the journal is read again."""
        key = f"{self.received}\0{self.topic}\0{self.reason}\0".encode() + self.payload
        return hashlib.blake2b(key, digest_size=12).hexdigest()


@dataclass(frozen=True)
class Store:
    """A folder of readings; ``offset`` is local time less UTC in ms, by which days are parted."""

    folder: Path
    offset: int = 0

    # -- days --

    def day(self, time: int) -> int:
        """The local day of a time, counted from 1970."""
        return (time + self.offset) // MILLISECONDS_A_DAY

    def days(self, channel: str) -> list[int]:
        """Days for which a channel has readings."""
        return sorted(_number(path) for path in (self.folder / "readings" / channel).glob("*.parquet"))

    def channels(self) -> list[str]:
        """Channels that have readings."""
        return sorted(path.name for path in (self.folder / "readings").glob("*") if path.is_dir())

    # -- readings --

    def path(self, channel: str, day: int) -> Path:
        """The file of a channel and day."""
        return self.folder / "readings" / channel / f"{name_of(day)}.parquet"

    def read(self, channel: str, day: int) -> Readings:
        """Readings of a channel and day; none if there is no file."""
        path = self.path(channel, day)
        if not path.exists():
            return none()
        table = _read(path)
        received = table["received"].combine_chunks().cast(pa.int64())
        return Readings(
            sequence=table["sequence"].to_numpy(),
            time=table["time"].combine_chunks().cast(pa.int64()).to_numpy(),
            value=table["value"].to_numpy(),
            total=table["total"].to_numpy(),
            received=(received if not received.null_count else received.fill_null(NEVER)).to_numpy(),
        )

    def read_days(self, channel: str, days: Iterable[int], period: int) -> Readings:
        """Readings of several days in the order in which the sensor took them."""
        return in_order(joined([self.read(channel, day) for day in days]), period)

    def write(self, channel: str, day: int, readings: Readings) -> None:
        """Write the file of a channel and day.

        Raises
        ------
        WriteError
            It can not be written; what stood there stays.
        """
        table = pa.table(
            {
                "time": pa.array(readings.time).cast(INSTANT),
                "sequence": readings.sequence,
                "value": readings.value,
                "total": pa.array(readings.total, mask=np.isnan(readings.total)),
                "received": pa.array(readings.received, mask=readings.received == NEVER).cast(INSTANT),
            },
            schema=READINGS,
        )
        _write(self.path(channel, day), table, use_dictionary=["value"], column_encoding=EVEN)

    # -- scans --

    def scans(self, days: Iterable[int] | None = None) -> list[Scan]:
        """Scans in order of time; of all days, or of some."""
        folder = self.folder / "scans"
        paths = (
            sorted(folder.glob("*.parquet"))
            if days is None
            else [folder / f"{name_of(d)}.parquet" for d in days]
        )
        found = [
            Scan(time, scanner, item, kind)
            for path in paths
            if path.exists()
            for time, scanner, item, kind in zip(
                *(column.to_pylist() for column in _scan_columns(_read(path))), strict=True
            )
        ]
        return sorted(found, key=lambda scan: (scan.time, scan.scanner, scan.item))

    def add_scans(self, scans: Sequence[Scan]) -> int:
        """Add scans; gives how many were known already."""
        by_day: dict[int, list[Scan]] = {}
        for scan in scans:
            by_day.setdefault(self.day(scan.time), []).append(scan)
        known = 0
        for day, more in by_day.items():
            before = self.scans([day])
            whole = sorted({*before, *more}, key=lambda scan: (scan.time, scan.scanner, scan.item))
            known += len(before) + len(more) - len(whole)
            if len(whole) > len(before):
                self._write_scans(day, whole)
        return known

    def _write_scans(self, day: int, scans: list[Scan]) -> None:
        columns = {
            "time": pa.array([scan.time for scan in scans], pa.int64()).cast(INSTANT),
            "scanner": [scan.scanner for scan in scans],
            "item": [scan.item for scan in scans],
            "type": [scan.type for scan in scans],
        }
        _write(self.folder / "scans" / f"{name_of(day)}.parquet", pa.table(columns, schema=SCANS))

    # -- what was set aside --

    def set_aside(self, entries: Iterable[Aside]) -> None:
        """Keep what could not be taken, by day of receipt; what is there already is not written twice."""
        by_day: dict[int, list[Aside]] = {}
        for entry in entries:
            by_day.setdefault(self.day(entry.received), []).append(entry)
        for day, more in by_day.items():
            path = self.folder / "aside" / f"{name_of(day)}.jsonl"
            lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
            known = {json.loads(line)["digest"] for line in lines}
            for entry in more:
                if entry.digest() not in known:
                    known.add(entry.digest())
                    lines.append(json.dumps(_aside_row(entry), ensure_ascii=False))
            make_folder(path.parent)
            write_beside(path, ("\n".join(lines) + "\n").encode())

    def aside(self) -> list[dict[str, Any]]:
        """What was set aside: received, topic, reason, detail, payload."""
        return [
            json.loads(line)
            for path in sorted((self.folder / "aside").glob("*.jsonl"))
            for line in path.read_text(encoding="utf-8").splitlines()
        ]


def _aside_row(entry: Aside) -> dict[str, Any]:
    at = datetime.fromtimestamp(entry.received / 1000, UTC).isoformat(timespec="milliseconds")
    payload = base64.b64encode(entry.payload).decode()
    return {
        "received": at,
        "topic": entry.topic,
        "reason": entry.reason,
        "detail": entry.detail,
        "digest": entry.digest(),
        "payload": payload,
    }


def _scan_columns(table: Any) -> list[Any]:
    return [table["time"].cast(pa.int64()), table["scanner"], table["item"], table["type"]]


def name_of(day: int) -> str:
    """A day counted from 1970 as 2026-04-01."""
    return str(np.datetime64(int(day), "D"))


def _number(path: Path) -> int:
    return int(np.datetime64(path.stem, "D").astype(np.int64))


def make_folder(folder: Path) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise WriteError(f"can not be made: {error.strerror or error}", file=str(folder)) from error


def _read(path: Path) -> Any:
    try:
        return pq.read_table(path, use_threads=False, memory_map=True)
    except (pa.ArrowInvalid, OSError) as error:
        raise NotReadableError("not a Parquet file of readings", file=str(path), found=str(error)) from error


def _write(path: Path, table: Any, **more: Any) -> None:
    make_folder(path.parent)
    data = io.BytesIO()
    pq.write_table(table, data, compression="zstd", **{"use_dictionary": True, **more})
    write_beside(path, data.getvalue())
