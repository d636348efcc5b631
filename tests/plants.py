"""Plants of the tests, and a count of how well cycles were found. Everything is synthetic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meguru.reverse.meter.components import Plant
from meguru.reverse.meter.plant_file import parse_plant
from meguru.reverse.plant.sensors import Simulated
from meguru.reverse.segment.process import Measured

DAY = 20_544  # 1 April 2026
NOON = DAY * 86_400_000 + 43_200_000

SMALL = """
plant: 1
name: small
synthetic: true
references: {load-1: {power: 1 kW, uncertainty: 0.3 %, lasts: 60 s}}
channels:
  saw: {sensor: clamp-1, voltage: {value: 200 V, uncertainty: 1 %, shared: board}}
  pair: {sensor: clamp-2, sends: power, clamp: {value: 1, uncertainty: 2 %}}
machines:
  saw: {channel: saw, step: cutting, idle: 20 W, running: 2 kW, synthetic: {seconds: 100 s}}
  press: {channel: pair, step: pressing, idle: 40 W, running: 3 kW, synthetic: {seconds: 170 s}}
  fan: {channel: pair, step: drying, idle: 10 W, running: 600 W, synthetic: {seconds: 120 s}}
scanners: {s1: {machine: saw}, s2: {machine: press}, s3: {machine: fan}}
types: {A: {family: f, mass: 10 kg}, B: {family: f, synthetic_factor: 1.2}}
"""


def small() -> Plant:
    """Three machines on two clamps."""
    return parse_plant(SMALL)


@dataclass(frozen=True)
class Score:
    """How well the cycles of a machine were found."""

    f1: float
    attribution: float
    energy: float
    errors: list[float]

    @property
    def mean_error(self) -> float:
        """Mean absolute error of the energy of a cycle, relative."""
        return float(np.mean(np.abs(self.errors)))

    @property
    def within(self) -> float:
        """Share of cycles whose energy is right within 1 %."""
        return float(np.mean(np.abs(self.errors) <= 0.01))


def score(simulated: Simulated, measured: Measured, machine: str) -> Score:
    """Cycles found against those of the simulation.

    A cycle is found where both lie half over each other. Attribution: share of found cycles that have the
    item that was scanned, and none where the scan was missed. Energy: that of all found cycles over the true
    energy, less 1; errors: the same cycle by cycle.
    """
    plant = simulated.plant
    true = [cycle for cycle in simulated.cycles if cycle.machine == machine]
    found = measured.cycles[measured.cycles["machine"] == machine].sort_values("start")
    start, end, energy = (found[key].to_numpy() for key in ("start", "end", "microwatthours"))
    items = found["item"].tolist()
    scanner = next(name for name, one in plant.scanners.items() if one.machine == machine)
    scanned = {scan.item for scan in simulated.scans if scan.scanner == scanner}
    hits, right, energies = set(), 0, []
    for cycle in true:
        index = int(np.searchsorted(start, (cycle.start + cycle.end) // 2)) - 1
        if index < 0 or index in hits:
            continue
        both = min(end[index], cycle.end) - max(start[index], cycle.start)
        if both >= 0.5 * (max(end[index], cycle.end) - min(start[index], cycle.start)):
            hits.add(index)
            right += items[index] == (cycle.item if cycle.item in scanned else None)
            true_energy = _true_energy(simulated, cycle.machine, cycle.end - cycle.start)
            energies.append((float(energy[index]), true_energy))
    precision, recall = len(hits) / max(1, len(found)), len(hits) / len(true)
    sums = np.sum(energies, axis=0)
    return Score(
        2 * precision * recall / (precision + recall),
        right / len(hits),
        float(sums[0] / sums[1] - 1),
        [one / other - 1 for one, other in energies],
    )


def _true_energy(simulated: Simulated, name: str, milliseconds: int) -> float:
    """Energy of a cycle in µWh as the simulation says: idle power, and a shape above it."""
    machine = simulated.plant.machines[name]
    to_watts = {"W": 1.0, "kW": 1000.0}
    idle, running = (float(one.value or 0) * to_watts[one.unit] for one in (machine.idle, machine.running))
    seconds = np.arange(milliseconds // 1000)
    shape = 1.0 + 0.05 * np.sin(2 * np.pi * seconds / 40.0)
    shape[:2] = 1.6
    return float(idle * seconds.size + (running - idle) * shape.sum()) / 3600 * 1e6
