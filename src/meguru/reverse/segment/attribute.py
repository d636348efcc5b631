"""Cycles to items: which scan belongs to which cycle, and where a cycle is of several items."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from meguru.engine.compiled import load_kernel
from meguru.reverse.meter.components import Plant
from meguru.reverse.meter.numbers import number
from meguru.reverse.meter.power import Power
from meguru.reverse.meter.senml import Scan

# Costs are half squares of standard deviations: 6 is a scan 3.5 standard deviations off.
MISSED, EXTRA, LIMIT = 6.0, 6.0, 5.0
PART_AT_A_DIP, PART_ANYWHERE = 0.5, 4.0
DIP = 0.5  # of the machine's power, to be seen as the change from one item to the next
CUT_END, CUT_FRONT = 1, 2  # as of the kernel: bits of what a cycle is broken off by
SAME_ITEM = 120_000  # ms within which the same item scanned again is scanned double


@dataclass(frozen=True)
class Attributed:
    """Cycles with the scan of their item, one row each.

    ``cycles`` as of the segmenter; ``scan`` the index into ``scans``, -1: none fits. ``double`` and
    ``extra`` count scans that were made twice, and that no cycle belongs to.
    """

    cycles: NDArray[np.int64]
    scan: NDArray[np.int64]
    scans: list[Scan]
    double: int
    extra: int


def attribute(
    plant: Plant,
    name: str,
    cycles: NDArray[np.int64],
    scans: Sequence[Scan],
    power: Power | None,
    above_idle: float,
) -> Attributed:
    r"""Align the cycles of a machine to the scans of its items.

    Both are in order of time and the alignment keeps it (dynamic programming). A cycle and a scan cost
    :math:`z^2/2`, :math:`z` the start less the scan less its usual lead over its spread; a cycle without
    scan and a scan without cycle cost 6 each. A scan inside a cycle may part it: cheap where the power
    dips, dear elsewhere.

    Parameters
    ----------
    name
        The machine.
    cycles
        Its rows, in order.
    power
        Of its channel, to find dips; without it cycles are parted where the scan says.
    above_idle
        Running less idle power of the machine, W.
    """
    machine = plant.machines[name]
    lead, spread = (
        number(plant, getattr(machine, key), "s", f"machines.{name}.{key}") * 1000.0
        for key in ("scan_lead", "scan_spread")
    )
    single = list(_without_doubles(scans))
    expected = np.array([scan.time for scan in single], dtype=np.float64) + lead
    start, end = cycles[:, 1].astype(np.float64), cycles[:, 2].astype(np.float64)
    inside = np.searchsorted(start, expected, side="right") - 1
    within = (
        (inside >= 0) & (expected > start[inside] + spread) & (expected < end[inside] - spread)
        if start.size
        else inside > 0
    )
    inside = np.where(within, inside, -1)
    split, at = _dips(power, expected, inside, spread, above_idle)
    first, parts = _aligned(start, expected, spread, inside, split)
    whole, scan = _parted(cycles, first, parts, at, power)
    used = int(np.unique(scan[scan >= 0]).size)
    return Attributed(whole, scan, single, len(scans) - len(single), len(single) - used)


def _without_doubles(scans: Sequence[Scan]) -> Iterator[Scan]:
    """The first of each group of scans of the same item in short time."""
    seen: dict[str, int] = {}
    for scan in scans:
        before = seen.get(scan.item)
        seen[scan.item] = scan.time
        if before is None or scan.time - before > SAME_ITEM:
            yield scan


def _dips(
    power: Power | None,
    expected: NDArray[np.float64],
    inside: NDArray[np.int64],
    spread: float,
    above_idle: float,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """What it costs to part a cycle at each scan, and where: behind the lowest reading near the scan."""
    split = np.full(expected.size, PART_ANYWHERE)
    at = expected.astype(np.int64)
    if power is None:
        return split, at
    for scan in np.flatnonzero(inside >= 0):
        first, last = np.searchsorted(
            power.time, [at[scan] - round(3 * spread), at[scan] + round(3 * spread)]
        )
        near = power.power[first:last]
        if near.size and np.median(near) - near.min() >= DIP * above_idle:
            lowest = np.flatnonzero(near <= near.min() + DIP * above_idle)
            after = first + int(lowest[-1]) + 1
            split[scan] = PART_AT_A_DIP
            at[scan] = power.time[min(after, power.time.size - 1)]
    return split, at


def _aligned(
    start: NDArray[np.float64],
    expected: NDArray[np.float64],
    spread: float,
    inside: NDArray[np.int64],
    split: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Alignment block by block: between two blocks nothing can belong together."""
    align = load_kernel("meguru.reverse.segment.kernel").align
    first = np.full(start.size, -1, dtype=np.int64)
    parts = np.zeros(start.size, dtype=np.int64)
    events = np.sort(np.concatenate([start, expected]))
    for low, high in _blocks(events, 2 * LIMIT * spread, start, expected, inside):
        (a, b), (c, d) = np.searchsorted(start, [low, high]), np.searchsorted(expected, [low, high])
        if a == b or c == d:
            continue
        local = np.where(inside[c:d] >= a, inside[c:d] - a, -1)
        found, count = align(start[a:b], expected[c:d], spread, MISSED, EXTRA, LIMIT, local, split[c:d])
        first[a:b] = np.where(found >= 0, found + c, -1)
        parts[a:b] = count
    return first, parts


def _blocks(
    events: NDArray[np.float64],
    apart: float,
    start: NDArray[np.float64],
    expected: NDArray[np.float64],
    inside: NDArray[np.int64],
) -> Iterator[tuple[float, float]]:
    """Times between which cycles and scans stand together; a scan inside a cycle stands with its start."""
    if not events.size:
        return
    cut = np.flatnonzero(np.diff(events) > apart)
    edges = events[cut] + apart / 2
    held = inside >= 0
    # No edge between a cycle's start and a scan inside it.
    low, high = start[inside[held]], expected[held]
    order = np.argsort(low, kind="stable")
    low, reach = low[order], np.maximum.accumulate(high[order]) if low.size else high
    before = np.searchsorted(low, edges) - 1
    free = (
        (before < 0) | (reach[np.maximum(before, 0)] < edges) if low.size else np.ones(edges.size, dtype=bool)
    )
    bounds = [-np.inf, *edges[free].tolist(), np.inf]
    yield from pairwise(bounds)


def _parted(
    cycles: NDArray[np.int64],
    first: NDArray[np.int64],
    parts: NDArray[np.int64],
    at: NDArray[np.int64],
    power: Power | None,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cycles of several items parted; their energies add up to that of the whole exactly."""
    if not (parts > 1).any():
        return cycles, first
    rows: list[NDArray[np.int64]] = []
    scan: list[int] = []
    for row, one, count in zip(cycles, first.tolist(), parts.tolist(), strict=True):
        edges = [int(row[1]), *(int(at[one + k]) for k in range(1, count)), int(row[2])]
        rest = row.copy()
        for k in range(max(1, count)):
            part = rest.copy()
            if k < count - 1:
                part[2] = edges[k + 1]
                share = _share(power, int(rest[1]), edges[k + 1], int(row[2]))
                part[3:5] = [int(rest[3] * share), int(rest[4] * share)]
                rest[1] = edges[k + 1]
                rest[3:5] -= part[3:5]
                part[5] &= CUT_FRONT
                rest[5] &= CUT_END
            rows.append(part)
            scan.append(one + k if one >= 0 else -1)
    return np.array(rows, dtype=np.int64), np.array(scan, dtype=np.int64)


def _share(power: Power | None, start: int, middle: int, end: int) -> float:
    """How much of the energy from start to end lies before the middle."""
    by_time = min(1.0, max(0.0, (middle - start) / max(1, end - start)))
    if power is None:
        return by_time
    first, between, last = np.searchsorted(power.time, [start, middle, end])
    whole = int(power.energy[first:last].sum())
    return by_time if whole <= 0 else int(power.energy[first:between].sum()) / whole
