"""A metered plant of stated size, synthetic: 20 channels and 21 machines, all faults.

``thirty_days`` reads 30 days at 1 Hz from the store and ends with cycles, items and accounts; ``ingest``
takes packs of ten readings through the journal into the store.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.measure import measure, tell
from meguru.reverse.meter.components import Plant
from meguru.reverse.meter.ingest import Ingest
from meguru.reverse.meter.plant_file import day_offset, parse_plant
from meguru.reverse.meter.store import Store
from meguru.reverse.plant.sensors import ALL_FAULTS, simulate_plant, stream
from meguru.reverse.plant.writing import write_to_store
from meguru.reverse.segment.process import process

CHANNELS, DAYS, FIRST = 20, 30, 20_544


def plant() -> Plant:
    """Twenty clamps; two machines share the first."""
    lines = ["plant: 1", "name: big", "synthetic: true", "utc_offset: 9 hour"]
    lines += ["references: {load-1: {power: 1 kW, uncertainty: 0.3 %}}", "channels:"]
    for i in range(CHANNELS):
        factors = "voltage: {value: 200 V, uncertainty: 1 %}, power_factor: {value: 0.85, uncertainty: 1 %}"
        lines.append(f"  c{i}: {{sensor: clamp-{i}, phases: 3, {factors}}}")
    lines.append("machines:")
    for i in range(CHANNELS + 1):
        power = 3.0 if i == CHANNELS else 1.0 + 0.2 * i
        synthetic = f"synthetic: {{seconds: {100 + 4 * i} s, spread: 1.4}}"
        watts = f"idle: {20 + i} W, running: {power} kW"
        lines.append(f"  m{i}: {{channel: c{i % CHANNELS}, step: s{i}, {watts}, {synthetic}}}")
    lines.append("scanners:")
    lines += [f"  r{i}: {{machine: m{i}}}" for i in range(CHANNELS + 1)]
    lines.append("types: {A: {family: f}, B: {family: f, synthetic_factor: 1.1}}")
    return parse_plant("\n".join(lines))


def thirty_days() -> None:
    with tempfile.TemporaryDirectory() as folder:
        simulated = simulate_plant(plant(), range(FIRST, FIRST + DAYS), faults=ALL_FAULTS)
        write_to_store(simulated, Path(folder))
        store = Store(Path(folder), day_offset(simulated.plant))
        process(simulated.plant, store, [FIRST])  # compiled
        tell(**measure(lambda: process(simulated.plant, store), runs=3))


def ingest() -> None:
    simulated = simulate_plant(plant(), [FIRST], faults=ALL_FAULTS)
    sent = [
        row
        for row in stream(simulated, FIRST)
        if "scans" in row[1] or int(row[1].rpartition("c")[2] or 0) < 3
    ]

    def take() -> None:
        with tempfile.TemporaryDirectory() as folder, Ingest(simulated.plant, Path(folder)) as taking:
            for received, topic, payload in sent:
                taking.take(topic, payload, received)
            taking.sync()
            taking.settle()

    tell(**measure(take, runs=3))


CASES = {"thirty_days": thirty_days, "ingest": ingest}
