"""One time step after the other, slowly: a scalar reference of the engine for small models.

Written from sections 3 and 4 of the design page with dictionaries and floats, not from the kernels. Ages
are whole steps, things are lots, loops are walked round until nothing is left. It knows yearly steps, own
reasons in order, followed parts, sort (rules by age and state), dismantle (capacity), recycle, recondition
(age reset, failed accepted), stores (limit, loss, resale of whole products), makes with scrap, priorities,
share limits and one limited supply.
The model is plain data with every number in years, pieces and kg.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace

from reference_push import Data, Group, Law, Lot, Network, Pair, hazard, mix, older, times


class Reference(Network):
    """Runs a model, step by step."""

    def run(self) -> Reference:
        for step in range(self.years):
            self.t = step
            self.step()
        return self

    # -- one step ------------------------------------------------------------------------------------------

    def step(self) -> None:
        start = self.waiting
        self.waiting = []
        for (store, _), shelf in self.stores.items():
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
        for (use, _, _), group in self.groups.items():
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
        """Hazard of an index in this step; where sales come at the end, none in the step of the sale."""
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
        """Exits of one group; of each part the ages of what stays, and the share repaired."""
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
        visit = process.get("repair_by") == "visit"  # ρ is then the same for all parts that fail
        q = whole = 1.0
        for part, law in group.laws.items():
            slot = process["parts"][part]
            failing = {
                a: s * (self.met(slot["lifetime"], a, now) if "lifetime" in slot else 0.0)
                for a, s in law.items()
            }
            rho = slot.get("repair", 0.0)
            shares[part] = (failing, sum(failing.values()), rho)
            q *= (1.0 - (1.0 - rho) * sum(failing.values())) ** bom[part]
            whole *= (1.0 - sum(failing.values())) ** bom[part]
        of_visit = max((rho for _, f, rho in shares.values() if f > 0.0), default=0.0)
        if visit:
            q = whole + of_visit * (1.0 - whole)
        by_part = group.units * stays * (1.0 - q)
        intact: dict[str, Law] = {}
        broken: dict[str, Law] = {}
        answer: dict[str, tuple[Law, float]] = {}
        for part, (failing, f, rho) in shares.items():
            law, n = group.laws[part], bom[part]
            rho = of_visit if visit else rho
            unrepaired = (1.0 - rho) * f
            others = q / (1.0 - unrepaired) if unrepaired < 1.0 else 0.0
            repaired = others
            if visit:
                untouched = math.prod(
                    (1.0 - g) ** (bom[other] - (other == part)) for other, (_, g, _) in shares.items()
                )
                others, repaired = untouched + rho * (1.0 - untouched), 1.0
            loose = group.units * stays * n * rho * repaired
            for a, share in failing.items():
                out.append((use, f"failed.{part}", Lot(part, loose * share, a, True)))
            spares[(use, part)] += loose * f
            if by_part > 0.0:
                intact[part] = {a: n * (s - failing[a]) * (1.0 - others) / (1.0 - q) for a, s in law.items()}
                broken[part] = {
                    a: n * s * ((1.0 - rho) + rho * (1.0 - repaired)) / (1.0 - q) for a, s in failing.items()
                }
            left = q if visit else 1.0 - unrepaired
            stay = left if left > 0.0 else math.inf
            kept = others if visit else 1.0
            answer[part] = (
                older({a: (s - failing[a]) * kept / stay for a, s in law.items()}),
                rho * f / stay,
            )
        out.append((use, "retired.part_failure", Lot(product, by_part, age, True, intact, broken)))
        group.units = group.units * stays - by_part
        return answer

    def draw_spares(self, spares: dict[Pair, float]) -> tuple[dict[Pair, Law], dict[Pair, float]]:
        """From the stores as the last step left them, in proportion: ages put in, and what must be new."""
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

    # -- pull ----------------------------------------------------------------------------------------------

    def most(self, route: Data, item: str) -> float:
        """Most that a source can give: what a store holds, a supply may, the inputs of a make allow."""
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
        """What each source gives for one product; less where their limits and shares do not allow more."""
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
        """Parts, then materials: the store first, in proportion among all that ask, then the other source."""
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

    # -- place ---------------------------------------------------------------------------------------------

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
                if held > 1e-12 * self.content(store, part):  # rounding leaves something of nothing
                    return mix([(share, self.law_in(store, part)), (1.0 - share, {0: 1.0})])
        return {0: 1.0}

    def finish_stores(self, delivered: list[tuple[str, str, Data, float]]) -> None:
        for _, product, route, units in delivered:
            if self.processes[route["from"]]["kind"] == "store" and units > 0.0:
                self.taken[(str(route["from"]), product)] += units
        for (store, item), units in self.taken.items():
            if units > 0.0:
                self.take(store, item, units)
