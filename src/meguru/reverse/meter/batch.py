"""Messages sorted out: readings by channel, scans, and what can not be taken, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meguru.errors import MeguruError, RangeError, UnitError, UnknownNameError, did_you_mean
from meguru.reverse.meter.components import Plant
from meguru.reverse.meter.journal import Damage, Message
from meguru.reverse.meter.plant_file import Meter
from meguru.reverse.meter.readings import Readings, joined
from meguru.reverse.meter.senml import NO_NUMBER, Columns, Scan, decode_scan, is_scan, read
from meguru.reverse.meter.store import Aside

AHEAD = 120_000  # ms that a clock may be ahead of ours: steps of half a minute are common
FUTURE = "from the future"
TOO_MUCH = "more than any meter gives"
BELOW_NOTHING = "a current below nothing"
DAMAGED = "a damaged stretch of the journal"
NO_SCANNER = "no such scanner"
MOST_WATTS = 1e9  # of a reading; a year of it in µWh still is a whole number of 64 bits
MOST_WATT_SECONDS = 1e15  # of the sum that a sensor sends
TOGETHER = 100_000  # readings that are checked at once


class Batch:
    """Messages sorted out: readings by channel, scans, and what can not be taken."""

    def __init__(self, plant: Plant, meters: dict[str, Meter]) -> None:
        self.meters = meters
        self.scanners = known_scanners(plant)
        self.scans: list[Scan] = []
        self.aside: list[Aside] = []
        self._parts: dict[str, list[Readings]] = {}
        self._open: dict[str, _Unchecked] = {}

    def add(self, message: Message) -> None:
        """One message; what can not be taken is set aside with the reason."""
        try:
            if is_scan(message.payload):
                self._scan(message)
            else:
                self._pack(read(message.payload), message)
        except MeguruError as error:
            self.aside.append(_aside(message, error))

    def add_readings(self, channel: str, readings: Readings) -> None:
        """Readings of a channel that were checked."""
        self._parts.setdefault(channel, []).append(readings)

    def readings(self) -> Iterator[tuple[str, Readings]]:
        """All that can be taken, by channel."""
        for name in self._open:
            self._check(name)
        for name, parts in self._parts.items():
            yield name, joined(parts)

    def _scan(self, message: Message) -> None:
        scan = decode_scan(message.payload)
        if scan.time > message.received + AHEAD:
            raise _ahead(scan.time - message.received)
        if scan.scanner not in self.scanners:
            raise UnknownNameError(
                NO_SCANNER,
                found=scan.scanner,
                expected=sorted(self.scanners),
                hint=did_you_mean(scan.scanner, self.scanners),
            )
        self.scans.append(scan)

    def _pack(self, pack: Columns, message: Message) -> None:
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
        if pack.time[-1] > message.received + AHEAD:  # a clock is a fault of the pack, not of a reading
            raise _ahead(pack.time[-1] - message.received)
        self.aside += [_aside(message, odd.error, odd.row) for odd in pack.odd]
        unchecked = self._open.get(found.name)
        if unchecked is None:
            unchecked = self._open[found.name] = _Unchecked(found)
        unchecked.add(pack, message)
        if len(unchecked.time) >= TOGETHER:
            self._check(found.name)

    def _check(self, channel: str) -> None:
        good, aside = self._open[channel].sorted_out()
        self._open[channel] = _Unchecked(self._open[channel].meter)
        self.add_readings(channel, good)
        self.aside += aside

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


class _Unchecked:
    """Packs of one channel one behind the other; what they may not hold is looked for in all at once."""

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self.messages: list[Message] = []
        self.counts: list[int] = []
        self.sizes: list[int] = []  # with readings that were odd
        self.rows: list[int] = []
        self.sequence: list[int] = []
        self.time: list[int] = []
        self.value: list[float] = []
        self.total: list[float] = []

    def add(self, pack: Columns, message: Message) -> None:
        self.messages.append(message)
        self.counts.append(len(pack.rows))
        self.sizes.append(len(pack.rows) + len(pack.odd))
        self.rows.extend(pack.rows)
        self.sequence.extend(
            [NO_NUMBER] * len(pack.rows)
            if pack.first == NO_NUMBER
            else [pack.first + row for row in pack.rows]
        )
        self.time.extend(pack.time)
        self.value.extend(pack.value)
        self.total.extend(pack.total)

    def sorted_out(self) -> tuple[Readings, list[Aside]]:
        """Readings that can be, and the others: a pack as a whole if none of it can be."""
        pack = np.repeat(np.arange(len(self.counts)), self.counts)
        received = np.array([one.received for one in self.messages], dtype=np.int64)[pack]
        found = Readings(
            np.array(self.sequence, dtype=np.int64), np.array(self.time, dtype=np.int64),
            np.array(self.value, dtype=np.float64), np.array(self.total, dtype=np.float64), received,
        )  # fmt: skip
        bad = self._bad(found)
        if not bad.any():
            return found, []
        whole = np.bincount(pack[bad], minlength=len(self.counts)) == self.sizes
        aside, told = [], set()
        for row in np.flatnonzero(bad).tolist():
            which = int(pack[row])
            if not whole[which]:
                aside.append(_aside(self.messages[which], self._error(found, row), self.rows[row]))
            elif which not in told:
                told.add(which)
                aside.append(_aside(self.messages[which], self._error(found, row)))
        return found.take(~bad), aside

    def _bad(self, found: Readings) -> NDArray[np.bool_]:
        ahead = found.time > found.received + AHEAD
        below = (found.value < 0.0) & (self.meter.unit == "A")
        return np.asarray(ahead | below | too_much(found.value, found.total, self.meter.scale))

    def _error(self, found: Readings, row: int) -> MeguruError:
        """Why a reading can not be."""
        value, total = float(found.value[row]), float(found.total[row])
        late = int(found.time[row] - found.received[row])
        if late > AHEAD:
            return _ahead(late)
        if too_much(found.value[row : row + 1], found.total[row : row + 1], self.meter.scale).any():
            most = np.nanmax(np.abs([value, total]))
            return RangeError(
                TOO_MUCH, place=self.meter.name, found=f"{most:g} {self.meter.unit}",
                expected=f"{MOST_WATTS:g} W at most",
            )  # fmt: skip
        return RangeError(BELOW_NOTHING, place=self.meter.name, found=f"{value:g} A", expected="0 A or more")


def _aside(message: Message, error: MeguruError, row: int | None = None) -> Aside:
    """A message, or one reading of it, and why it is not taken; the store keeps the message once."""
    detail = str(error) if row is None else f"reading {row + 1} of the pack: {error}"
    return Aside(
        message.received, message.topic, error.message, detail, message.payload, row, part=row is not None
    )


def _ahead(late: int) -> RangeError:
    return RangeError(
        FUTURE, found=f"{late / 1000:.0f} s after it was received", expected=f"{AHEAD / 1000:.0f} s at most"
    )


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
