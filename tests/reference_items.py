"""A slow engine of individuals for one network, in plain Python: objects, lists, hazards met step by step.

It shares with the engine only the draws (who, step, what → a number) and the hazards of the compiled model.
Machines with a pump and two fans are sold, wear out, fail and are repaired; what leaves is collected or not,
collected machines are taken apart, and good pumps go through a yard into repairs.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from meguru.engine.compiled import load_kernel
from meguru.engine.compiling.program import Program
from meguru.engine.items.tables import table_of
from meguru.engine.plan import (
    CAUSE,
    CAUSE_HAZARD,
    CAUSE_NODE,
    DEPOSIT,
    OP_CODE,
    OP_FLOW,
    OP_SOURCE,
    OP_TARGET,
    PUSH,
    SLOT_HAZARD,
    SLOT_USE,
    USE,
    USE_DEMAND,
    USE_PART_NODE,
)  # fmt: skip

chance: Any = load_kernel("meguru.engine.items.kernel_chance")
cohorts: Any = load_kernel("meguru.engine.kernels.cohorts")
PARTS = {"pump": 1, "fan": 2}


def fleet_data(sales: float, repair: str = "80 %", step: str = "year", years: int = 12) -> dict[str, Any]:
    """The model as data."""
    life = {"distribution": "weibull"}
    return {
        "meguru": 1,
        "name": "machines",
        "time": {"first": 2000, "last": 2000 + years - 1, "step": step},
        "items": {
            "steel": {"kind": "material", "unit": "kg"},
            "pump": {"kind": "part", "bom": {"steel": "2 kg"}},
            "fan": {"kind": "part", "bom": {"steel": "1 kg"}},
            "machine": {"kind": "product", "bom": dict(PARTS)},
        },
        "processes": {
            "virgin": {"kind": "supply", "supplies": ["steel"]},
            "make_pump": {"kind": "make", "item": "pump"},
            "make_fan": {"kind": "make", "item": "fan"},
            "assemble": {"kind": "make", "item": "machine"},
            "use": {
                "kind": "use",
                "product": "machine",
                "demand": {"sales": f"{sales} piece/year"},
                "leave": {"worn": life | {"shape": 2.5, "scale": "8 year"}},
                "parts": {
                    "pump": {"lifetime": life | {"shape": 1.4, "scale": "5 year"}, "repair": repair},
                    "fan": {"lifetime": life | {"shape": 2.0, "scale": "9 year"}, "repair": repair},
                },
            },
            "collect": {"kind": "sort", "split": {"taken": "60 %", "left": "rest"}},
            "dismantle": {"kind": "dismantle", "recover": {"pump": "70 %"}},
            "yard": {"kind": "store"},
            "recycle": {"kind": "recycle", "yield": {"steel": "90 %"}},
            "secondary": {"kind": "sink"},
            "landfill": {"kind": "sink"},
        },
        "routes": [
            {"from": "virgin", "to": "make_pump"},
            {"from": "virgin", "to": "make_fan"},
            {"from": "make_pump", "to": "assemble"},
            {"from": "make_fan", "to": "assemble"},
            {"from": "assemble", "to": "use"},
            {"from": "yard", "to": "use", "priority": 1},
            {"from": "make_pump", "to": "use", "priority": 2},
            {"from": "make_fan", "to": "use"},
            {"from": "use.retired", "to": "collect"},
            {"from": "use.failed", "to": "recycle"},
            {"from": "collect.taken", "to": "dismantle"},
            {"from": "collect.left", "to": "landfill"},
            {"from": "dismantle.pump", "to": "yard"},
            {"from": "dismantle.rest", "to": "recycle"},
            {"from": "recycle.secondary", "to": "secondary"},
            {"from": "recycle.residue", "to": "landfill"},
        ],
        "scenarios": {"base": {"reference": True}},
    }


@dataclass
class Piece:
    serial: int
    birth: int
    fails: int = -1
    failed: bool = False
    owed: bool = False


@dataclass
class Machine:
    serial: int
    made: int
    leaves: int = -1
    slots: dict[str, list[Piece]] = field(default_factory=dict)

    def pieces(self) -> list[tuple[str, Piece]]:
        return [(part, piece) for part, pieces in self.slots.items() for piece in pieces]


class Reference:
    """Runs a compiled ``fleet_data`` of yearly steps, with sales in the middle of a step."""

    def __init__(self, program: Program, seed: int, run: int) -> None:
        self.program, self.k = program, np.array([seed, 0, run], dtype=np.uint64)
        self.steps = len(program.years)
        self.flows: Counter[tuple[str, str, str, int]] = Counter()  # source, target, item, step
        self.stock: list[tuple[int, int]] = []  # machines in use, pumps in the yard
        self.serial = self.taken = 0
        self.queue: dict[int, list[Machine]] = {}
        self.yard: list[tuple[Piece, int]] = []  # with the step in which it came
        self.at: dict[int, list[Any]] = {}
        self.waiting: dict[int, list[Any]] = {}
        self.in_use = 0
        plan = program.plan
        self.cause = int(table_of(plan, CAUSE)[0, CAUSE_NODE])
        self.broken = int(table_of(plan, USE)[0, USE_PART_NODE])
        self.loose = {part: int(table_of(plan, SLOT_USE)[i, 0]) for i, part in enumerate(PARTS)}

    def u(self, who: int, step: int, what: int) -> float:
        return float(chance.uniform(self.k, who, step, what))

    def due(self, table: int, row: int, birth: int, t: int, v: float) -> int:
        """First step from ``t`` on in which a hazard strikes: they are met one after the other."""
        left = 1.0
        for step in range(t, self.steps):
            left *= 1.0 - self.hazard(table, row, step - birth, False)
            if left <= v:
                return step
        return self.steps

    def hazard(self, table: int, row: int, age: int, at_sale: bool) -> float:
        plan = self.program.plan
        at = int(plan[table] + row * plan[table + 1])
        return float(cohorts.hazard_of(plan, self.program.numbers[0], at, 0, age, at_sale))

    def due_at_sale(self, table: int, row: int, birth: int, t: int, v: float) -> int:
        stay = 1.0 - self.hazard(table, row, t - birth, True)
        return t if v >= stay else self.due(table, row, birth, t + 1, v / stay)

    def new_serial(self) -> int:
        self.serial += 1
        return self.serial

    def note(self, source: str, target: str, item: str, t: int) -> None:
        self.flows[(source, target, item, t)] += 1

    def enqueue(self, machine: Machine, no_later: int) -> None:
        step = min([machine.leaves, no_later, *(p.fails for _, p in machine.pieces() if not p.owed)])
        if step < self.steps:
            self.queue.setdefault(step, []).append(machine)

    # -- what happens to machines

    def judge(self, machine: Machine, t: int) -> str:
        if machine.leaves == t:
            return "leaves"
        failing = [piece for _, piece in machine.pieces() if not piece.owed and piece.fails == t]
        share = 0.8
        if any(self.u(piece.serial, t, chance.MEND) >= share for piece in failing):
            return "breaks"
        return "mended" if failing else "nothing"

    def go(self, machine: Machine, t: int, breaks: bool, lists: dict[int, list[Any]]) -> None:
        for _, piece in machine.pieces():
            piece.failed = breaks and piece.fails == t
        lists.setdefault(self.broken if breaks else self.cause, []).append(machine)

    def allot(self, wanted: list[tuple[Machine, str, Piece]], t: int) -> tuple[int, int]:
        pumps = sum(1 for _, part, _ in wanted if part == "pump")
        return min(pumps, len(self.yard)), pumps

    def renew(self, part: str, piece: Piece, t: int, put: int, given: list[int]) -> None:
        """A piece takes the place of one that failed; ``given``: out of the yard, in all."""
        old, from_yard = piece.serial, False
        if part == "pump":
            from_yard = self.u(old, t, chance.TAKE) * given[1] < given[0]
            given[1] -= 1
        if from_yard:
            given[0] -= 1
            index = int(self.u(self.taken, t, chance.SHELF_PLACE) * len(self.yard))
            self.taken += 1
            spare, since = self.yard[index]
            self.yard[index] = self.yard[-1]
            self.yard.pop()
            piece.serial, piece.birth = spare.serial, spare.birth + (t - since) - (t - put)
            self.note("yard", "use", "pump", t)
        else:
            piece.serial, piece.birth = self.new_serial(), put
            self.note(f"make_{part}", "use", part, t)
        row = list(PARTS).index(part)
        v = self.u(piece.serial, put + 1, chance.FAIL)
        piece.fails, piece.owed = self.due(SLOT_HAZARD, row, piece.birth, put + 1, v), False

    def take_out(self, part: str, piece: Piece, t: int, lists: dict[int, list[Any]]) -> None:
        lists.setdefault(self.loose[part], []).append((part, Piece(piece.serial, piece.birth, failed=True)))

    def step(self, t: int) -> None:
        for node, things in self.waiting.items():
            self.at.setdefault(node, []).extend(reversed(things))
            for thing in things:
                for _, piece in thing.pieces() if isinstance(thing, Machine) else [thing]:
                    piece.birth += 1
        self.waiting = {}
        bucket = list(reversed(self.queue.pop(t, [])))
        owed = [(m, part, p) for m in bucket for part, p in m.pieces() if p.owed]
        given = list(self.allot(owed, t))
        for _, part, piece in owed:
            self.renew(part, piece, t, t - 1, given)
        fates = [self.judge(machine, t) for machine in bucket]
        failing = [
            (m, part, p) for m, fate in zip(bucket, fates, strict=True) if fate == "mended"
            for part, p in m.pieces() if p.fails == t
        ]  # fmt: skip
        given = list(self.allot(failing, t))
        for machine, fate in zip(bucket, fates, strict=True):
            if fate in ("leaves", "breaks"):
                self.in_use -= 1
                self.go(machine, t, fate == "breaks", self.at)
                continue
            for part, piece in machine.pieces():
                if fate == "mended" and piece.fails == t:
                    self.take_out(part, piece, t, self.at)
                    self.renew(part, piece, t, t, given)
            self.enqueue(machine, self.steps)
        self.push(t)
        self.sell(t)
        self.stock.append((self.in_use, len(self.yard)))

    # -- the network

    def push(self, t: int) -> None:
        """Node after node, in the order of the compiled operations; the last that came goes first."""
        flows, done = self.program.network.flows, set()
        for row in table_of(self.program.plan, PUSH):
            node, flow = int(row[OP_SOURCE]), flows[row[OP_FLOW]]
            if row[OP_CODE] == DEPOSIT:
                self.yard += [(piece, t) for _, piece in reversed(self.at.pop(node, []))]
            elif node not in done and flow.source in ("use", "collect", "dismantle"):
                done.add(node)
                for thing in reversed(self.at.pop(node, [])):
                    self.send(flow.source, node, thing, t)

    def target(self, node: int, target: str, item: str) -> int:
        """Node of an item at a process, found by an operation that ends there."""
        flows = self.program.network.flows
        for row in table_of(self.program.plan, PUSH):
            if row[OP_CODE] not in (DEPOSIT,) and flows[row[OP_FLOW]].target == target:
                if flows[row[OP_FLOW]].item == item:
                    return int(row[OP_TARGET])
        raise AssertionError(target)

    def send(self, source: str, node: int, thing: Any, t: int) -> None:
        if source == "use":
            item, target = ("machine", "collect") if isinstance(thing, Machine) else (thing[0], "recycle")
            self.note("use", target, item, t)
            if item == "machine":
                self.at.setdefault(self.target(node, target, item), []).append(thing)
        elif source == "collect":
            taken = self.u(thing.serial, t, chance.GO + node) < 0.6
            target = "dismantle" if taken else "landfill"
            self.note("collect", target, "machine", t)
            if taken:
                self.at.setdefault(self.target(node, target, "machine"), []).append(thing)
        else:
            for part, piece in thing.pieces():
                good = part == "pump" and not piece.failed and self.u(piece.serial, t, chance.GO + node) < 0.7
                target = "yard" if good else "recycle"
                self.note("dismantle", target, part, t)
                if good:
                    self.at.setdefault(self.target(node, target, part), []).append((part, piece))

    def sell(self, t: int) -> None:
        year = float(
            self.program.coefficients.get(int(table_of(self.program.plan, USE)[0, USE_DEMAND])).flat[0]
        )
        for _ in range(int(np.floor(year + self.u(0, t, chance.SALES)))):
            machine = Machine(self.new_serial(), t)
            self.note("assemble", "use", "machine", t)
            for part, count in PARTS.items():
                machine.slots[part] = [Piece(self.new_serial(), t) for _ in range(count)]
            v = self.u(machine.serial, t, chance.LEAVE)
            machine.leaves = self.due_at_sale(CAUSE_HAZARD, 0, t, t, v)
            for part, piece in machine.pieces():
                row, v = list(PARTS).index(part), self.u(piece.serial, t, chance.FAIL)
                piece.fails = self.due_at_sale(SLOT_HAZARD, row, piece.birth, t, v)
            fate = self.judge(machine, t)
            if fate in ("leaves", "breaks"):
                self.go(machine, t, fate == "breaks", self.waiting)
                continue
            for part, piece in machine.pieces():
                if fate == "mended" and piece.fails == t:
                    self.take_out(part, piece, t, self.waiting)
                    piece.owed = True
            self.in_use += 1
            self.enqueue(machine, t + 1 if fate == "mended" else self.steps)

    def run(self) -> Reference:
        for t in range(self.steps):
            self.step(t)
        return self
