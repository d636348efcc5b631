"""What a plant does now: which machine runs, kWh so far, on which item."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meguru.errors import MeguruError
from meguru.reverse.meter.components import Plant
from meguru.reverse.meter.plant_file import MILLISECONDS_A_DAY, day_offset, meter
from meguru.reverse.meter.power import Gains, power
from meguru.reverse.meter.readings import NEVER, Readings
from meguru.reverse.meter.senml import Scan, decode, decode_scan, is_scan
from meguru.reverse.segment.stream import Segmenter

MICRO = 1e-9  # µWh → kWh
SCAN_BEFORE = 120_000  # ms that a scan may lie before the start of its item


@dataclass(frozen=True)
class Row:
    """One machine now. ``since`` in ms; energies in kWh; ``item`` by the last scan, None: none fits."""

    machine: str
    step: str
    running: bool
    since: int | None
    kwh: float
    item: str | None
    items_today: int
    kwh_today: float


class Live:
    """Follows a plant message by message.

    It counts what arrives; gaps are filled and clocks mended afterwards, by ``meguru reverse segment``.
    """

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        self.meters = {one.sensor: one for one in (meter(plant, name) for name in plant.channels)}
        self.segmenters = {one.name: Segmenter(plant, one) for one in self.meters.values()}
        self.offset = day_offset(plant)
        self.now: int | None = None
        self.readings = self.refused = self.odd = 0
        self._gains: dict[str, Gains] = {}
        self._last: dict[str, int] = {}
        self._scans: dict[str, Scan] = {}
        self._references: list[Scan] = []
        self._done: dict[tuple[str, int], tuple[int, int]] = {}

    def push(self, topic: str, payload: bytes) -> None:
        """One message; what can not be read is counted as refused, a reading of a pack as odd."""
        try:
            if is_scan(payload):
                self._scan(decode_scan(payload))
            else:
                self._pack(payload)
        except MeguruError:
            self.refused += 1

    def rows(self) -> list[Row]:
        """All machines in the order of the plant file."""
        found = {row.machine: row for name in self.segmenters for row in self._rows(name)}
        return [found[name] for name in self.plant.machines]

    def _rows(self, channel: str) -> list[Row]:
        segmenter = self.segmenters[channel]
        running = segmenter.running()
        today = 0 if self.now is None else (self.now + self.offset) // MILLISECONDS_A_DAY
        rows = []
        for name in segmenter.levels.machines:
            since, energy = running.get(name, (None, 0))
            count, done = self._done.get((name, today), (0, 0))
            scan = self._scans.get(name)
            fits = (
                scan is not None
                and since is not None
                and since - SCAN_BEFORE <= scan.time <= since + SCAN_BEFORE
            )
            rows.append(
                Row(
                    name,
                    self.plant.machines[name].step,
                    since is not None,
                    since,
                    energy * MICRO,
                    scan.item if fits and scan is not None else None,
                    count,
                    (done + energy) * MICRO,
                )
            )
        return rows

    def _scan(self, scan: Scan) -> None:
        scanner = self.plant.scanners.get(scan.scanner)
        if scanner is not None:
            self._scans[scanner.machine] = scan
        elif scan.item in self.plant.references:
            self._references.append(scan)

    def _pack(self, payload: bytes) -> None:
        pack = decode(payload)
        channel = self.meters[pack.sensor] if pack.sensor in self.meters else None
        if channel is None or pack.unit != channel.unit:
            self.refused += 1
            return
        key = int(pack.sequence[-1]) if pack.sequence[-1] >= 0 else int(pack.time[-1])
        if key <= self._last.get(channel.name, -1):
            return  # came before
        self._last[channel.name] = key
        self.odd += len(pack.odd)
        received = np.full(pack.time.size, NEVER, dtype=np.int64)
        readings = Readings(pack.sequence, pack.time, pack.value, pack.total, received)
        measured = power(self.plant, channel, readings, self._references, self._gains.get(channel.name))
        self._gains[channel.name] = measured.gains
        segmenter = self.segmenters[channel.name]
        for row in segmenter.push(measured).tolist():
            name, day = segmenter.levels.machines[row[0]], (row[1] + self.offset) // MILLISECONDS_A_DAY
            count, energy = self._done.get((name, day), (0, 0))
            self._done[name, day] = (count + 1, energy + row[3])
        self.readings += len(readings)
        self.now = max(self.now or 0, int(pack.time[-1]))
