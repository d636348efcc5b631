"""From readings to power and energy: clocks mended, gaps filled, clamps calibrated by reference loads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.engine.compiled import load_kernel
from meguru.reverse.meter.clock import Clocked, Jump, mended
from meguru.reverse.meter.components import Plant
from meguru.reverse.meter.numbers import number
from meguru.reverse.meter.plant_file import MILLISECONDS_A_DAY, Meter
from meguru.reverse.meter.readings import NEVER, Readings
from meguru.reverse.meter.senml import Scan

LONGEST_FILLED = 120_000  # ms of a gap that is filled by a straight line
LONGEST_TOLD = 32 * MILLISECONDS_A_DAY  # of a gap that is filled by what the sensor's sum says
SETTLING = 5_000  # ms at both ends of a reference load that are left out
BEFORE = 30_000  # ms before it that tell what ran beneath
FEWEST = 5
UNSTEADY = 0.05  # of a reference load's step, by which the middle half of the readings may differ
MOST_OFF = 1.5  # times or part of the last gain known: more is no drift


@dataclass(frozen=True)
class Gap:
    """Time in ms without readings."""

    start: int
    end: int


@dataclass(frozen=True)
class Power:
    """Power of a channel.

    ``time`` of each reading in ms, ``power`` in W, ``energy`` in whole µWh, ``state`` 0 read, 1 estimated
    (in a short gap), 2 unknown (in a long gap, of which the sensor's sum tells the energy), 3 a reference
    load is on. ``clocked``: the readings themselves, with mended clocks. ``denied``: between two sums of
    the sensor that have gaps between them and do not agree with what was read. ``overlap``: how many of
    ``clocked`` were told before.
    """

    time: NDArray[np.int64]
    power: NDArray[np.float64]
    energy: NDArray[np.int64]
    state: NDArray[np.uint8]
    gaps: list[Gap]
    jumps: list[Jump]
    gains: Gains
    clocked: Clocked | None = None
    denied: list[Gap] = field(default_factory=list)
    overlap: int = 0


@dataclass(frozen=True)
class Gains:
    """The gain of a clamp in time (ms), and the sources of its error with relative standard uncertainty.

    ``refused``: when a reference load was scanned that gives no gain, and why.
    """

    time: NDArray[np.int64]
    gain: NDArray[np.float64]
    sources: dict[str, float]
    windows: NDArray[np.int64]
    refused: tuple[tuple[int, str], ...] = ()


def power(
    plant: Plant,
    channel: Meter,
    readings: Readings,
    scans: Iterable[Scan],
    before: Gains | None = None,
    overlap: int = 0,
) -> Power:
    """Power and energy of a channel from its readings.

    Parameters
    ----------
    readings
        In order, each once.
    scans
        Those of reference loads at the channel calibrate the clamp.
    before
        The gains known from earlier readings.
    overlap
        1: the first reading was the last of those before; what follows it is told, it is not. 0: none was.

    Returns
    -------
    Power = reading × voltage × √phases × power factor × gain.
    """
    kernel = _kernel()
    clocked = mended(readings, channel.period)
    known = clocked.readings
    gains = calibrated(plant, channel, known, scans, before)
    longest = LONGEST_FILLED // channel.period
    most = LONGEST_TOLD // channel.period if np.isfinite(known.total).any() else 0
    rows = len(known) + int(kernel.count_missing(clocked.number, clocked.life, longest, most))
    time, value = np.empty(rows, dtype=np.int64), np.empty(rows)
    state = np.empty(rows, dtype=np.uint8)
    denied = np.empty((int(np.isfinite(known.total).sum()), 2), dtype=np.int64)
    _, denials = kernel.fill(
        clocked.number, clocked.life, known.time, known.value, known.total,
        channel.period, longest, most, time, value, state, denied,
    )  # fmt: skip
    watts, energy = np.empty(rows), np.empty(rows, dtype=np.int64)
    kernel.weigh(
        time, value, state, channel.scale, gains.time, gains.gain,
        gains.windows[:, 0].copy(), gains.windows[:, 1].copy(), channel.period, watts, energy,
    )  # fmt: skip
    gaps, spans = _gaps(clocked, channel.period), known.time[denied[:denials]].tolist()
    contradicted = [Gap(start, end) for start, end in spans]
    return Power(
        time[overlap:], watts[overlap:], energy[overlap:], state[overlap:],
        gaps, clocked.jumps, gains, clocked, contradicted, overlap,
    )  # fmt: skip


def calibrated(
    plant: Plant, channel: Meter, readings: Readings, scans: Iterable[Scan], before: Gains | None = None
) -> Gains:
    """Gains from the plant file and from reference loads that were switched onto the channel.

    A scan of a reference by the channel says when it was switched on. The gain is its power over what the
    clamp says, less what ran beneath it before; voltage is in it, since the load is on the same line. A step
    that is unsteady, or tells of another load, gives no gain.
    """
    points = dict(
        channel.gains if before is None else zip(before.time.tolist(), before.gain.tolist(), strict=True)
    )
    sources = dict(channel.calibrated if before is None else before.sources.items())
    windows, refused = [], []
    for scan in sorted(scans, key=lambda one: one.time):
        reference = plant.references.get(scan.item)
        if reference is None or scan.scanner not in (channel.name, channel.sensor):
            continue
        place = f"references.{scan.item}"
        lasts = round(number(plant, reference.lasts, "s", f"{place}.lasts") * 1000)
        windows.append((scan.time - SETTLING, scan.time + lasts + SETTLING))
        if not (len(readings) and readings.time[0] <= scan.time <= readings.time[-1]):
            continue  # of other days
        step, unsteady = _step(readings, scan.time, lasts)
        if step <= 0.0 or unsteady:
            refused.append((scan.time, unsteady or "no step is seen"))
            continue
        gain = number(plant, reference.power, "W", f"{place}.power") / (step * channel.reference_scale)
        usual = points[max((time for time in points if time <= scan.time), default=min(points))]
        if not usual / MOST_OFF <= gain <= usual * MOST_OFF:
            refused.append((scan.time, f"the gain would be {gain:.3g}, usual is {usual:.3g}"))
            continue
        points.pop(0, None)  # what was assumed before the first calibration
        points[scan.time + lasts // 2] = gain
        sources[scan.item] = number(plant, reference.uncertainty, "1", f"{place}.uncertainty")
    times = sorted(points)
    return Gains(
        time=np.array(times, dtype=np.int64),
        gain=np.array([points[time] for time in times]),
        sources={**(sources or dict(channel.uncalibrated)), **dict(channel.machine)},
        windows=np.array(sorted(windows), dtype=np.int64).reshape(-1, 2),
        refused=tuple(refused),
    )


def _step(readings: Readings, start: int, lasts: int) -> tuple[float, str]:
    """How much more the clamp reads while a reference load is on; why that says nothing, or an empty text."""
    on = _between(readings, start + SETTLING, start + lasts - SETTLING)
    off = _between(readings, start - SETTLING - BEFORE, start - SETTLING)
    if on.size < FEWEST or off.size < FEWEST:
        return 0.0, "too few readings"
    step = float(on.mean() - np.median(off))
    # The middle half of the readings: one spike does not make a load unsteady.
    for part in (on, off):
        low, high = np.percentile(part, [25, 75])
        if high - low > UNSTEADY * abs(step):
            return step, "what runs beneath it changes"
    return step, ""


def _between(readings: Readings, start: int, end: int) -> NDArray[np.float64]:
    first, last = np.searchsorted(readings.time, [start, end])
    return readings.value[first:last]


def _gaps(clocked: Clocked, period: int) -> list[Gap]:
    room, time = 1024, clocked.readings.time
    while True:
        rows = np.empty(room, dtype=np.int64)
        count = _kernel().find_gaps(time, clocked.number, clocked.life, period, rows)
        if count <= room:
            break
        room = count
    found = rows[:count]
    return [
        Gap(start, end) for start, end in zip(time[found].tolist(), time[found + 1].tolist(), strict=True)
    ]


def energy_by_day(measured: Power, offset: int) -> dict[int, int]:
    """Local day → energy of its readings, µWh; days without readings are not there."""
    if not measured.time.size:
        return {}
    first, last = (
        (int(at) + offset) // MILLISECONDS_A_DAY for at in (measured.time.min(), measured.time.max())
    )
    days = np.full(last - first + 1, NEVER, dtype=np.int64)
    _kernel().sum_by_day(measured.time, measured.energy, offset, first, days)
    return {first + index: energy for index, energy in enumerate(days.tolist()) if energy != NEVER}


def energy_by_sensor(channel: Meter, measured: Power, offset: int) -> dict[int, float]:
    """Local day → energy as the sensor tells it, µWh.

    Its readings one by one, and what its own sum has beyond them in the time since the sum before: gaps, and
    whatever readings and sum do not agree in. Nothing of it passed the filling of gaps, whole µWh or the
    account, so that it is held against them.
    """
    clocked, gains = measured.clocked, measured.gains
    if clocked is None or not len(clocked.readings):
        return {}
    known = clocked.readings
    first, last = ((int(at) + offset) // MILLISECONDS_A_DAY for at in (known.time.min(), known.time.max()))
    days = np.zeros(last - first + 1)
    _kernel().sum_by_sensor(
        known.time, clocked.number, clocked.life, known.value, known.total, channel.scale, gains.time,
        gains.gain, channel.period, offset, first, measured.overlap, days,
    )  # fmt: skip
    return dict(enumerate(days.tolist(), first))


def _kernel() -> Any:
    return load_kernel("meguru.reverse.meter.kernel")
