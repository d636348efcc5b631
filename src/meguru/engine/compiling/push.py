"""The reverse network as a list of operations on nodes, in topological order.

A node is an item at a process (what arrived), or something that starts there: an exit of a use process, new
scrap, an overflow. An operation takes from one node and adds to another; one operation per flow.
"""

from __future__ import annotations

import numpy as np

from meguru.engine.compiling.coefficients import ONE, Coefficients
from meguru.engine.compiling.lifetimes import age_of
from meguru.engine.compiling.shape import Shape
from meguru.engine.plan import CAPACITY, CHILD, DEPOSIT, FLOW, PIECES, RULES, SHIFT
from meguru.errors import NetworkError, ShareError, UnsupportedError
from meguru.model import where
from meguru.model.components import Model, Process, Rule
from meguru.model.network import Network, materials_of
from meguru.quantity import Quantity

DUST = 1e-12  # a share that rounding leaves of one
Operation = list[int]
Key = tuple[str, str]  # (process, item) or (process.port, item)


class PushCompiler:
    """Builds nodes and operations; :mod:`meguru.engine.compiling.order` puts them in order."""

    def __init__(
        self,
        model: Model,
        network: Network,
        shape: Shape,
        numbers: Coefficients,
        counts: dict[tuple[str, str], int],
        masses: dict[tuple[str, str], int],
    ) -> None:
        self.model, self.network, self.shape, self.numbers = model, network, shape, numbers
        self.counts, self.masses = counts, masses  # tables: children per unit, kg of a material per unit
        self.items = {name: index for index, name in enumerate(model.items)}
        self.nodes: dict[Key, int] = {}
        self.by_node: dict[int, list[Operation]] = {}
        self.before: list[tuple[int, int]] = []  # node must be complete before other
        self.groups: dict[int, str] = {}  # nodes of a process with capacity are completed together
        self.rules: list[int] = []
        self.cap_rows: list[list[int]] = []
        self.loop_nodes: list[int] = []
        self.capacity: dict[str, Operation] = {}
        self.available = 0
        self.slots: dict[tuple[str, str], int] = {}  # (product, part) → row of Plan.slot
        self.stores: dict[Key, int] = {}
        self.replaced: list[tuple[int, str, str, int]] = []  # flow, process, child, availability
        self.shares: dict[int, int] = {}

    def node(self, place: str, item: str) -> int:
        key = (place, item)
        if key not in self.nodes:
            self.nodes[key] = len(self.nodes)
            self.by_node[self.nodes[key]] = []
        return self.nodes[key]

    def _error(
        self,
        kind: type[NetworkError] | type[ShareError] | type[UnsupportedError],
        place: str,
        message: str,
        **more: str,
    ) -> Exception:
        file, line = where(self.model, place)
        return kind(message, file=file, line=line, place=place, **more)

    # -- flows

    def emit(
        self,
        code: int,
        source: int,
        process: str,
        port: str,
        item: str,
        coefficient: int,
        *,
        table: int = 0,
        extra: int = 0,
        available: int = -1,
        complement: int = 0,
    ) -> list[int]:
        """Operations for everything that carries ``item`` from a port. Without a route it must be nothing."""
        flows = self.network.emissions.get((process, port, item), [])
        if not flows:
            largest = (
                1.0 - self.numbers.get(coefficient).min()
                if complement
                else self.numbers.get(coefficient).max()
            )
            if largest > 1e-12:
                raise self._error(
                    NetworkError,
                    f"processes.{process}",
                    f"no route carries '{item}' away from port '{port}'",
                    found="no route",
                    expected=f"a route from '{process}.{port}'",
                )
            return []
        self._shares(process, port, item, flows)
        for index in flows:
            flow = self.network.flows[index]
            target = self.node(flow.target, item)
            share = self.shares[index]
            row = [code, source, target, coefficient, share, index, table, extra, available, complement]
            self.by_node[source].append(row)
            self.before.append((source, target))
        return flows

    def _release(
        self,
        node: int,
        name: str,
        port: str,
        item: str,
        child: str,
        coefficient: int,
        amounts: int,
        available: int = -1,
    ) -> list[int]:
        """What of a child leaves a port when an item is taken apart; ``amounts``: table of units per unit.

        Where the step made does not matter the amount goes into the coefficient.
        """
        if item in self.shape.dated:
            table = self.numbers.in_kernel(amounts)
        else:
            table = -1
            coefficient = self.numbers.put(self.numbers.get(coefficient) * self.numbers.get_table(amounts))
        return self.emit(CHILD, node, name, port, child, coefficient, table=table, available=available)

    def _shares(self, process: str, port: str, item: str, flows: list[int]) -> None:
        """Shares of several routes from one port; they sum to one."""
        if flows[0] in self.shares:
            return
        routes = [self.network.flows[i].route for i in flows]
        places = [f"routes.{self.network.flows[i].name}.share" for i in flows]
        for index, route, place in zip(flows, routes, places, strict=True):
            if route.share is None and len(flows) > 1:
                raise self._error(
                    NetworkError,
                    place.removesuffix(".share"),
                    f"several routes carry '{item}' from '{process}.{port}'",
                    found="no share",
                    expected="a share on each; together 1",
                )
            self.shares[index] = self.numbers.share(route.share, place)
        total = sum((self.numbers.get(self.shares[i]) for i in flows), np.zeros((1, 1)))
        if np.any(np.abs(total - 1.0) > 1e-9):
            raise self._error(
                ShareError,
                places[0],
                "shares of the routes from one port do not sum to one",
                found=f"{float(total.flat[np.abs(total - 1).argmax()]):.6g}",
                expected="1",
            )

    # -- processes
    # ---------------------------------------------------------------------------------------------

    def process(self, name: str, process: Process) -> None:
        for item in self.network.arriving.get(name, {}):
            self.node(name, item)
        if process.capacity is not None and process.kind in ("sort", "dismantle", "recondition", "recycle"):
            self._capacity(name, process)
        for item in self.network.arriving.get(name, {}):
            node = self.nodes[(name, item)]
            if process.kind == "sort":
                self._sort(name, process, item, node)
            elif process.kind == "dismantle":
                self._dismantle(name, process, item, node)
            elif process.kind == "recycle":
                self._recycle(name, process, item, node)
            elif process.kind == "recondition":
                self._recondition(name, process, item, node)
            elif process.kind == "store":
                self._store(name, process, item, node)

    def _capacity(self, name: str, process: Process) -> None:
        arriving = list(self.network.arriving.get(name, {}))
        assert process.capacity is not None
        unit, by_mass = self._limit_unit(process.capacity, arriving, f"processes.{name}.capacity")
        coefficient = self.numbers.add(
            process.capacity, f"{unit}/year", f"processes.{name}.capacity", scale=self.numbers.step
        )
        first = len(self.cap_rows)
        for item in arriving:
            node, over = self.nodes[(name, item)], self.node(f"{name}.overflow", item)
            weight = self.numbers.in_kernel(self.numbers.table(self._mass_table(item) if by_mass else 1.0))
            self.cap_rows.append([node, over, weight])
            self.groups[node] = name
            self.before.append((node, over))
            self.emit(FLOW, over, name, "overflow", item, ONE)
        operation = [CAPACITY, len(self.capacity), -1, coefficient, ONE, -1, first, len(self.cap_rows), -1, 0]
        self.capacity[name] = operation

    def _limit_unit(self, quantity: Quantity, items: list[str], place: str) -> tuple[str, bool]:
        """A limit counts in the items' own unit if they share it, else in mass."""
        from meguru.quantity import same_dimension

        if same_dimension(quantity.unit or "1", "kg/year") or same_dimension(quantity.unit or "1", "kg"):
            return "kg", True
        units = {self.model.items[i].unit for i in items}
        if len(units) == 1:
            return units.pop(), False
        raise self._error(
            UnsupportedError,
            place,
            "a limit on things counted in different units must be a mass",
            found=quantity.unit,
            expected="kg/year",
        )

    def _mass_table(self, item: str) -> np.ndarray:
        tables = [self.numbers.get_table(self.masses[(item, m)]) for m in materials_of(self.model, item)]
        return sum(tables, np.zeros((1, 1)))

    def _split(self, split: dict[str, Quantity | None], place: str) -> dict[str, int]:
        """Coefficients of the shares of one split; 'rest' is what is left. They sum to one."""
        found = {p: self.numbers.share(q, f"{place}.{p}") for p, q in split.items() if q is not None}
        total = sum((self.numbers.get(i) for i in found.values()), np.zeros((1, 1)))
        rest = [p for p, q in split.items() if q is None]
        if np.any(total > 1.0 + 1e-9) or (not rest and np.any(np.abs(total - 1.0) > 1e-9)):
            wrong = float(total.flat[np.abs(total - 1).argmax()])
            raise self._error(
                ShareError,
                place,
                "shares do not sum to one",
                found=f"{wrong:.6g}",
                expected="1; one port may be 'rest'",
            )
        if rest:
            left = 1.0 - total
            found[rest[0]] = self.numbers.put(np.where(left < DUST, 0.0, left))  # no flow of rounding
        return {p: found[p] for p in split}

    def _sort(self, name: str, process: Process, item: str, node: int) -> None:
        rules = [(i, r) for i, r in enumerate(process.rules) if r.item in (None, item)]
        if not rules:
            for port, index in self._split(process.split, f"processes.{name}.split").items():
                self.emit(FLOW, node, name, port, item, index)
            return
        rows = [self._split(rule.split, f"processes.{name}.rules.{i}.split") for i, rule in rules]
        if process.split:
            rows.append(self._split(process.split, f"processes.{name}.split"))
        table = self._rule_table(name, item, rules, bool(process.split))
        for port in dict.fromkeys(p for row in rows for p in row):
            first = self.numbers.put(self.numbers.get(rows[0][port]) if port in rows[0] else np.zeros((1, 1)))
            for row in rows[1:]:
                self.numbers.put(self.numbers.get(row[port]) if port in row else np.zeros((1, 1)))
            largest = max(range(first, first + len(rows)), key=lambda i: float(self.numbers.get(i).max()))
            flows = self.emit(RULES, node, name, port, item, largest, table=table, extra=first)
            for operation in self.by_node[node][len(self.by_node[node]) - len(flows) :]:
                operation[3] = ONE

    def _rule_table(self, name: str, item: str, rules: list[tuple[int, Rule]], has_default: bool) -> int:
        """Which row of shares holds, by (condition, class, age)."""
        start = len(self.rules)
        labels = class_labels(self.model, self.shape, item)
        for condition in range(2 if item in self.shape.failing else 1):
            for build, segment in labels:
                for age in range(self.numbers.steps + 1):
                    row = next(
                        (
                            row
                            for row, (i, rule) in enumerate(rules)
                            if self._fits(f"processes.{name}.rules.{i}", rule, condition, build, segment, age)
                        ),
                        None,
                    )
                    if row is None and not has_default:
                        raise self._error(
                            NetworkError,
                            f"processes.{name}.rules",
                            f"no rule for some of '{item}'",
                            found=f"condition {'failed' if condition else 'intact'}, age {age} steps",
                            expected="a last rule without conditions, or a split",
                        )
                    self.rules.append(len(rules) if row is None else row)
        return start

    def _fits(self, place: str, rule: Rule, condition: int, build: str, segment: str, age: int) -> bool:
        if rule.condition is not None and (rule.condition == "failed") != (condition == 1):
            return False
        if (rule.segment is not None and rule.segment != segment) or (
            rule.build is not None and rule.build != build
        ):
            return False
        if rule.age_below is None:
            return True
        limit = self.numbers.read(rule.age_below, "year", f"{place}.age_below")
        if limit.size > 1:
            raise self._error(
                UnsupportedError,
                f"{place}.age_below",
                "an age limit must be one number",
                found="a series or distribution",
            )
        return bool(age_of(age, self.model.time.sales) * self.numbers.step < float(limit[0, 0]) - 1e-9)

    def _dismantle(self, name: str, process: Process, item: str, node: int) -> None:
        bom = self.model.items[item].bom
        if not bom:
            raise self._error(
                UnsupportedError,
                f"processes.{name}",
                f"'{item}' cannot be taken apart",
                found="no BOM",
                expected="a part or product with a BOM",
            )
        for child in bom:
            if child in process.recover:
                recover = self.numbers.share(process.recover[child], f"processes.{name}.recover.{child}")
                left = self.numbers.put(1.0 - self.numbers.get(recover))
            else:
                recover, left = -1, ONE
            if (item, child) not in self.slots:
                amounts = self.counts[(item, child)]
                if recover >= 0:
                    self._release(node, name, child, item, child, recover, amounts)
                self._release(node, name, "rest", item, child, left, amounts)
                continue
            slot = self.slots[(item, child)]
            if recover >= 0:
                self.emit(PIECES, node, name, child, child, recover, table=slot, extra=0)
            self.emit(PIECES, node, name, "rest", child, left, table=slot, extra=0)
            failed_port = (name, f"{child}.failed", child) in self.network.emissions
            if recover >= 0 and failed_port:
                self.emit(PIECES, node, name, f"{child}.failed", child, recover, table=slot, extra=1)
            if (name, item) in self.network.failed:
                self.emit(
                    PIECES, node, name, "rest", child, left if failed_port else ONE, table=slot, extra=1
                )

    def _recycle(self, name: str, process: Process, item: str, node: int) -> None:
        for material in materials_of(self.model, item):
            amounts = self._units_table(item, material)
            if material in process.yields:
                got = self.numbers.share(process.yields[material], f"processes.{name}.yield.{material}")
                left = self.numbers.put(1.0 - self.numbers.get(got))
                self._release(node, name, "secondary", item, material, got, amounts)
            else:
                left = ONE
            self._release(node, name, "residue", item, material, left, amounts)

    def _units_table(self, item: str, material: str) -> int:
        """Units of a material in one unit of an item; the tables of masses are in kg."""
        mass = self.masses[(item, material)]
        kg = self.numbers.get_table(self.masses[(material, material)])[0, 0]
        return mass if kg == 1.0 else self.numbers.table(self.numbers.get_table(mass) / kg)

    def _recondition(self, name: str, process: Process, item: str, node: int) -> None:
        place = f"processes.{name}"
        if (
            item in self.shape.followed
            and item in self.shape.failing
            and process.accepts_failed
            and any((name, item) == key for key in self.network.failed)
        ):
            raise self._error(
                UnsupportedError,
                place,
                f"a failed '{item}' cannot be reconditioned as a whole: its parts are followed",
                found="a product with followed parts",
                expected="dismantle it and make it again",
            )
        recovery = self.numbers.share(process.recovery, f"{place}.recovery")
        reset = self.numbers.share(process.age_reset, f"{place}.age_reset", default=1)
        if process.age_reset is not None and item in self.shape.followed:
            raise self._error(
                UnsupportedError,
                f"{place}.age_reset",
                f"the ages of the parts inside '{item}' are followed",
                found="age_reset",
                expected="none",
            )
        available = -1
        if process.replace:
            available, self.available = self.available, self.available + 1
        self.emit(
            SHIFT,
            node,
            name,
            "good",
            item,
            recovery,
            table=reset,
            extra=int(process.accepts_failed),
            available=available,
        )
        self.emit(FLOW, node, name, "rejected", item, recovery, available=available, complement=1)
        for child, share in process.replace.items():
            if (item, child) not in self.counts:
                raise self._error(
                    NetworkError,
                    f"{place}.replace.{child}",
                    f"'{item}' holds no '{child}'",
                    found=child,
                    expected=", ".join(self.model.items[item].bom),
                )
            if child in self.shape.followed.get(item, []):
                raise self._error(
                    UnsupportedError,
                    f"{place}.replace.{child}",
                    f"the age of '{child}' inside '{item}' is followed",
                    found=child,
                    expected="dismantle it and make it again",
                )
            both = self.numbers.put(
                self.numbers.get(recovery)
                * self.numbers.get(self.numbers.share(share, f"{place}.replace.{child}"))
            )
            amounts = self.counts[(item, child)]
            flows = self._release(node, name, "replaced", item, child, both, amounts, available)
            self.replaced += [(flow, name, child, available) for flow in flows]

    def _store(self, name: str, process: Process, item: str, node: int) -> None:
        over = -1
        if process.limit is not None and len(self.network.arriving[name]) > 1:
            raise self._error(
                UnsupportedError,
                f"processes.{name}.limit",
                "a limited store holds one item",
                found=", ".join(self.network.arriving[name]),
                expected="one store each",
            )
        if process.loss is not None and item in self.shape.followed:
            self._refuse_opening(name, item)
        if process.limit is not None:
            over = self.node(f"{name}.overflow", item)
            self.before.append((node, over))
            self.emit(FLOW, over, name, "overflow", item, ONE)
        self.by_node[node].insert(0, [DEPOSIT, node, over, ONE, ONE, -1, self.stores[(name, item)], 0, -1, 0])
        if process.loss is not None:
            self.emit(FLOW, self.node(f"{name}.loss", item), name, "loss", item, ONE)

    def _refuse_opening(self, name: str, item: str) -> None:
        """Ages of the parts inside products lost from a store are not followed: they cannot be taken out
        again."""
        seen, waiting = (
            {name},
            [f.target for f in self.network.flows if (f.source, f.port, f.item) == (name, "loss", item)],
        )
        while waiting:
            target = waiting.pop()
            if self.model.processes[target].kind in ("dismantle", "store"):
                raise self._error(
                    UnsupportedError,
                    f"processes.{name}.loss",
                    f"ages of the parts inside lost '{item}' are not followed",
                    found=f"a way to '{target}'",
                    expected="a sink or a recycle for what is lost",
                )
            if target not in seen:
                seen.add(target)
                waiting += [f.target for f in self.network.flows if (f.source, f.item) == (target, item)]


def class_labels(model: Model, shape: Shape, item: str) -> list[tuple[str, str]]:
    """(build class, segment) of each class of an item, in order."""
    if item not in shape.uses:
        return [("", "")]
    return [
        (build, segment)
        for use in shape.uses[item]
        for build in shape.builds[item]
        for segment in (list(model.processes[use].segments) or [""])
    ]
