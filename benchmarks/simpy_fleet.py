"""The fleet of :func:`benchmarks.models.fleet` as one writes it with SimPy: a process for each machine."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Any

import simpy

from benchmarks.models import MATERIALS


@dataclass(slots=True)
class Part:
    """A piece: what it is, its age when it was put in, when that was, and at which age it fails."""

    kind: int
    age: float
    since: float
    fails_at: float


class Fleet:
    """Machines that come into use over five years and are replaced by new ones when they leave; by months."""

    def __init__(self, machines: int, parts: int, years: int, seed: int) -> None:
        self.random, self.parts, self.months = Random(seed), parts, years * 12
        self.pool: list[list[Part]] = [[] for _ in range(parts)]
        self.flows: Counter[tuple[str, int]] = Counter()
        self.world = simpy.Environment()
        for _ in range(machines):
            self.world.process(self.machine(self.random.uniform(0.0, 60.0)))

    def run(self) -> Counter[tuple[str, int]]:
        self.world.run(until=self.months)
        return self.flows

    def note(self, what: str, kind: int, shares: dict[str, float] | None = None) -> None:
        """A piece is made, recycled or dumped: kg of its materials in this year."""
        year, mass = int(self.world.now // 12), 0.5 + 0.3 * kind
        for material, (share, good) in MATERIALS.items():
            if what == "recycled":
                self.flows[(f"secondary {material}", year)] += mass * share * good
                self.flows[(f"landfill {material}", year)] += mass * share * (1.0 - good)
            else:
                self.flows[(f"{what} {material}", year)] += mass * share

    def make(self, kind: int) -> Part:
        self.note("virgin", kind)
        life = self.random.weibullvariate((6 + 2 * kind) * 12, 1.2 + 0.2 * kind)
        return Part(kind, 0.0, self.world.now, life)

    def spare(self, kind: int) -> Part:
        if not self.pool[kind]:
            return self.make(kind)
        part = self.pool[kind].pop(self.random.randrange(len(self.pool[kind])))
        part.since = self.world.now
        return part

    def machine(self, start: float) -> Any:
        yield self.world.timeout(start)
        while True:
            parts = [self.make(kind) for kind in range(self.parts)]
            worn = self.world.now + self.random.weibullvariate(144.0, 3.0)
            broken = yield from self.use(parts, worn)
            self.take_back(parts, broken)

    def use(self, parts: list[Part], worn: float) -> Any:
        """Until the machine leaves; returns the part that let it, or none."""
        while True:
            failing = min(parts, key=lambda part: part.since + part.fails_at - part.age)
            fails = failing.since + failing.fails_at - failing.age
            yield self.world.timeout(max(min(fails, worn) - self.world.now, 0.0))
            if worn <= fails:
                return None
            if self.random.random() >= 0.8:
                return failing
            self.note("recycled", failing.kind)
            parts[failing.kind] = self.spare(failing.kind)

    def take_back(self, parts: list[Part], broken: Part | None) -> None:
        collected = self.random.random() < 0.6
        for part in parts:
            if not collected:
                self.note("landfill", part.kind)
            elif part is not broken and self.random.random() < 0.5:
                part.age += self.world.now - part.since
                self.pool[part.kind].append(part)
            else:
                self.note("recycled", part.kind)
