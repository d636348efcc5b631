"""One scenario of a causal model in plain Python, written from the printed equation: slow, and easy to check.

Takes the drawn strengths, lags and starts as they are; draws noise and events by itself.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence

from meguru.foresight.interventions import Intervention
from meguru.foresight.model import CausalModel, Edge, Event

WORD = 0xFFFFFFFF


def philox(counter: Sequence[int], key: Sequence[int]) -> tuple[int, int, int, int]:
    """Philox 4×32 with ten rounds."""
    a, b, c, d = counter
    k, q = key
    for _ in range(10):
        p, r = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (r >> 32) ^ b ^ k, r & WORD, (p >> 32) ^ d ^ q, p & WORD
        k, q = (k + 0x9E3779B9) & WORD, (q + 0xBB67AE85) & WORD
    return a, b, c, d


def words(seed: int, name: str, scenario: int, place: int) -> tuple[int, int, int, int]:
    hashed = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")
    return philox((place, scenario, hashed & WORD, hashed >> 32), (seed & WORD, seed >> 32))


def between_0_and_1(high: int, low: int) -> float:
    return (((high << 32 | low) >> 12) + 0.5) / 2**52


def normal(seed: int, name: str, scenario: int, step: int) -> float:
    """Box and Muller: four steps share a draw, two words a pair; the last two bits are signs."""
    drawn = words(seed, name, scenario, step // 4)
    first, second = drawn[:2] if step % 4 < 2 else drawn[2:]
    radius = math.sqrt(-2 * math.log((first + 0.5) / 2**32))
    angle = ((second >> 2) + 0.5) / 2**30 * math.pi / 2
    x = math.sin(angle) if step % 2 else math.cos(angle)
    return -radius * x if second & (2 if step % 2 else 1) else radius * x


class Reference:
    """One scenario; ``history`` holds a dict of states for each time from the first on."""

    def __init__(
        self,
        model: CausalModel,
        seed: int,
        scenario: int,
        strengths: Sequence[float],
        lags: Sequence[float],
        starts: Mapping[str, float],
        interventions: Sequence[Intervention] = (),
    ) -> None:
        self.model, self.seed, self.scenario = model, seed, scenario
        self.strengths, self.interventions = strengths, interventions
        self.lags = [math.floor(lag / model.step + 0.5 + 1e-9) for lag in lags]
        self.history = [dict(starts)]
        self.happened: dict[str, int] = {}
        self.steps = round((model.last - model.first) / model.step)
        for step in range(self.steps):
            self.history.append(self.state_after(step))

    def past(self, node: str, step: int) -> float:
        return self.history[max(step, 0)][node]

    def scaled(self, node: str, step: int, reference: float | None) -> float:
        known = self.model.nodes[node]
        return (self.past(node, step) - (known.start.mode if reference is None else reference)) / known.scale

    def answer(self, edge: Edge, step: int) -> float:
        y = self.scaled(edge.source, step, edge.reference)
        if edge.form == "linear":
            return y
        if edge.form == "saturating":
            return edge.cap * math.tanh(y / edge.cap)
        if edge.form == "threshold":
            return self.logistic(edge, y)
        z = self.scaled(edge.second, step, edge.second_reference)
        return y * (z if edge.gate == "linear" else self.logistic(edge, z))

    def logistic(self, edge: Edge, y: float) -> float:
        return 1 / (1 + math.exp(-max(-700.0, min(700.0, edge.steepness * (y - edge.threshold)))))

    def state_after(self, step: int) -> dict[str, float]:
        model, dt = self.model, self.model.step
        effects = self.effects(step)
        after = {}
        for name, node in model.nodes.items():
            x = self.history[step][name]
            pushed = math.fsum(
                strength * self.answer(edge, step - lag)
                for edge, strength, lag in zip(model.edges, self.strengths, self.lags, strict=True)
                if edge.target == name
            )
            own = {"hold": 0.0, "drift": node.drift, "relax": -node.pull * (x - node.rest)}[node.dynamics]
            x += dt * (own + node.scale * pushed)
            if node.noise:
                drawn = normal(self.seed, f"nodes.{name}.noise", self.scenario, step)
                x += math.sqrt(dt) * node.noise * drawn
            after[name] = min(max(x + effects[name], node.low), node.high)
        for one in self.interventions:
            if one.kind == "hold" and self.begins(one.year) <= step < self.begins(one.until):
                after[one.node] = one.value
        return after

    def begins(self, year: float | None) -> int:
        return self.steps if year is None else round((year - self.model.first) / self.model.step)

    def effects(self, step: int) -> dict[str, float]:
        """What events and shifts add in a step, by node."""
        dt, added = self.model.step, dict.fromkeys(self.model.nodes, 0.0)
        for name, event in self.model.events.items():
            if name not in self.happened and self.happens(name, event, step):
                self.happened[name] = step
            if name not in self.happened:
                continue
            age = step - self.happened[name]
            for node, jump in event.jump.items():
                added[node] += jump if age == 0 else 0.0
            lasting = math.inf if event.lasting is None else math.floor(event.lasting / dt + 0.5 + 1e-9)
            for node, push in event.push.items():
                added[node] += dt * push if age < lasting else 0.0
        for one in self.interventions:
            if one.kind == "shift" and self.begins(one.year) == step:
                added[one.node] += one.value
        return added

    def happens(self, name: str, event: Event, step: int) -> bool:
        time = self.model.first + step * self.model.step
        state = self.history[step]
        for one in event.conditions:
            if one.above is not None and state[one.node] < one.above:
                return False
            if one.below is not None and state[one.node] > one.below:
                return False
        hazard = 0.0
        for year in sorted(event.hazard):
            hazard = event.hazard[year] if year <= time + 1e-6 else hazard
        a, b, _, _ = words(self.seed, f"events.{name}", self.scenario, step)
        return between_0_and_1(a, b) < 1 - math.exp(-hazard * self.model.step)
