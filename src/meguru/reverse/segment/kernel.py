"""Kernels: a channel's power into cycles of its machines; cycles to scans. See the modules beside.

The state of a channel is carried from call to call, so that a stream gives the same as the whole.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
States = NDArray[np.uint8]

READ, ESTIMATED, UNKNOWN, REFERENCE = 0, 1, 2, 3
DAY = 86_400_000  # ms
CURRENT, PENDING, LAST, BEGUN = range(4)  # of a channel; begun: first reading since the last break
OPEN, START, ENERGY, ESTIMATE, FRONT = range(5)  # of a machine; front: it ran already when readings began
MACHINE, FIRST, END, MICROWATTHOURS, GUESSED, CUT = range(6)  # of a cycle
CUT_END, CUT_FRONT = 1, 2  # bits
CYCLES, IDLE, UNASSIGNED = range(3)  # of a day


@njit(cache=True)
def segment(
    time: Ints, power: Floats, energy: Ints, state: States, levels: Floats, shares: Floats, hysteresis: float,
    debounce: int, longest: int, period: int, first_day: int, offset: int,
    channel: Ints, machines: Ints, held: Ints, cycles: Ints, days: Ints,
) -> int:  # fmt: skip
    """Assign each reading to what ran; gives how many cycles were closed.

    ``levels`` (2^machines,) is the power of each combination of running machines, ``shares`` (2^machines,
    machines) how much of it belongs to each. A change counts when ``debounce`` readings in a row lie nearer
    to other levels than to the present one, by ``hysteresis``; it began with the first of them. ``held``
    keeps those readings.
    """
    count = 0
    low, high = _bounds(channel[CURRENT], levels, hysteresis)
    midnight = 0  # the end of the day of the last reading
    day = 0
    for i in range(time.size):
        t = time[i]
        if t >= midnight or t < midnight - DAY:
            day = (t + offset) // DAY - first_day
            midnight = (day + first_day + 1) * DAY - offset
        broken = channel[LAST] > 0 and t - channel[LAST] > longest
        if broken or state[i] == UNKNOWN:
            _release(channel[CURRENT], channel, machines, held, shares, first_day, offset, days)
            count = _change(
                0, channel[LAST] + period if broken else t, True, channel, machines, cycles, count
            )
            low, high = _bounds(0, levels, hysteresis)
        if broken or channel[BEGUN] == 0:
            channel[BEGUN] = t
        if state[i] == UNKNOWN:
            channel[BEGUN] = 0
        channel[LAST] = t
        if state[i] == UNKNOWN or state[i] == REFERENCE:
            days[day, UNASSIGNED] += energy[i]
            continue
        if low <= power[i] <= high:
            if channel[PENDING] > 0:
                _release(channel[CURRENT], channel, machines, held, shares, first_day, offset, days)
            if channel[CURRENT] == 0:
                days[day, IDLE] += energy[i]
            else:
                _give(day, energy[i], state[i], channel[CURRENT], machines, shares, days)
            continue
        row = channel[PENDING]
        held[row, 0] = t
        held[row, 1] = energy[i]
        held[row, 2] = state[i]
        channel[PENDING] = row + 1
        if channel[PENDING] >= debounce:
            new = _nearest(power[i], levels)
            count = _change(new, held[0, 0], False, channel, machines, cycles, count)
            _release(new, channel, machines, held, shares, first_day, offset, days)
            low, high = _bounds(new, levels, hysteresis)
    return count


@njit(cache=True)
def _bounds(current: int, levels: Floats, hysteresis: float) -> tuple[float, float]:
    """Power between which no other level is nearer than the present one by the hysteresis."""
    low, high = -np.inf, np.inf
    for level in levels:
        middle = (level + levels[current]) / 2.0
        if level > levels[current]:
            high = min(high, middle + hysteresis / 2.0)
        elif level < levels[current]:
            low = max(low, middle - hysteresis / 2.0)
    return low, high


@njit(cache=True)
def _nearest(power: float, levels: Floats) -> int:
    """The combination whose level is nearest."""
    best = 0
    for other in range(levels.size):
        if abs(power - levels[other]) < abs(power - levels[best]):
            best = other
    return best


@njit(cache=True)
def finish(
    channel: Ints, machines: Ints, held: Ints, shares: Floats, period: int, first_day: int, offset: int,
    cycles: Ints, days: Ints,
) -> int:  # fmt: skip
    """The end of the readings: what was held is given out, open cycles are closed as cut off."""
    _release(channel[CURRENT], channel, machines, held, shares, first_day, offset, days)
    return int(_change(0, channel[LAST] + period, True, channel, machines, cycles, 0))


@njit(cache=True)
def _release(
    current: int,
    channel: Ints,
    machines: Ints,
    held: Ints,
    shares: Floats,
    first_day: int,
    offset: int,
    days: Ints,
) -> None:
    """Give out the readings that were held, as of one combination."""
    for row in range(channel[PENDING]):
        day = (held[row, 0] + offset) // DAY - first_day
        _give(day, held[row, 1], held[row, 2], current, machines, shares, days)
    channel[PENDING] = 0


@njit(cache=True)
def _give(
    day: int, energy: int, state: int, current: int, machines: Ints, shares: Floats, days: Ints
) -> None:
    """The energy of a reading to what runs; whole µWh, so that the parts are exactly the whole."""
    if current == 0:
        days[day, IDLE] += energy
        return
    rest = np.int64(energy)
    first = -1
    for machine in range(machines.shape[0]):
        part = np.int64(energy * shares[current, machine])
        if current >> machine & 1:
            if first < 0:
                first = machine
                continue
            machines[machine, ENERGY] += part
            if state == ESTIMATED:
                machines[machine, ESTIMATE] += part
            days[day, CYCLES] += part
        else:
            days[day, IDLE] += part
        rest -= part
    machines[first, ENERGY] += rest
    if state == ESTIMATED:
        machines[first, ESTIMATE] += rest
    days[day, CYCLES] += rest


@njit(cache=True)
def _change(new: int, t: int, cut: bool, channel: Ints, machines: Ints, cycles: Ints, count: int) -> int:
    """Another combination runs from ``t`` on: cycles end and begin."""
    for machine in range(machines.shape[0]):
        if machines[machine, OPEN] and not new >> machine & 1:
            cycles[count, MACHINE] = machine
            cycles[count, FIRST] = machines[machine, START]
            cycles[count, END] = t
            cycles[count, MICROWATTHOURS] = machines[machine, ENERGY]
            cycles[count, GUESSED] = machines[machine, ESTIMATE]
            cycles[count, CUT] = (CUT_END if cut else 0) | machines[machine, FRONT]
            count += 1
            machines[machine, OPEN] = 0
        elif not machines[machine, OPEN] and new >> machine & 1:
            machines[machine, OPEN] = 1
            machines[machine, START] = t
            machines[machine, ENERGY] = 0
            machines[machine, ESTIMATE] = 0
            machines[machine, FRONT] = CUT_FRONT if t <= channel[BEGUN] else 0
    channel[CURRENT] = new
    return count


NOTHING, MISSED_SCAN, EXTRA_SCAN = 0, 1, 2  # steps of an alignment; 3 + k: a cycle that k + 1 scans share
MOST_PARTS = 6


@njit(cache=True)
def align(
    start: Floats,
    expected: Floats,
    spread: float,
    missed: float,
    extra: float,
    limit: float,
    inside: Ints,
    split: Floats,
) -> tuple[Ints, Ints]:
    """Cheapest monotone alignment of cycles to scans.

    ``inside`` (scans,) is the cycle in which a scan lies, -1 none; ``split`` what it costs to part the
    cycle there.

    Returns
    -------
    first, parts
        Of each cycle its first scan (-1: none) and the number of scans that share it.
    """
    cycles, scans = start.size, expected.size
    cost = np.full((cycles + 1, scans + 1), np.inf)
    step = np.zeros((cycles + 1, scans + 1), dtype=np.int8)
    cost[0, 0] = 0.0
    for i in range(cycles + 1):
        for j in range(scans + 1):
            if i > 0 and cost[i - 1, j] + missed < cost[i, j]:
                cost[i, j], step[i, j] = cost[i - 1, j] + missed, MISSED_SCAN
            if j > 0 and cost[i, j - 1] + extra < cost[i, j]:
                cost[i, j], step[i, j] = cost[i, j - 1] + extra, EXTRA_SCAN
            if i == 0:
                continue
            parting = 0.0
            for k in range(MOST_PARTS):
                first = j - 1 - k
                if first < 0:
                    break
                off = (start[i - 1] - expected[first]) / spread
                if abs(off) <= limit:
                    total = cost[i - 1, first] + 0.5 * off * off + parting
                    if total < cost[i, j]:
                        cost[i, j], step[i, j] = total, 3 + k
                if inside[first] != i - 1:
                    break
                parting += split[first]
    first_scan = np.full(cycles, -1, dtype=np.int64)
    parts = np.zeros(cycles, dtype=np.int64)
    i, j = cycles, scans
    while i > 0 or j > 0:
        move = step[i, j]
        if move == MISSED_SCAN:
            i -= 1
        elif move == EXTRA_SCAN:
            j -= 1
        else:
            k = move - 3
            i -= 1
            j -= k + 1
            first_scan[i], parts[i] = j, k + 1
    return first_scan, parts
