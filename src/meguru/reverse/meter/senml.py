"""SenML packs (RFC 8428) in JSON: what a sensor sends, as columns; scans.

A pack of a clamp is a list of records: the first names the sensor (``bn``), may give base time, unit and
value (``bt``, ``bu``, ``bv``), and each record gives a time (``t``, added to the base time) and a value
(``v``). A record ``{"n": "sequence", "u": "count", "v": 8640}`` is the running number of the pack's first
reading; a field ``s`` (the sum of the RFC: value × seconds since the sensor began) in the last record tells
what was missed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.errors import MissingValueError, RangeError, ReadingError, UnitError, WrongTypeError

UNITS = {"A": ("A", 1.0), "mA": ("A", 1e-3), "W": ("W", 1.0), "kW": ("W", 1e3)}
NO_NUMBER = -1  # a reading without running number
EARLIEST = 946_684_800  # 2000: a clock before was never set
LONGEST_PACK = 100_000


@dataclass(frozen=True)
class Pack:
    """Readings of one sensor in the order sent; time in ms since 1970 UTC, NaN where no sum was sent."""

    sensor: str
    unit: str
    sequence: NDArray[np.int64]
    time: NDArray[np.int64]
    value: NDArray[np.float64]
    total: NDArray[np.float64]


@dataclass(frozen=True)
class Scan:
    """An item seen by a scanner; time in ms."""

    time: int
    scanner: str
    item: str
    type: str | None = None


def decode(payload: bytes | str) -> Pack:
    """The readings of a pack.

    Raises
    ------
    ReadingError
        It is no SenML pack of one quantity of one sensor.
    """
    records = _records(payload)
    head = records[0]
    base_time, base_unit, base_value = (head.get(key) for key in ("bt", "bu", "bv"))
    units, sequence = set(), NO_NUMBER
    times: list[float] = []
    values: list[float] = []
    totals: list[tuple[int, float]] = []
    try:
        for record in records:
            if record.get("n") == "sequence":
                sequence = int(record["v"])
                continue
            if "v" not in record:
                continue
            units.add(record.get("u", base_unit))
            if "s" in record:
                totals.append((len(times), float(record["s"])))
            times.append(record.get("t", 0.0))
            values.append(record["v"])
        time = np.array(times, dtype=np.float64)
        value = np.array(values, dtype=np.float64)
    except (TypeError, ValueError, KeyError, OverflowError):
        raise WrongTypeError("a record is not a number at a time", found=str(payload)[:80]) from None
    if base_time is not None:
        time += _real(base_time, "bt")
    if base_value is not None:
        value += _real(base_value, "bv")
    return _pack(str(head.get("bn", "")).rstrip(":/"), units, sequence, time, value, totals)


def _pack(
    sensor: str,
    units: set[Any],
    sequence: int,
    time: NDArray[np.float64],
    value: NDArray[np.float64],
    totals: list[tuple[int, float]],
) -> Pack:
    if len(units) > 1 or not units <= UNITS.keys():
        found = ", ".join(sorted(map(str, units)))
        raise UnitError("not the unit of a clamp", found=found, expected=f"one of {', '.join(UNITS)}")
    if not 0 < time.size <= LONGEST_PACK:
        raise RangeError("too few or too many readings", found=time.size, expected=f"1 to {LONGEST_PACK}")
    if not (np.isfinite(time).all() and np.isfinite(value).all()):
        raise RangeError("not a finite number")
    if time.min() < EARLIEST:
        raise RangeError("the clock of the sensor was never set", found=float(time.min()))
    canonical, factor = UNITS[units.pop()]
    if factor != 1.0:
        value = value * factor
    total = np.full(time.size, np.nan)
    for index, amount in totals:
        total[index] = amount * factor
    numbers = (
        np.full(time.size, NO_NUMBER, dtype=np.int64)
        if sequence == NO_NUMBER
        else np.arange(sequence, sequence + time.size, dtype=np.int64)
    )
    return Pack(sensor, canonical, numbers, np.rint(time * 1000).astype(np.int64), value, total)


def decode_scan(payload: bytes | str) -> Scan:
    """An item scanned: records ``item`` and, where known, ``type``, both as ``vs``."""
    records = _records(payload)
    head = records[0]
    texts = {record.get("n"): record.get("vs") for record in records}
    item = texts.get("item")
    if not isinstance(item, str) or not item:
        raise MissingValueError(
            "a scan names no item", found=str(payload)[:80], expected='{"n": "item", "vs": …}'
        )
    time = _real(head.get("bt", 0.0), "bt") + _real(head.get("t", 0.0), "t")
    if time < EARLIEST:
        raise RangeError("the clock of the scanner was never set", found=time)
    kind = texts.get("type")
    return Scan(round(time * 1000), str(head.get("bn", "")).rstrip(":/"), item, kind or None)


def is_scan(payload: bytes) -> bool:
    """Whether a pack is of a scanner: it has a value that is a text."""
    return b'"vs"' in payload


def _records(payload: bytes | str) -> list[dict[str, Any]]:
    try:
        records = json.loads(payload)
    except ValueError:
        raise ReadingError("not JSON", found=str(payload)[:80], expected="a SenML pack") from None
    if not isinstance(records, list) or not records or not all(isinstance(one, dict) for one in records):
        raise ReadingError("not a list of records", found=str(payload)[:80], expected="a SenML pack")
    return records


def _real(found: Any, key: str) -> float:
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        raise WrongTypeError(f"{key} is not a number", found=found)
    return float(found)


def encode(
    sensor: str,
    unit: str,
    sequence: int,
    time: NDArray[np.int64],
    value: NDArray[np.float64],
    total: float | None = None,
    digits: int = 4,
) -> bytes:
    """A pack as a sensor sends it; ``time`` in ms."""
    start = int(time[0])
    records: list[dict[str, Any]] = [{"bn": f"{sensor}:", "bt": start / 1000, "bu": unit}]
    if sequence != NO_NUMBER:
        records.append({"n": "sequence", "u": "count", "v": sequence})
    after = ((time - start) / 1000).tolist()
    records += [{"t": t, "v": v} for t, v in zip(after, np.round(value, digits).tolist(), strict=True)]
    if total is not None:
        records[-1]["s"] = round(total, digits)
    return json.dumps(records, separators=(",", ":")).encode()


def encode_scan(scan: Scan) -> bytes:
    """A scan as a scanner sends it."""
    records: list[dict[str, Any]] = [
        {"bn": f"{scan.scanner}:", "bt": scan.time / 1000, "n": "item", "vs": scan.item}
    ]
    if scan.type is not None:
        records.append({"n": "type", "vs": scan.type})
    return json.dumps(records, separators=(",", ":"), ensure_ascii=False).encode()
