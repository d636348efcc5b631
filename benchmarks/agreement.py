"""Individuals at full scale against cohorts: the mean over 400 runs in standard errors."""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path

import meguru
from benchmarks.measure import peak_mib, tell

sys.path.append(str(Path(__file__).parents[1] / "tests"))  # whose oracle this is, there with small fleets

RUNS, SEED = 400, 1
# example → scenario in which no store, capacity or share binds, and the factor on sales that leaves at most
# 100,000 products in use
FLEETS = {
    "motor": ("recycle", 0.08),
    "atm-parts": ("measure-2", 1.0),
    "pv-modules": ("baseline", 1.4e-5),
}


def agree(example: str) -> None:
    """The largest distance over every flow, stock and event of every year."""
    from items_against_cohorts import largest_z, scaled

    scenario, factor = FLEETS[example]
    model = scaled(meguru.example(example), scenario, factor)
    cpu, wall = time.process_time(), time.perf_counter()
    found = largest_z(model, runs=RUNS, seed=SEED)
    tell(
        cpu_s=time.process_time() - cpu,
        wall_s=time.perf_counter() - wall,
        peak_mib=peak_mib(),
        largest_z=max(found.values()),
    )


CASES = {name.replace("-", "_"): partial(agree, name) for name in FLEETS}
