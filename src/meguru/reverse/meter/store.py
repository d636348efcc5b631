"""The store: readings as Parquet by channel and day, scans by day, what was set aside; written beside, then
renamed.

readings/CHANNEL/2026-04-01.parquet   time, sequence, value, total, received
scans/2026-04-01.parquet              time, scanner, item, type
aside/2026-04-01.jsonl                what could not be taken, with the reason
journal/                              what came and is not in the tables yet
store.json                            the plant, and the hour at which its days end
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
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from meguru.errors import ContradictionError, NotReadableError, WriteError
from meguru.files.writing import write_beside
from meguru.reverse.meter.journal import sync_folder
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
MARK = "store.json"
ESCAPED = "backslashreplace"  # of a text that no file can hold
ASIDE_KEYS = frozenset(("received", "topic", "reason", "detail", "digest", "payload"))
# Times and numbers grow evenly: their differences take next to no room.
EVEN = {"time": "DELTA_BINARY_PACKED", "sequence": "DELTA_BINARY_PACKED", "received": "DELTA_BINARY_PACKED"}


@dataclass(frozen=True)
class Aside:
    """A message, or part of one, that could not be taken.

    ``row``: which one of a table, a journal or a message; ``part``: the payload is the whole message, kept
    with the first of its rows alone.
    """

    received: int
    topic: str
    reason: str
    detail: str
    payload: bytes
    row: int | None = None
    part: bool = False

    def digest(self) -> str:
        """What makes it the same when the journal, or the row of a table, is read again."""
        which = self.received if self.row is None else f"row {self.row}"
        key = f"{which}\0{self.topic}\0{self.reason}\0".encode(errors=ESCAPED)
        return _digest(key + (_message(self.payload).encode() if self.part else self.payload))


@dataclass(frozen=True)
class Store:
    """A folder of readings; ``offset`` is local time less UTC in ms, by which days are parted."""

    folder: Path
    offset: int = 0

    # -- whose it is --

    def claim(self, plant: str) -> None:
        """Note for whom the store is, or refuse another plant and another end of the day.

        Raises
        ------
        ContradictionError
            It is of another; the same reading could then be kept twice, under two days.
        """
        found = self.check(plant)
        if found is None:
            data = {"plant": plant, "utc_offset_seconds": self.offset / 1000}
            _keep(self.folder / MARK, (json.dumps(data, ensure_ascii=False) + "\n").encode())

    def check(self, plant: str | None = None) -> dict[str, Any] | None:
        """What the store says of itself, if it says anything; see :meth:`claim`."""
        path = self.folder / MARK
        if not path.exists():
            return None
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            offset, name = found["utc_offset_seconds"], found["plant"]
        except (ValueError, TypeError, KeyError, OSError) as error:
            raise NotReadableError("does not say whose readings these are", file=str(path)) from error
        for key, there, wanted in (
            ("utc_offset", offset, self.offset / 1000),
            ("plant", name, name if plant is None else plant),
        ):
            if there != wanted:
                raise ContradictionError(
                    "the store is of another plant, or its days end at another hour",
                    file=str(path),
                    place=key,
                    found=f"{wanted} s" if key == "utc_offset" else wanted,
                    expected=f"{there} s" if key == "utc_offset" else there,
                    hint="Take the readings into a new store.",
                )
        return dict(found)

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
            rows = _aside_rows(path) if path.exists() else []
            lines = [json.dumps(row, ensure_ascii=False) for row in rows]
            # A table may be read again on another day; a journal keeps the time of receipt.
            again = self.aside() if any(entry.row is not None for entry in more) else rows
            known = {row["digest"] for row in again}
            kept = {row["message"] for row in again if "message" in row}
            for entry in more:
                if (digest := entry.digest()) not in known:
                    known.add(digest)
                    row = _aside_row(entry, digest, kept)
                    lines.append(json.dumps(row, ensure_ascii=False))
            make_folder(path.parent)
            _keep(path, ("\n".join(lines) + "\n").encode(errors=ESCAPED))

    def aside(self) -> list[dict[str, Any]]:
        """What was set aside: received, topic, reason, detail, payload.

        Readings of one pack have one ``message``; its payload stands with the first of them, so that the list
        grows as the packs do and not with their square.
        """
        return [row for path in sorted((self.folder / "aside").glob("*.jsonl")) for row in _aside_rows(path)]


def _aside_rows(path: Path) -> list[dict[str, Any]]:
    rows = []
    for number, line in enumerate(_text(path).split("\n"), 1):
        if not line:
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict) or not ASIDE_KEYS <= row.keys():
            raise NotReadableError(
                "no row of what was set aside", file=str(path), line=number, found=line,
                hint="Mend or remove the line; the other rows are whole.",
            )  # fmt: skip
        rows.append(row)
    return rows


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise NotReadableError("can not be read as text", file=str(path), found=str(error)) from error


def _aside_row(entry: Aside, digest: str, kept: set[str]) -> dict[str, Any]:
    """A row of what was set aside; the message of a part is added to those that are ``kept``."""
    at = datetime.fromtimestamp(entry.received / 1000, UTC).isoformat(timespec="milliseconds")
    row = {
        "received": at,
        "topic": entry.topic,
        "reason": entry.reason,
        "detail": entry.detail,
        "digest": digest,
        "payload": "",
    }
    message = None
    if entry.part:
        message = row["message"] = _message(entry.payload)
    if message not in kept:
        row["payload"] = base64.b64encode(entry.payload).decode()
    if message is not None:
        kept.add(message)
    return row


@lru_cache(maxsize=1)  # readings of one message follow each other
def _message(payload: bytes) -> str:
    return _digest(payload)


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=12).hexdigest()


def _scan_columns(table: Any) -> list[Any]:
    return [table["time"].cast(pa.int64()), table["scanner"], table["item"], table["type"]]


def name_of(day: int) -> str:
    """A day counted from 1970 as 2026-04-01."""
    return str(np.datetime64(int(day), "D"))


def _number(path: Path) -> int:
    return int(np.datetime64(path.stem, "D").astype(np.int64))


def make_folder(folder: Path) -> None:
    try:
        if not folder.is_dir():
            os.makedirs(folder, exist_ok=True)
            sync_folder(folder.parent)
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
    _keep(path, data.getvalue())


def _keep(path: Path, data: bytes) -> None:
    """Write a file so that it is there after a power cut: the journal that holds the same is deleted then."""
    write_beside(path, data)
    sync_folder(path.parent)
