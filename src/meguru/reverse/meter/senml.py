"""SenML packs (RFC 8428) in JSON: what a sensor sends, as columns; scans.

A pack of a clamp is a list of records. Base fields (``bn``, ``bt``, ``bu``, ``bv``, ``bs``) hold from their
record on; each record gives a time (``t``, added to the base time) and a value (``v``). The sensor is the
name of the RFC, ``bn`` and ``n`` together, without a colon or stroke at its end. A record ``{"n": "sequence",
"u": "count", "v": 8640}`` is the running number of the pack's first reading; a field ``s`` (the sum of the
RFC: value × seconds since the sensor began) in the last record tells what was missed.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.errors import MissingValueError, RangeError, ReadingError, UnitError, WrongTypeError

UNITS = {"A": ("A", 1.0), "mA": ("A", 1e-3), "W": ("W", 1.0), "kW": ("W", 1e3)}
NO_NUMBER = -1  # a reading without running number
EARLIEST = 946_684_800  # 2000: a clock before was never set
LATEST = 7_258_118_400  # 2200; what lies behind it is no time in seconds
LARGEST_NUMBER = 10**12  # of a reading; times any period it still is a whole number of 64 bits
LONGEST_PACK = 100_000
NUMBERS = frozenset((int, float))  # true and "5" are none
BASES = frozenset(("bn", "bt", "bu", "bv", "bs"))


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
    base: dict[str, Any] = {}
    prefix = unit = ""
    names, units, sequences = set(), set(), []
    bases: list[dict[str, Any]] = []  # of each reading those that hold for it
    times: list[Any] = []
    values: list[Any] = []
    totals: dict[int, Any] = {}
    for record in records:
        if not BASES.isdisjoint(record):
            base = {**base, **{key: record[key] for key in BASES & record.keys()}}
            prefix, unit = _text(base.get("bn", ""), "bn"), _text(base.get("bu", ""), "bu")
        name = record.get("n")
        if name == "sequence":
            sequences.append(record.get("v"))
        elif "v" in record:
            names.add(prefix if name is None else prefix + _text(name, "n"))
            units.add(unit if "u" not in record else _text(record["u"], "u"))
            if "s" in record:
                totals[len(times)] = record["s"]
            bases.append(base)
            times.append(record.get("t", 0.0))
            values.append(record["v"])
    if len(names) > 1:
        raise RangeError("several sensors in a pack", found=", ".join(sorted(names)), expected="one")
    total = np.full(len(times), np.nan)
    total[list(totals)] = _sums("s", list(totals.values()), [bases[row] for row in totals])
    sensor = names.pop().rstrip(":/") if names else ""
    time, value = _sums("t", times, bases), _sums("v", values, bases)
    return _pack(sensor, units, _first_number(sequences), time, value, total)


def _sums(key: str, found: list[Any], bases: list[dict[str, Any]]) -> NDArray[np.float64]:
    """A field of readings added to its base field; what is no number is refused, also what Python takes for
    one."""
    sums = _floats(key, found)
    if bases and (bases[0] is not bases[-1] or f"b{key}" in bases[0]):
        sums = sums + _floats(f"b{key}", [base.get(f"b{key}", 0.0) for base in bases])
    if not np.isfinite(sums).all():
        raise RangeError("not a finite number", place=key)
    return sums


def _floats(key: str, found: list[Any]) -> NDArray[np.float64]:
    if not NUMBERS.issuperset(map(type, found)):
        odd = next(one for one in found if type(one) not in NUMBERS)
        raise WrongTypeError("a record is not a number at a time", place=key, found=_kind(odd))
    try:
        return np.array(found, dtype=np.float64)
    except OverflowError:
        return np.full(len(found), math.inf)


def _first_number(found: list[Any]) -> int | None:
    if not found:
        return None
    if len(found) > 1:
        raise RangeError("several running numbers in a pack", found=len(found), expected="one")
    number = _real(found[0], "sequence")
    if not (number.is_integer() and 0 <= number <= LARGEST_NUMBER):
        raise RangeError("not a running number", found=found[0], expected=f"whole, 0 to {LARGEST_NUMBER}")
    return int(number)


def _pack(
    sensor: str,
    units: set[str],
    sequence: int | None,
    time: NDArray[np.float64],
    value: NDArray[np.float64],
    total: NDArray[np.float64],
) -> Pack:
    if len(units) > 1 or not units <= UNITS.keys():
        found = ", ".join(sorted(units))
        raise UnitError("not the unit of a clamp", found=found, expected=f"one of {', '.join(UNITS)}")
    if not 0 < time.size <= LONGEST_PACK:
        raise RangeError("too few or too many readings", found=time.size, expected=f"1 to {LONGEST_PACK}")
    _check_time(float(time.min()), "sensor")
    _check_time(float(time.max()), "sensor")
    canonical, factor = UNITS[units.pop()]
    numbers = (
        np.full(time.size, NO_NUMBER, dtype=np.int64)
        if sequence is None
        else np.arange(sequence, sequence + time.size, dtype=np.int64)
    )
    when = np.rint(time * 1000).astype(np.int64)
    return Pack(sensor, canonical, numbers, when, value * factor, total * factor)


def decode_scan(payload: bytes | str) -> Scan:
    """An item scanned: records ``item`` and, where known, ``type``, both as ``vs``."""
    records = _records(payload)
    head = records[0]
    texts = {_text(record.get("n", ""), "n"): record.get("vs", "") for record in records}
    item, kind = (_text(texts.get(key, ""), key) for key in ("item", "type"))
    if not item:
        raise MissingValueError(
            "a scan names no item", found=str(payload)[:80], expected='{"n": "item", "vs": …}'
        )
    time = _real(head.get("bt", 0.0), "bt") + _real(head.get("t", 0.0), "t")
    _check_time(time, "scanner")
    return Scan(round(time * 1000), _text(head.get("bn", ""), "bn").rstrip(":/"), item, kind or None)


def is_scan(payload: bytes) -> bool:
    """Whether a pack is of a scanner: it has a value that is a text."""
    return b'"vs"' in payload


def _records(payload: bytes | str) -> list[dict[str, Any]]:
    try:
        records = json.loads(payload)
    except (ValueError, RecursionError):  # the latter: brackets in brackets without end
        raise ReadingError("not JSON", found=str(payload)[:80], expected="a SenML pack") from None
    if not isinstance(records, list) or not records or not all(isinstance(one, dict) for one in records):
        raise ReadingError("not a list of records", found=str(payload)[:80], expected="a SenML pack")
    return records


def _real(found: Any, key: str) -> float:
    if type(found) not in NUMBERS:
        raise WrongTypeError(f"{key} is not a number", found=_kind(found))
    try:
        number = float(found)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise RangeError("not a finite number", place=key)
    return number


def _text(found: Any, key: str) -> str:
    """A text that can be written: half a surrogate pair can not."""
    if not isinstance(found, str):
        raise WrongTypeError(f"{key} is not a text", found=_kind(found))
    if not found.isascii() and any("\ud800" <= letter <= "\udfff" for letter in found):
        raise WrongTypeError(f"{key} is not a text", found=ascii(found))
    return found


def _kind(found: Any) -> str:
    """What was found, or only its kind: a list may be deeper than can be shown."""
    return found if isinstance(found, str) else type(found).__name__


def _check_time(seconds: float, of: str) -> None:
    if seconds < EARLIEST:
        raise RangeError(f"the clock of the {of} was never set", found=seconds)
    if seconds > LATEST:
        raise RangeError(
            "not a time", found=seconds, expected="seconds since 1970", hint="Milliseconds are not divided."
        )


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
