"""Build the library of this example from five days of its simulated plant: ``python build.py [OUT.yaml]``.

Readings, scans and so everything in the library are synthetic.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from meguru.inventory import write_library
from meguru.reverse.meter.plant_file import day_offset, read_plant
from meguru.reverse.meter.store import Store
from meguru.reverse.plant.sensors import ALL_FAULTS, simulate_plant
from meguru.reverse.plant.writing import write_to_store
from meguru.reverse.segment.process import process
from meguru.reverse.unit_data.export import read_chains, to_library
from meguru.reverse.unit_data.measured import to_unit_data

HERE = Path(__file__).parent
FIRST, DAYS = 20_544, 5  # 1 to 5 April 2026
MADE = datetime(2026, 4, 6, tzinfo=UTC)


def main(out: Path) -> None:
    plant = read_plant(HERE / "plant.yaml")
    simulated = simulate_plant(plant, range(FIRST, FIRST + DAYS), faults=ALL_FAULTS)
    with tempfile.TemporaryDirectory() as folder:
        write_to_store(simulated, Path(folder))
        measured = process(plant, Store(Path(folder), day_offset(plant)))
    data = to_unit_data(plant, measured, made=MADE)
    write_library(to_library(data, read_chains(HERE / "chains.yaml"), drafts=True), out)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "dismantling.yaml")
