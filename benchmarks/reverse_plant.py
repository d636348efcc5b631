"""A simulated plant with every fault, against its truth: ``python -m benchmarks.reverse_plant``.

The plant of ``reverse.py`` (20 channels, 21 machines, two on the first clamp), 30 days at 1 Hz: packs lost,
clamps that drift, clocks that step, scans of items and of reference loads missed and made double. The worst
machine and the worst channel-day go to ``reverse_plant.md``.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from time import process_time

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from plants import score

from benchmarks.measure import keep_table
from benchmarks.reverse import DAYS, FIRST, plant
from meguru.reverse.meter.plant_file import day_offset
from meguru.reverse.meter.store import Store
from meguru.reverse.plant.sensors import ALL_FAULTS, Simulated, simulate_plant
from meguru.reverse.plant.writing import write_to_store
from meguru.reverse.segment.process import Measured, process


def measured(simulated: Simulated) -> tuple[Measured, float]:
    """What the readings say, and the processor time from the store to the account."""
    with tempfile.TemporaryDirectory() as folder:
        write_to_store(simulated, Path(folder))
        store = Store(Path(folder), day_offset(simulated.plant))
        process(simulated.plant, store, [FIRST])  # compiled
        started = process_time()
        return process(simulated.plant, store), process_time() - started


def main() -> None:
    simulated = simulate_plant(plant(), range(FIRST, FIRST + DAYS), faults=ALL_FAULTS)
    found, seconds = measured(simulated)
    scores = [score(simulated, found, name) for name in simulated.plant.machines]
    errors = np.abs(np.concatenate([one.errors for one in scores]))
    days = found.days
    closed = (days["cycles"] + days["idle"] + days["unassigned"] == days["total"]).sum()
    apart = (days["difference"].abs() / days["sensor"]).to_numpy()
    lines = [
        "| 20 channels, 30 days at 1 Hz, all faults | |",
        "| --- | --- |",
        f"| least event F1 of {len(scores)} machines | {min(one.f1 for one in scores):.4f} |",
        f"| least attribution | {min(one.attribution for one in scores):.4f} |",
        f"| largest error of a machine's energy | {max(abs(one.energy) for one in scores):.2%} |",
        f"| single cycles, {errors.size:,}: mean absolute error | {errors.mean():.2%} |",
        f"| … share within 1 % | {(errors <= 0.01).mean():.1%} |",
        f"| channel-days that close exactly | {closed} of {len(days)} |",
        f"| account less the sensor's own energy: middle, largest channel-day | {np.median(apart):.1e}, "
        f"{apart.max():.1e} |",
        f"| channel-days where they differ by more than 1e-6 | {(apart > 1e-6).sum()} of {len(days)} |",
        f"| CPU seconds from the store to the account | {seconds:.1f} |",
        "",
        "`python -m benchmarks.reverse_plant`; synthetic.",
        "",
    ]
    keep_table(__file__, lines)


if __name__ == "__main__":
    main()
