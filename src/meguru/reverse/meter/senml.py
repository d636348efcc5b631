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
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from meguru.errors import MeguruError, MissingValueError, RangeError, ReadingError, UnitError, WrongTypeError

UNITS = {"A": ("A", 1.0), "mA": ("A", 1e-3), "W": ("W", 1.0), "kW": ("W", 1e3)}
NO_NUMBER = -1  # a reading without running number
EARLIEST = 946_684_800  # 2000: a clock before was never set
LATEST = 7_258_118_400  # 2200; what lies behind it is no time in seconds
LARGEST_NUMBER = 10**12  # of a reading; times any period it still is a whole number of 64 bits
LONGEST_PACK = 100_000
NUMBERS = frozenset((int, float))  # true and "5" are none
VALUES = frozenset(("v", "vs", "vb", "vd", "s"))  # a record with a time and none of them lost its value
BASES = frozenset(("bn", "bt", "bu", "bv", "bs"))


class Odd(NamedTuple):
    """A reading of a pack that can not be taken, while others can: which one, from 0, and why."""

    row: int
    error: MeguruError


class Columns(NamedTuple):
    """Readings of one sensor as they were sent: the numbers of a pack before they are arrays.

    ``first`` is the running number of row 0 (:data:`NO_NUMBER`: none), ``rows`` where each reading stands in
    its pack, ``time`` in ms since 1970 UTC; ``total`` is NaN where no sum was sent.
    """

    sensor: str
    unit: str
    first: int
    rows: Sequence[int]
    time: list[int]
    value: list[float]
    total: list[float]
    odd: list[Odd]


@dataclass(frozen=True)
class Pack:
    """Readings of one sensor in the order sent; time in ms since 1970 UTC, NaN where no sum was sent.

    ``odd``: readings that are not among them, and why.
    """

    sensor: str
    unit: str
    sequence: NDArray[np.int64]
    time: NDArray[np.int64]
    value: NDArray[np.float64]
    total: NDArray[np.float64]
    odd: tuple[Odd, ...] = ()


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
        It is no SenML pack of one quantity of one sensor, or no reading of it can be taken.
    """
    found = read(payload)
    rows = np.array(found.rows, dtype=np.int64)
    return Pack(
        found.sensor, found.unit, np.where(found.first == NO_NUMBER, NO_NUMBER, found.first + rows),
        np.array(found.time, dtype=np.int64), np.array(found.value, dtype=np.float64),
        np.array(found.total, dtype=np.float64), tuple(found.odd),
    )  # fmt: skip


def read(payload: bytes | str) -> Columns:
    """The readings of a pack as lists, which for a few readings are quicker than arrays; see
    :func:`decode`."""
    prefix = unit = ""
    names, units, sequences = set(), set(), []
    bases: list[tuple[int, dict[str, Any]]] = [(0, {})]  # from which reading on they hold
    times: list[Any] = []
    values: list[Any] = []
    totals: dict[int, Any] = {}
    for record in _records(payload):
        if len(record) == 2 and "t" in record and "v" in record:  # most are of this form
            names.add(prefix)
            units.add(unit)
            times.append(record["t"])
            values.append(record["v"])
            continue
        if not BASES.isdisjoint(record):
            base = {**bases[-1][1], **{key: record[key] for key in BASES & record.keys()}}
            if bases[-1][0] == len(times):  # nothing was read with the last
                bases.pop()
            bases.append((len(times), base))
            prefix, unit = _text(base.get("bn", ""), "bn"), _text(base.get("bu", ""), "bu")
        name = record.get("n")
        if name == "sequence":
            sequences.append(record.get("v"))
        elif "v" in record or ("t" in record and VALUES.isdisjoint(record)):
            names.add(prefix if name is None else prefix + _text(name, "n"))
            units.add(unit if "u" not in record else _text(record["u"], "u"))
            if "s" in record:
                totals[len(times)] = record["s"]
            times.append(record.get("t", 0.0))
            values.append(record.get("v"))
    if len(names) > 1:
        raise RangeError("several sensors in a pack", found=", ".join(sorted(names)), expected="one")
    first = _first_number(sequences)
    canonical, factor = _unit(units, len(times))
    found = _all_at_once(times, values, totals, bases)
    if found is None:
        found = _one_by_one(times, values, totals, bases)
    rows, seconds, numbers, sums, odd = found
    return Columns(
        names.pop().rstrip(":/"), canonical, first, rows, [round(one * 1000.0) for one in seconds],
        [one * factor for one in numbers], [one * factor for one in sums], odd,
    )  # fmt: skip


_Found = tuple[Sequence[int], list[float], list[float], list[float], list[Odd]]


def _all_at_once(
    times: list[Any], values: list[Any], totals: dict[int, Any], bases: list[tuple[int, dict[str, Any]]]
) -> _Found | None:
    """Rows, times, values and sums where nothing is odd and one base holds for all; else None."""
    base = [bases[0][1].get(key, 0.0) for key in ("bt", "bv", "bs")]
    given = (times, values, totals.values())
    if len(bases) > 1 or not all(NUMBERS.issuperset(map(type, one)) for one in (base, *given)):
        return None
    try:
        seconds, numbers, sums = (
            [start + one for one in each] for start, each in zip(map(float, base), given, strict=True)
        )
    except OverflowError:
        return None
    # A sum is finite only if all are.
    if not math.isfinite(sum(seconds) + sum(numbers) + sum(sums)):
        return None
    if not EARLIEST <= min(seconds) <= max(seconds) <= LATEST:
        return None
    whole = [math.nan] * len(seconds)
    for row, one in zip(totals, sums, strict=True):
        whole[row] = one
    return range(len(seconds)), seconds, numbers, whole, []


def _one_by_one(
    times: list[Any], values: list[Any], totals: dict[int, Any], bases: list[tuple[int, dict[str, Any]]]
) -> _Found:
    """The same reading by reading: odd ones are kept apart.

    Raises
    ------
    ReadingError
        All are odd: the fault of the first.
    """
    rows, odd = [], []
    columns: tuple[list[float], list[float], list[float]] = ([], [], [])
    coming = iter([*bases, (len(times), {})])
    base, (until, following) = {}, next(coming)
    for row, (time, value) in enumerate(zip(times, values, strict=True)):
        while until <= row:
            base, (until, following) = following, next(coming)
        try:
            seconds = _sum(time, base, "t")
            _check_time(seconds, "sensor")
            found = (
                seconds,
                _sum(value, base, "v"),
                _sum(totals[row], base, "s") if row in totals else math.nan,
            )
        except MeguruError as error:
            odd.append(Odd(row, error))
            continue
        rows.append(row)
        for column, one in zip(columns, found, strict=True):
            column.append(one)
    if not rows:
        raise odd[0].error
    return rows, *columns, odd


def _sum(found: Any, base: dict[str, Any], key: str) -> float:
    """A field of a reading added to its base field; what is no number is refused, also what Python takes for
    one."""
    parts = (found, base.get(f"b{key}", 0.0))
    for one in parts:
        if type(one) not in NUMBERS:
            raise WrongTypeError("a record is not a number at a time", place=key, found=_kind(one))
    try:
        total = math.fsum(map(float, parts))
    except (OverflowError, ValueError):  # the latter: infinities of both signs
        total = math.inf
    if not math.isfinite(total):
        raise RangeError("not a finite number", place=key)
    return total


def _unit(units: set[str], count: int) -> tuple[str, float]:
    if len(units) > 1 or not units <= UNITS.keys():
        found = ", ".join(sorted(units))
        raise UnitError("not the unit of a clamp", found=found, expected=f"one of {', '.join(UNITS)}")
    if not 0 < count <= LONGEST_PACK:
        raise RangeError("too few or too many readings", found=count, expected=f"1 to {LONGEST_PACK}")
    return UNITS[next(iter(units))]


def _first_number(found: list[Any]) -> int:
    if not found:
        return NO_NUMBER
    if len(found) > 1:
        raise RangeError("several running numbers in a pack", found=len(found), expected="one")
    number = _real(found[0], "sequence")
    if not (number.is_integer() and 0 <= number <= LARGEST_NUMBER):
        raise RangeError("not a running number", found=found[0], expected=f"whole, 0 to {LARGEST_NUMBER}")
    return int(number)


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
