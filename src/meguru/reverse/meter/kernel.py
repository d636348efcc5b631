"""Kernels over readings: gaps filled, power and energy. See :mod:`meguru.reverse.meter.power`."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
States = NDArray[np.uint8]

SETTLE = 0.1  # of a reading's distance from the beat by which the beat follows it
AHEAD_OF_THE_BEAT = 0.75  # periods; that far behind the next beat a reading was missed
ROUNDING = 1e-6  # of the sums of a sensor
SLIGHT = 1e-3  # of what a gap would hold; sums have few decimals
MOST_OFF = 1.5  # times or part of what was read where nothing is missing: a sum beyond has another scale
READ, ESTIMATED, UNKNOWN, REFERENCE = 0, 1, 2, 3
DAY = 86_400_000
NEVER = -(2**63)
FAR = 2**61  # ms from reading to receipt where no receipt is known


@njit(cache=True)
def is_plain(sequence: Ints, time: Ints, period: int, largest: int) -> bool:
    """Whether all readings are numbered, in order, and of one life of the sensor: the common case."""
    if sequence.size == 0:
        return True
    least = most = time[0] - sequence[0] * period
    for i in range(sequence.size):
        if sequence[i] < 0 or (i > 0 and sequence[i] <= sequence[i - 1]):
            return False
        start = time[i] - sequence[i] * period
        least = min(least, start)
        most = max(most, start)
    return bool(most - least <= largest)


@njit(cache=True)
def find_runs(
    sequence: Ints, time: Ints, received: Ints, life: Ints, period: int, tolerance: int, runs: Ints
) -> int:
    """Runs of readings on one day in which the clock did not jump; one row each of ``runs``.

    Columns: first row, step of the clock before it (0: none), least time from reading to receipt, day, life.
    Gives how many there are, also where ``runs`` has no room for them.
    """
    count = 0
    day_end = time[0] - 1
    before = 0
    for i in range(sequence.size):
        start = time[i] - sequence[i] * period
        step = 0
        if i > 0 and life[i] == life[i - 1] and abs(start - before) > tolerance:
            step = start - before
        before = start
        late = received[i] - time[i] if received[i] != NEVER else FAR
        if step != 0 or i == 0 or time[i] >= day_end or time[i] < day_end - DAY or life[i] != life[i - 1]:
            day_end = (time[i] // DAY + 1) * DAY
            if count < runs.shape[0]:
                runs[count, 0] = i
                runs[count, 1] = step
                runs[count, 2] = late
                runs[count, 3] = time[i] // DAY
                runs[count, 4] = life[i]
            count += 1
        elif count <= runs.shape[0] and late < runs[count - 1, 2]:
            runs[count - 1, 2] = late
    return count


@njit(cache=True)
def count_beats(time: Ints, life: Ints, period: int, longest: int, number: Ints) -> None:
    """Numbers for readings that have none: each one more than the last, and more where some were missed.

    A beat of one period follows the readings, so that neither its phase nor their jitter makes gaps.
    """
    beat = float(time[0])
    for i in range(1, time.size):
        step = time[i] - time[i - 1]
        late = (time[i] - beat) / period - 1.0
        missed = 0
        if late > AHEAD_OF_THE_BEAT and life[i] == life[i - 1]:
            missed = int(np.rint(late))
        number[i] = number[i - 1] + 1 + missed
        if step > longest or life[i] != life[i - 1]:
            beat = float(time[i])
        else:
            rest = min(1.0, max(-1.0, late - missed))
            beat += (1 + missed + SETTLE * rest) * period


@njit(cache=True)
def count_missing(number: Ints, life: Ints, longest: int, most: int) -> int:
    """How many readings are put into gaps: into short ones, and into long ones whose sum is known.

    ``longest`` readings make a short gap, ``most`` (0: no sum is known) the longest that is filled by sums.
    """
    missing = 0
    for i in range(1, number.size):
        if life[i] == life[i - 1]:
            gap = number[i] - number[i - 1] - 1
            if 0 < gap <= max(longest, most):
                missing += gap
    return missing


@njit(cache=True)
def fill(
    number: Ints, life: Ints, time: Ints, value: Floats, total: Floats, period: int, longest: int,
    most: int, out_time: Ints, out_value: Floats, out_state: States, denied: Ints,
) -> tuple[int, int]:  # fmt: skip
    """Readings with their gaps filled: a step from the reading before to that behind, in the middle.

    Where the sensor's own sum tells what was missed, the step lies so that it is kept; long gaps are only
    filled from the sums. A sum that is less than what was read, or of another scale where nothing is missing,
    tells nothing: the guess stays. Gives how many rows were written, and how many such sums there are;
    ``denied``: the rows of the sums before and of them.
    """
    rows = 0
    denials = 0
    before = 0
    told_whole, read_whole = 0.0, 0.0  # where nothing is missing, in this life of the sensor
    base = np.nan  # the last sum of the sensor, the row behind it, and what was read since
    base_row = 0
    since = 0.0
    guessed = 0
    expected = 0.0  # in the gaps, by what was read at their edges
    seconds = period / 1000.0
    for i in range(number.size):
        if i > 0 and life[i] != life[i - 1]:
            base = np.nan
            told_whole, read_whole = 0.0, 0.0
        if i > 0 and life[i] == life[i - 1]:
            gap = number[i] - number[i - 1] - 1
            if gap > 0:
                if gap > max(longest, most):
                    base = np.nan
                    guessed = 0
                    expected = 0.0
                else:
                    state = ESTIMATED if gap <= longest else UNKNOWN
                    for k in range(gap):
                        out_time[rows] = time[i - 1] + (k + 1) * (time[i] - time[i - 1]) // (gap + 1)
                        guess = value[i - 1] if 2 * k < gap else value[i]
                        out_value[rows] = guess if state == ESTIMATED else 0.0
                        out_state[rows] = state
                        rows += 1
                        expected += guess
                    guessed += gap
        out_time[rows] = time[i]
        out_value[rows] = value[i]
        out_state[rows] = READ
        rows += 1
        since += value[i]
        if not np.isnan(total[i]):
            if guessed > 0 and not np.isnan(base) and total[i] >= base:
                missed = (total[i] - base) / seconds - since
                off = read_whole > 0.0 and not read_whole <= MOST_OFF * told_whole <= MOST_OFF**2 * read_whole
                if off or missed < -ROUNDING * since - SLIGHT * expected:
                    denied[denials, 0], denied[denials, 1] = before, i
                    denials += 1
                else:
                    _keep_sum(out_value, out_state, base_row, rows, max(0.0, missed))
            elif guessed == 0 and total[i] >= base:
                told_whole += (total[i] - base) / seconds
                read_whole += since
            base = total[i]
            before = i
            base_row = rows
            since = 0.0
            guessed = 0
            expected = 0.0
    return rows, denials


@njit(cache=True)
def _keep_sum(value: Floats, state: States, first: int, end: int, missed: float) -> None:
    """Make what was guessed between two sums of the sensor add up to what was missed.

    Where long gaps are among it, theirs is what the short ones leave.
    """
    guess = 0.0
    short, long = 0, 0
    for row in range(first, end):
        if state[row] == ESTIMATED:
            guess += value[row]
            short += 1
        elif state[row] == UNKNOWN:
            long += 1
    if long > 0:
        left = max(0.0, missed - guess) / long
        for row in range(first, end):
            if state[row] == UNKNOWN:
                value[row] = left
    elif short > 0:
        start = first
        while state[start] != ESTIMATED:
            start += 1
        together = start > 0 and start + short < end and state[start + short - 1] == ESTIMATED
        if together and _place_step(value, start, short, missed):
            return
        fits = guess > 0.0 and missed < 10.0 * guess
        for row in range(first, end):
            if state[row] == ESTIMATED:
                value[row] = value[row] * (missed / guess) if fits else missed / short


@njit(cache=True)
def _place_step(value: Floats, start: int, count: int, missed: float) -> bool:
    """Lay the step in a gap so that its readings add up to what was missed; False where no step can."""
    left, right = value[start - 1], value[start + count]
    low, high = min(left, right) * count, max(left, right) * count
    rounding = ROUNDING * high
    if left == right or not low - rounding <= missed <= high + rounding:
        return False
    before = (missed - right * count) / (left - right)
    for k in range(count):
        share = min(1.0, max(0.0, before - k))
        value[start + k] = share * left + (1.0 - share) * right
    return True


@njit(cache=True)
def weigh(
    time: Ints, value: Floats, state: States, scale: float, gain_time: Ints, gain: Floats,
    window_start: Ints, window_end: Ints, period: int, power: Floats, energy: Ints,
) -> None:  # fmt: skip
    """Power in W and energy in whole µWh of each reading; the gain is linear in time between its points."""
    point, before = 0, -1
    window = 0
    slope = 0.0
    for i in range(time.size):
        t = time[i]
        point = _point(t, point, gain_time)
        if point != before:
            slope, before = _slope(point, gain_time, gain), point
        power[i] = value[i] * scale * (gain[point] + max(t - gain_time[point], 0) * slope)
        energy[i] = np.int64(np.rint(power[i] * period / 3.6))
        while window < window_start.size and window_end[window] <= t:
            window += 1
        if window < window_start.size and window_start[window] <= t:
            state[i] = REFERENCE


@njit(cache=True)
def _point(t: int, point: int, gain_time: Ints) -> int:
    """The last point of the gain that is not behind a time, sought from the one before."""
    while point < gain_time.size - 1 and gain_time[point + 1] <= t:
        point += 1
    while point > 0 and gain_time[point] > t:
        point -= 1
    return point


@njit(cache=True)
def _slope(point: int, gain_time: Ints, gain: Floats) -> float:
    """How the gain changes behind a point, a ms; not at all behind the last."""
    if point == gain_time.size - 1:
        return 0.0
    return float((gain[point + 1] - gain[point]) / (gain_time[point + 1] - gain_time[point]))


@njit(cache=True)
def sum_by_sensor(
    time: Ints, number: Ints, life: Ints, value: Floats, total: Floats, scale: float, gain_time: Ints,
    gain: Floats, period: int, offset: int, first_day: int, overlap: int, days: Floats,
) -> None:  # fmt: skip
    """The energy of each local day as the sensor tells it, µWh: its readings, and what its own sum has beyond
    them.

    What the sum has beyond the readings lies in the gaps since the sum before, evenly, if there are any. The
    first ``overlap`` readings were counted before.
    """
    per_unit = scale / 3.6  # µWh of a reading of 1 that lasts 1 ms
    base = since = 0.0
    summed = False
    point, before, slope = 0, -1, 0.0
    gap_start = gap_end = day = midnight = 0
    for i in range(time.size):
        t = time[i]
        if i == 0 or life[i] != life[i - 1]:
            summed, since, gap_end = False, 0.0, 0
        elif number[i] > number[i - 1] + 1:
            gap_start = time[i - 1] + period if gap_end == 0 else gap_start
            gap_end = t
        point = _point(t, point, gain_time)
        if point != before:
            slope, before = _slope(point, gain_time, gain), point
        g = gain[point] + max(t - gain_time[point], 0) * slope
        if t >= midnight or t < midnight - DAY:
            day = (t + offset) // DAY - first_day
            midnight = (day + first_day + 1) * DAY - offset
        if i >= overlap:
            days[day] += value[i] * period * per_unit * g
        since += value[i] * period
        if not np.isnan(total[i]):
            if summed and total[i] >= base:
                beyond = ((total[i] - base) * 1000.0 - since) * per_unit * g
                if gap_end == 0:
                    gap_start, gap_end = t - 1, t
                at = gap_start
                while at < gap_end:
                    of = (at + offset) // DAY
                    end = min(gap_end, (of + 1) * DAY - offset)
                    days[of - first_day] += beyond * (end - at) / (gap_end - gap_start)
                    at = end
            base, since, summed, gap_end = total[i], 0.0, True, 0


@njit(cache=True)
def sum_by_day(time: Ints, energy: Ints, offset: int, first_day: int, days: Ints) -> None:
    """The energy of the readings of each local day, counted from the first; a day without any stays as it
    was."""
    day_end = time[0] - 1
    day = 0
    for i in range(time.size):
        if time[i] >= day_end or time[i] < day_end - DAY:
            day = (time[i] + offset) // DAY - first_day
            day_end = (day + first_day + 1) * DAY - offset
            if days[day] == NEVER:
                days[day] = 0
        days[day] += energy[i]


@njit(cache=True)
def find_gaps(time: Ints, number: Ints, life: Ints, period: int, gaps: Ints) -> int:
    """Rows behind which readings are missing; gives how many, also where ``gaps`` has no room for them.

    In a life of the sensor the numbers tell, between two the time.
    """
    count = 0
    for i in range(1, time.size):
        if life[i] == life[i - 1]:
            missing = number[i] > number[i - 1] + 1
        else:
            missing = 2 * (time[i] - time[i - 1]) > 3 * period
        if missing:
            if count < gaps.size:
                gaps[count] = i - 1
            count += 1
    return count
