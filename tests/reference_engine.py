"""One time step after the other, slowly: a scalar reference of the engine for small models.

Written from section 3 (and 4) of the design page with dictionaries and floats, not from the kernels. Ages are whole
steps, things are lots, loops are walked round until nothing is left. It knows yearly steps, own reasons in order,
followed parts, sort (rules by age and state), dismantle (capacity), recycle, recondition (age reset, failed accepted),
stores (limit, loss, resale of whole products), makes with scrap, priorities, share limits and one limited supply.
The model is plain data with every number in years, pieces and kg.
"""

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
    """Products in use of one use process, build class and age: ``age`` is the index met in the coming step."""

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


class Reference:
    """Runs a model; :attr:`flows` and :attr:`stock` hold the answer by (route, item) and by (process, item)."""

    def __init__(self, data: Data) -> None:
        self.data, self.items, self.processes = data, data["items"], data["processes"]
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

    def run(self) -> Reference:
        for self.t in range(self.years):
            self.step()
        return self

    # -- little helpers ----------------------------------------------------------------------------------------

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

    # -- one step ----------------------------------------------------------------------------------------------

    def step(self) -> None:
        start = self.waiting
        self.waiting = []
        for (store, item), shelf in self.stores.items():
            lost = self.processes[store].get("loss", 0.0)
            for age, lot in list(shelf.items()):
                start.append((store, "loss", replace(lot, units=lot.units * lost)))
                shelf[age] = replace(lot, units=lot.units * (1.0 - lost))
        spares = self.owed
        self.owed = defaultdict(float)
        ready: list[tuple[Group, dict[str, tuple[Law, float]]]] = []
        for (use, _, age), group in self.groups.items():
            ready.append((group, self.leave(use, age, group, start, spares, None)))
        put, fresh = self.draw_spares(spares)
        self.asked, self.taken = dict(spares), defaultdict(float)
        for (use, build, age), group in self.groups.items():
            renewed = next(r for g, r in ready if g is group)
            for part, (kept, repaired) in renewed.items():
                group.laws[part] = mix([(1.0, kept), (repaired, self.entering(put[(use, part)]))])
        self.groups = {(u, b, a + 1): g for (u, b, a), g in self.groups.items() if g.units > 0.0}
        self.push(start)
        self.pull(fresh)
        for (use, _, _), group in self.groups.items():
            self.stock[(use, str(self.uses[use]["product"]))][self.t] += group.units
        for store, item in self.stores:
            self.stock[(store, item)][self.t] = self.content(store, item)

    def entering(self, law: Law) -> Law:
        """Index in the next step of pieces put in by repair: x + 1, or half x and half x + 1."""
        if self.sales == "middle":
            return older(law)
        return mix([(0.5, law), (0.5, older(law))])

    def met(self, life: Data, index: int, sold_now: bool) -> float:
        """Hazard of index ``index`` in this step. Where sales come at the end, nothing leaves in the step of the sale."""
        if self.sales == "middle":
            return hazard(life, index, index + 0.5) if sold_now else hazard(life, index - 0.5, index + 0.5)
        return hazard(life, index, index + 1.0) if self.sales == "start" or not sold_now else 0.0

    def leave(
        self,
        use: str,
        age: int,
        group: Group,
        out: list[tuple[str, str, Lot]],
        spares: dict[Pair, float],
        sold_now: bool | None,
    ) -> dict[str, tuple[Law, float]]:
        """Exits of one group, and of each part what stays (not yet one step older put in) and the share repaired."""
        process, product = self.uses[use], str(self.uses[use]["product"])
        bom = self.items[product]["bom"]
        now = sold_now is not None
        stays = 1.0
        for cause, life in process["leave"].items():
            left = stays * self.met(life, age, now)
            inside = {part: times(law, bom[part]) for part, law in group.laws.items()}
            out.append((use, f"retired.{cause}", Lot(product, group.units * left, age, False, inside)))
            stays -= left
        shares: dict[str, tuple[Law, float, float]] = {}
        q = 1.0
        for part, law in group.laws.items():
            slot = process["parts"][part]
            failing = {
                a: s * (self.met(slot["lifetime"], a, now) if "lifetime" in slot else 0.0)
                for a, s in law.items()
            }
            rho = slot.get("repair", 0.0)
            shares[part] = (failing, sum(failing.values()), rho)
            q *= (1.0 - (1.0 - rho) * sum(failing.values())) ** bom[part]
        by_part = group.units * stays * (1.0 - q)
        intact: dict[str, Law] = {}
        broken: dict[str, Law] = {}
        answer: dict[str, tuple[Law, float]] = {}
        for part, (failing, f, rho) in shares.items():
            law, n = group.laws[part], bom[part]
            unrepaired = (1.0 - rho) * f
            others = q / (1.0 - unrepaired) if unrepaired < 1.0 else 0.0
            loose = group.units * stays * n * rho * others
            for a, share in failing.items():
                out.append((use, f"failed.{part}", Lot(part, loose * share, a, True)))
            spares[(use, part)] += loose * f
            if by_part > 0.0:
                intact[part] = {a: n * (s - failing[a]) * (1.0 - others) / (1.0 - q) for a, s in law.items()}
                broken[part] = {
                    a: n * s * ((1.0 - rho) + rho * (1.0 - others)) / (1.0 - q) for a, s in failing.items()
                }
            stay = 1.0 - unrepaired if unrepaired < 1.0 else math.inf
            answer[part] = (older({a: (s - failing[a]) / stay for a, s in law.items()}), rho * f / stay)
        out.append((use, "retired.part_failure", Lot(product, by_part, age, True, intact, broken)))
        group.units = group.units * stays - by_part
        return answer

    def draw_spares(self, spares: dict[Pair, float]) -> tuple[dict[Pair, Law], dict[Pair, float]]:
        """From the stores as the last step left them, shared in proportion; returns ages put in, and what must be new."""
        law: dict[Pair, Law] = defaultdict(lambda: {0: 1.0})
        fresh = dict(spares)
        for store, part in list(self.stores):
            wanted = {
                (use, part): (route, spares[(use, part)] * route.get("max_share", 1.0))
                for use in self.uses
                for route in self.into(use, part)
                if route["from"] == store and spares.get((use, part), 0.0) > 0.0
            }
            held, total = self.content(store, part), sum(units for _, units in wanted.values())
            if total <= 0.0 or held <= 0.0:
                continue
            ratio = min(1.0, held / total)
            for key, (route, units) in wanted.items():
                fresh[key] -= units * ratio
                share = units * ratio / spares[key]
                law[key] = mix([(share, self.law_in(store, part)), (1.0 - share, {0: 1.0})])
                self.note(route, part, units * ratio)
            self.take(store, part, total * ratio)
        return law, fresh

    # -- push --------------------------------------------------------------------------------------------------

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
        """Routes from the exact port before those from the wider one; failed pieces may stay with the rest."""
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
        calendar = lot.age + (self.sales == "end")
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

    # -- pull --------------------------------------------------------------------------------------------------

    def most(self, route: Data, item: str) -> float:
        """What a source can give at most: a store what it holds, a supply its limit, a make what its inputs allow."""
        source = self.processes[route["from"]]
        if source["kind"] == "store":
            return self.content(route["from"], item)
        if source["kind"] == "supply":
            return float(source.get("limit", math.inf))
        most = float(source.get("capacity", math.inf))
        for child, amount in self.items[item]["bom"].items():
            most = min(most, sum(self.most(r, child) for r in self.into(route["from"], child)) / amount)
        return most

    def share_out(self, target: str, item: str, wanted: float) -> list[tuple[Data, float]]:
        """What each source gives for one product; less is delivered where their limits and shares do not allow more."""
        offers = [(r, self.most(r, item), r.get("max_share", 1.0)) for r in self.into(target, item)]

        def given(need: float) -> list[tuple[Data, float]]:
            out, left = [], need
            for route, most, share in offers:
                units = max(min(most, share * need, left), 0.0)
                out.append((route, units))
                left -= units
            return out

        low, high = 0.0, wanted
        if sum(u for _, u in given(wanted)) >= wanted * (1.0 - 1e-13):
            return given(wanted)
        for _ in range(200):
            middle = (low + high) / 2.0
            low, high = (
                (middle, high)
                if sum(u for _, u in given(middle)) >= middle * (1.0 - 1e-13)
                else (low, middle)
            )
        return given(low)

    def pull(self, fresh: dict[Pair, float]) -> None:
        needs: dict[Pair, float] = defaultdict(float)  # (target, item) → units
        delivered: list[tuple[str, str, Data, float]] = []
        for use, process in self.uses.items():
            product = process["product"]
            for route, units in self.share_out(use, product, process["demand"]["sales"]):
                self.note(route, product, units)
                delivered.append((use, product, route, units))
                if self.processes[route["from"]]["kind"] == "make":
                    for child, amount in self.items[product]["bom"].items():
                        needs[(route["from"], child)] += units * amount
        laws = self.pull_parts(needs, fresh)
        for use, product, route, units in delivered:
            self.place(use, product, route, units, laws)
        self.finish_stores(delivered)

    def pull_parts(self, needs: dict[Pair, float], fresh: dict[Pair, float]) -> dict[Pair, Law]:
        """Parts, then materials: the store first, shared in proportion among all that ask, then the other source."""
        laws: dict[Pair, Law] = defaultdict(lambda: {0: 1.0})
        for kind in ("part", "material"):
            for item in (n for n, i in self.items.items() if i["kind"] == kind):
                rest = self.from_stores(item, needs, laws)
                for pair, units in fresh.items():
                    if pair[1] == item:
                        rest[pair] = rest.get(pair, 0.0) + units
                for (target, _), units in rest.items():
                    self.from_makers(target, item, units, needs)
        return laws

    def from_stores(self, item: str, needs: dict[Pair, float], laws: dict[Pair, Law]) -> dict[Pair, float]:
        rest = {pair: units for pair, units in needs.items() if pair[1] == item}
        asked = {
            pair: (route, units * route.get("max_share", 1.0))
            for pair, units in rest.items()
            for route in self.into(*pair)
            if self.processes[route["from"]]["kind"] == "store"
        }
        total = sum(units for _, units in asked.values())
        for pair, (route, units) in asked.items():
            store = str(route["from"])
            held = self.content(store, item)
            got = units * min(1.0, held / total) if total > 0.0 else 0.0
            if got > 0.0:
                share = got / rest[pair]
                laws[pair] = mix([(share, self.law_in(store, item)), (1.0 - share, {0: 1.0})])
                rest[pair] -= got
                self.note(route, item, got)
                self.taken[(store, item)] += got
        return rest

    def from_makers(self, target: str, item: str, units: float, needs: dict[Pair, float]) -> None:
        routes = [r for r in self.into(target, item) if self.processes[r["from"]]["kind"] != "store"]
        if not routes:
            assert units <= 1e-9, (target, item, units)
            return
        self.note(routes[0], item, units)
        maker = str(routes[0]["from"])
        process = self.processes[maker]
        if process["kind"] != "make":
            return
        for child, amount in self.items[item]["bom"].items():
            efficiency = process.get("efficiency", 1.0) * process.get("recipe", {}).get(child, {}).get(
                "efficiency", 1.0
            )
            needs[(maker, child)] += units * amount / efficiency
            if efficiency < 1.0:
                self.push([(maker, "scrap", Lot(child, units * amount * (1.0 / efficiency - 1.0)))])

    # -- place -------------------------------------------------------------------------------------------------

    def place(self, use: str, product: str, route: Data, units: float, laws: dict[Pair, Law]) -> None:
        parts = self.uses[use].get("parts", {})
        source = self.processes[route["from"]]
        if units <= 0.0:
            return
        if source["kind"] != "store":
            build = source.get("build", "")
            self.sell(use, build, 0, units, {p: laws[(str(route["from"]), p)] for p in parts})
            return
        held = self.content(str(route["from"]), product)
        for age, lot in self.stores[(str(route["from"]), product)].items():
            bom = self.items[product]["bom"]
            inside = {p: times(lot.intact_inside[p], 1.0 / bom[p]) for p in parts if lot.units > 0.0}
            self.sell(use, "resold", age, units * lot.units / held, inside)

    def sell(self, use: str, build: str, age: int, units: float, laws: dict[str, Law]) -> None:
        if units <= 0.0:
            return
        group = Group(units, laws)
        if self.sales != "end":
            renewed = self.leave(use, age, group, self.waiting, self.owed, True)
            for part, (kept, repaired) in renewed.items():
                group.laws[part] = mix([(1.0, kept), (repaired, self.entering(self.expected(use, part)))])
            age += 1
        there = self.groups.get((use, build, age), Group(0.0, group.laws))
        total = there.units + group.units
        if total <= 0.0:
            return
        mixed = {
            p: mix([(there.units / total, there.laws[p]), (group.units / total, law)])
            for p, law in group.laws.items()
        }
        self.groups[(use, build, age)] = Group(total, mixed)

    def expected(self, use: str, part: str) -> Law:
        """Ages of the spares that the next step will draw, from what this step leaves in the store."""
        for route in self.into(use, part):
            store = str(route["from"])
            if self.processes[store]["kind"] == "store":
                held = self.content(store, part) - self.taken[(store, part)]
                asked = self.asked.get((use, part), 0.0)
                share = min(route.get("max_share", 1.0), held / asked if asked > 0.0 else 1.0)
                if held > 0.0:
                    return mix([(share, self.law_in(store, part)), (1.0 - share, {0: 1.0})])
        return {0: 1.0}

    def finish_stores(self, delivered: list[tuple[str, str, Data, float]]) -> None:
        for _, product, route, units in delivered:
            if self.processes[route["from"]]["kind"] == "store" and units > 0.0:
                self.taken[(str(route["from"]), product)] += units
        for (store, item), units in self.taken.items():
            if units > 0.0:
                self.take(store, item, units)
