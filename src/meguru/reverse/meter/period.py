"""Whether readings come as often as the plant file says: their energy is power × period."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from meguru.errors import RangeError
from meguru.files.marks import where
from meguru.reverse.meter.components import Plant
from meguru.reverse.meter.plant_file import Meter
from meguru.reverse.meter.readings import Readings
from meguru.reverse.meter.senml import NO_NUMBER

WITHIN = 0.01  # of the period
FEWEST = 5  # steps from reading to reading that tell
NO_GAP = 2.5  # times the median: a step that is longer is a gap


def check_period(plant: Plant, channel: Meter, readings: Readings) -> None:
    """Refuse readings that do not come at the period of their channel.

    Parameters
    ----------
    readings
        In the order in which they were taken.

    Raises
    ------
    RangeError
        Their usual step differs by more than 1 %, or what the ends of so few steps leave open.
    """
    step = _steps(readings)
    step = step[step > 0.0]
    if step.size < FEWEST:
        return
    allowed = (WITHIN + 1.0 / step.size) * channel.period
    usual = float(np.median(step))
    if abs(usual - channel.period) <= allowed:
        return
    # Stamps in whole seconds step unevenly.
    mean = float(step[step <= NO_GAP * usual].mean())
    if abs(mean - channel.period) <= allowed:
        return
    place = f"channels.{channel.name}.period"
    file, line = where(plant, place)
    raise RangeError(
        "readings do not come at the period of the channel",
        file=file,
        line=line,
        place=place,
        found=f"a reading each {mean / 1000:.4g} s",
        expected=f"each {channel.period / 1000:g} s",
        hint="Write the period of the sensor into the plant file.",
    )


def _steps(readings: Readings) -> NDArray[np.float64]:
    """Time from reading to reading in ms; of numbered ones by number, so that gaps do not count."""
    step = np.diff(readings.time).astype(np.float64)
    one, next_one = readings.sequence[:-1], readings.sequence[1:]
    apart = next_one - one
    np.divide(step, apart, out=step, where=(one != NO_NUMBER) & (apart > 1))
    return step
