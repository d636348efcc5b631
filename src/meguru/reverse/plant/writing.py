"""The days of a simulated plant into a store, past the broker."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from meguru.reverse.meter.ingest import Ingest, Report
from meguru.reverse.plant.sensors import Simulated


def write_to_store(
    simulated: Simulated, folder: Path, progress: Callable[[int, int], None] | None = None
) -> Report:
    """Write everything that arrives of a simulated plant into a store. Synthetic."""
    channels = list(simulated.plant.channels)
    total = len(channels) * len(simulated.days)
    with Ingest(simulated.plant, folder) as ingest:
        for index, channel in enumerate(channels):
            for number, day in enumerate(simulated.days):
                ingest.add(channel, simulated.readings(channel, day))
                if progress is not None:
                    progress(index * len(simulated.days) + number + 1, total)
        ingest.add_scans(simulated.scans)
        return ingest.report
