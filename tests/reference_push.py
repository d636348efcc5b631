"""What the scalar reference remembers, and how it pushes things through the reverse network."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

Data = dict[str, Any]
Law = dict[int, float]  # age → share of the pieces
Pair = tuple[str, str]  # (process, item)
NOTHING = 1e-13


@dataclass(frozen=True)
class Lot:
    """Some units of an item, alike in age, state and what is inside (pieces of one unit, by state)."""

    item: str
    units: float
    age: int = 0
    failed: bool = False
    intact_inside: dict[str, Law] = field(default_factory=dict)  # part → age → pieces in one unit
    failed_inside: dict[str, Law] = field(default_factory=dict)


@dataclass
class Group:
    """Products in use of one use process, build class and age (the index met in the coming step)."""

    units: float
    laws: dict[str, Law]


def survival(life: Data) -> Callable[[float], float]:
    if life["distribution"] == "fixed":
        return lambda a: 1.0 if a < life["age"] - 1e-9 else 0.0
    return lambda a: math.exp(-((max(a, 0.0) / life["scale"]) ** life["shape"]))


def hazard(life: Data, start: float, end: float) -> float:
    s = survival(life)
    return 1.0 if s(max(start, 0.0)) <= 0.0 else 1.0 - s(end) / s(max(start, 0.0))


def mix(laws: list[tuple[float, Law]]) -> Law:
    out: Law = defaultdict(float)
    for weight, law in laws:
        for age, share in law.items():
            out[age] += weight * share
    return dict(out)


def times(law: Law, factor: float) -> Law:
    return {age: share * factor for age, share in law.items()}


def older(law: Law, steps: int = 1) -> Law:
    return {age + steps: share for age, share in law.items()}


class Network:
    """A model and its state; pushes lots on. :attr:`flows` and :attr:`stock` hold the answer.

    Flows are by (route, item), stocks by (process, item).
    """

    def __init__(self, data: Data) -> None:
        self.data, self.items, self.processes = data, data["items"], data["processes"]
        self.t = 0  # step that is being taken
        self.years = data["time"]["last"] - data["time"]["first"] + 1
        self.sales = data["time"].get("sales", "middle")
        self.flows: dict[Pair, list[float]] = defaultdict(lambda: [0.0] * self.years)
        self.stock: dict[Pair, list[float]] = defaultdict(lambda: [0.0] * self.years)
        self.routes_from: dict[str, list[Data]] = defaultdict(list)
        self.routes_into: dict[Pair, list[Data]] = defaultdict(list)
        for route in sorted(data["routes"], key=lambda r: int(r.get("priority", 0))):
            self.routes_from[route["from"]].append(route)
            self.routes_into[(route["to"], route.get("item", ""))].append(route)
        self.uses = {n: p for n, p in self.processes.items() if p["kind"] == "use"}
        self.groups: dict[tuple[str, str, int], Group] = {}
        self.stores: dict[Pair, dict[int, Lot]] = defaultdict(dict)
        self.waiting: list[tuple[str, str, Lot]] = []
        self.owed: dict[Pair, float] = defaultdict(float)
        self.asked: dict[Pair, float] = {}
        self.taken: dict[Pair, float] = defaultdict(float)

    # -- little helpers ------------------------------------------------------------------------------------

    def note(self, route: Data, item: str, units: float) -> None:
        self.flows[(route["name"], item)][self.t] += units

    def into(self, target: str, item: str) -> list[Data]:
        """Pull routes that can bring an item, first choice first."""
        return self.routes_into[(target, item)]

    def content(self, store: str, item: str) -> float:
        return sum(lot.units for lot in self.stores[(store, item)].values())

    def law_in(self, store: str, item: str) -> Law:
        total = self.content(store, item)
        return {age: lot.units / total for age, lot in self.stores[(store, item)].items()}

    def take(self, store: str, item: str, units: float) -> None:
        held = self.content(store, item)
        shelf = self.stores[(store, item)]
        for age, lot in list(shelf.items()):
            shelf[age] = replace(lot, units=lot.units * max(1.0 - units / held, 0.0))

    # -- push ----------------------------------------------------------------------------------------------

    def push(self, start: list[tuple[str, str, Lot]]) -> None:
        """Walk every lot on; what has a capacity or a limit waits until all that can arrive has arrived."""
        held: dict[str, list[Lot]] = defaultdict(list)
        moving = list(start)
        order = [
            n for n, p in self.processes.items() if "capacity" in p or (p["kind"] == "store" and "limit" in p)
        ]
        while True:
            while moving:
                process, port, lot = moving.pop()
                for route in self.leaving(process, port, lot):
                    part = replace(lot, units=lot.units * route.get("share", 1.0))
                    if part.units > NOTHING:
                        self.note(route, lot.item, part.units)
                        if route["to"] in order:
                            held[route["to"]].append(part)
                        else:
                            moving += self.arrive(route["to"], part)
            name = next((n for n in order if held.get(n)), None)
            if name is None:
                return
            moving += self.arrive_limited(name, held.pop(name))

    def leaving(self, process: str, port: str, lot: Lot) -> list[Data]:
        """Routes from the exact port before the wider one; failed pieces may stay with the rest."""
        for name in (port, "rest" if port.endswith(".failed") else port.partition(".")[0]):
            found = self.routes_from.get(f"{process}.{name}")
            if found:
                return found
        assert lot.units <= 1e-12, (process, port, lot)
        return []

    def arrive_limited(self, name: str, lots: list[Lot]) -> list[tuple[str, str, Lot]]:
        """The excess of all that arrives goes to the overflow, in proportion."""
        process = self.processes[name]
        total = sum(lot.units for lot in lots)
        free = (
            process["capacity"]
            if "capacity" in process
            else process["limit"] - self.content(name, lots[0].item)
        )
        kept = min(1.0, max(free, 0.0) / total) if total > 0.0 else 1.0
        out = [(name, "overflow", replace(lot, units=lot.units * (1.0 - kept))) for lot in lots]
        for lot in lots:
            out += self.arrive(name, replace(lot, units=lot.units * kept))
        return out

    def arrive(self, name: str, lot: Lot) -> list[tuple[str, str, Lot]]:
        process = self.processes[name]
        if process["kind"] == "sort":
            return [
                (name, port, replace(lot, units=lot.units * share))
                for port, share in self.split(process, lot).items()
            ]
        if process["kind"] == "dismantle":
            return self.open(name, process, lot)
        if process["kind"] == "recycle":
            out = []
            for material, kg in self.materials(lot.item).items():
                share = process["yield"].get(material, 0.0)
                out.append((name, "secondary", Lot(material, lot.units * kg * share)))
                out.append((name, "residue", Lot(material, lot.units * kg * (1.0 - share))))
            return out
        if process["kind"] == "recondition":
            return self.recondition(name, process, lot)
        if process["kind"] == "store":
            self.shelve(name, lot)
        return []

    def split(self, process: Data, lot: Lot) -> dict[str, float]:
        calendar = lot.age + {"middle": 0.0, "start": 0.5, "end": 1.0}[self.sales]
        for rule in process.get("rules", []):
            if (
                rule.get("item", lot.item) == lot.item
                and calendar < rule.get("age_below", math.inf) - 1e-9
                and (rule.get("condition") is None or (rule["condition"] == "failed") == lot.failed)
            ):
                return dict(rule["split"])
        return dict(process["split"])

    def open(self, name: str, process: Data, lot: Lot) -> list[tuple[str, str, Lot]]:
        out = []
        for child, count in self.items[lot.item]["bom"].items():
            share = process["recover"].get(child, 0.0)
            followed = child in lot.intact_inside
            for failed, inside in (
                (False, lot.intact_inside.get(child, {0: count})),
                (True, lot.failed_inside.get(child, {})),
            ):
                for age, pieces in inside.items():
                    units = lot.units * pieces
                    piece = Lot(child, units, age if followed else 0, failed)
                    out.append(
                        (name, f"{child}.failed" if failed else child, replace(piece, units=units * share))
                    )
                    out.append((name, "rest", replace(piece, units=units * (1.0 - share))))
        return out

    def materials(self, item: str) -> dict[str, float]:
        if self.items[item]["kind"] == "material":
            return {item: 1.0}
        out: dict[str, float] = defaultdict(float)
        for child, amount in self.items[item]["bom"].items():
            for material, kg in self.materials(child).items():
                out[material] += amount * kg
        return out

    def recondition(self, name: str, process: Data, lot: Lot) -> list[tuple[str, str, Lot]]:
        share, left = process["recovery"], lot.age * (1.0 - process.get("age_reset", 0.0))
        good = replace(lot, units=lot.units * share, failed=False)
        low = math.floor(left + 1e-12)
        part = max(left - low, 0.0)
        return [
            (name, "good", replace(good, units=good.units * (1.0 - part), age=low)),
            (name, "good", replace(good, units=good.units * part, age=low + 1)),
            (name, "rejected", replace(lot, units=lot.units * (1.0 - share))),
        ]

    def shelve(self, store: str, lot: Lot) -> None:
        assert not lot.failed
        shelf = self.stores[(store, lot.item)]
        age = lot.age if self.items[lot.item]["kind"] != "material" else 0
        there = shelf.get(age, replace(lot, units=0.0, age=age))
        units = there.units + lot.units
        if units > 0.0:
            inside = {
                p: mix([(there.units / units, there.intact_inside.get(p, {})), (lot.units / units, law)])
                for p, law in lot.intact_inside.items()
            }
            shelf[age] = replace(there, units=units, intact_inside=inside)
