"""The forward network as tables: offers, inputs, edges, and the order in which they ask and are shared
out."""

from __future__ import annotations

from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

import numpy as np

from meguru.engine.compiling.coefficients import ONE, Coefficients
from meguru.engine.compiling.connected import number_components
from meguru.engine.compiling.limits import limit_of
from meguru.engine.compiling.nodes import PushNodes
from meguru.engine.compiling.shape import Shape
from meguru.engine.compiling.use import UseTables
from meguru.engine.plan import (
    ASK,
    EDGE_CLAIM,
    EDGE_EXACT,
    EDGE_FLOW,
    EDGE_OFFER,
    INPUT_EDGE,
    INPUT_EDGES_END,
    INPUT_OWNER,
    MAKE,
    OFFER_BUILD,
    OFFER_COLUMNS,
    OFFER_INPUT,
    OFFER_INPUTS_END,
    OFFER_KIND,
    OFFER_LIMIT,
    OFFER_STORE,
    RESOLVE,
    SLOT_AVAILABLE,
    SLOT_FAILS,
    SLOT_INPUT,
    SLOT_REPAIR,
    STORE,
    SUPPLY,
    USE_INPUT,
)  # fmt: skip
from meguru.errors import ModelError, NetworkError, ShareError, UnsupportedError
from meguru.model import where
from meguru.model.bom_units import bom_unit
from meguru.model.components import Model, Process
from meguru.model.network import Flow, Network, has_scrap, recipe_of

Key = tuple[str, str]


@dataclass(slots=True)
class PullTables:
    offer: list[list[int]] = field(default_factory=list)
    inputs: list[list[int]] = field(default_factory=list)
    edge: list[list[int]] = field(default_factory=list)
    offer_edge: list[int] = field(default_factory=list)
    offer_edges: list[list[int]] = field(default_factory=list)
    upstream: list[int] = field(default_factory=list)
    sequence: list[list[int]] = field(default_factory=list)
    spare_inputs: list[int] = field(default_factory=list)
    replacement: list[list[int]] = field(default_factory=list)
    scrap: list[list[int]] = field(default_factory=list)
    scrap_nodes: list[int] = field(default_factory=list)


class PullCompiler:
    def __init__(
        self,
        model: Model,
        network: Network,
        shape: Shape,
        numbers: Coefficients,
        pushes: PushNodes,
        uses: UseTables,
    ) -> None:
        self.model, self.network, self.shape, self.numbers, self.pushes, self.uses = (
            model,
            network,
            shape,
            numbers,
            pushes,
            uses,
        )
        self.tables = PullTables()
        self.offers: dict[Key, int] = {}
        self.into: dict[Key, list[tuple[int, Flow]]] = {}
        for index, flow in enumerate(network.flows):
            if flow.side == "pull":
                self.into.setdefault((flow.target, flow.item), []).append((index, flow))
                self.offers.setdefault((flow.source, flow.item), len(self.offers))

    def compile(self) -> PullTables:
        self.tables.offer = [[0] * OFFER_COLUMNS for _ in self.offers]
        for (name, item), row in self.offers.items():
            self._offer(self.model.processes[name], name, item, self.tables.offer[row])
        self._demands()
        self._by_offer()
        number_components(self.tables.offer, self.tables.inputs, self.tables.edge)
        self._order()
        return self.tables

    def _error(self, kind: type[ModelError], place: str, message: str, **more: str) -> Exception:
        file, line = where(self.model, place)
        return kind(message, file=file, line=line, place=place, **more)

    def _offer(self, process: Process, name: str, item: str, row: list[int]) -> None:
        place = f"processes.{name}"
        row[OFFER_LIMIT], row[OFFER_STORE] = -1, -1
        if process.kind == "supply":
            row[OFFER_KIND] = SUPPLY
            if process.limit is not None:
                if sum(1 for n, _ in self.offers if n == name) > 1:
                    raise self._error(
                        UnsupportedError,
                        f"{place}.limit",
                        "a limited supply gives one item",
                        found="several",
                        expected="one supply each",
                    )
                row[OFFER_LIMIT] = limit_of(self.pushes, process.limit, item, f"{place}.limit", yearly=True)
        elif process.kind == "store":
            row[OFFER_KIND] = STORE
            if (name, item) not in self.pushes.stores:
                raise self._error(
                    NetworkError,
                    place,
                    f"nothing puts '{item}' into this store",
                    found="no route",
                    expected=f"a push route that brings '{item}'",
                )
            row[OFFER_STORE] = self.pushes.stores[(name, item)]
        else:
            row[OFFER_KIND] = MAKE
            if process.capacity is not None:
                at = f"{place}.capacity"
                row[OFFER_LIMIT] = limit_of(self.pushes, process.capacity, item, at, yearly=True)
            row[OFFER_BUILD] = self._build(process, name, item)
            row[OFFER_INPUT] = len(self.tables.inputs)
            self._recipe(process, name, item, self.offers[(name, item)])
            row[OFFER_INPUTS_END] = len(self.tables.inputs)

    def _build(self, process: Process, name: str, item: str) -> int:
        if process.build is None or item not in self.shape.builds:
            return 0
        builds = self.shape.builds[item]
        if process.build in builds:
            return builds.index(process.build)
        if all(self.model.processes[u].pooled for u in self.shape.uses[item]):
            return 0
        raise self._error(
            NetworkError,
            f"processes.{name}.build",
            "no use process knows this build class",
            found=process.build,
            expected=f"one of {', '.join(builds)}, listed under 'builds', or 'pooled: true'",
        )

    def _recipe(self, process: Process, name: str, item: str, offer: int) -> None:
        good = self.numbers.get(
            self.numbers.add(process.efficiency, "1", f"processes.{name}.efficiency", high=1.0)
        )
        for child, recipe in recipe_of(self.model, process).items():
            place = f"processes.{name}.recipe.{child}"
            net = self._amount(item, child)
            if recipe.amount is not None:
                unit = bom_unit(recipe.amount.unit, self.model.items[child].unit, self.model.items[item].unit)
                own = self.numbers.add(recipe.amount, unit, f"{place}.amount")
                if np.any(np.abs(self.numbers.get(own) - net) > 1e-9 * np.abs(net) + 1e-15):
                    raise self._error(
                        NetworkError,
                        f"{place}.amount",
                        "a recipe and the BOM disagree: mass would be lost",
                        found=f"{float(self.numbers.get(own).max()):.6g}",
                        expected=f"{float(np.max(net)):.6g}, with an efficiency for what becomes scrap",
                    )
            share = (
                self.numbers.get(self.numbers.add(recipe.efficiency, "1", f"{place}.efficiency", high=1.0))
                * good
            )
            if np.any(share <= 0):
                raise self._error(
                    NetworkError,
                    place,
                    "an efficiency must be above zero",
                    found="0",
                    expected="above 0, at most 1",
                )
            gross = self.numbers.put(net / share)
            self._input(gross, child, name, offer, -1, offer, self.pushes.items[child], place)
            if has_scrap(process, recipe):
                node = self.pushes.node(f"{name}.scrap", child)
                lost = self.numbers.put(net / share - net)
                if self.pushes.emit(
                    0, node, name, "scrap", child, ONE if self.numbers.get(lost).max() > 0 else 1
                ):
                    self.tables.scrap.append([offer, node, lost])
                    self.tables.scrap_nodes.append(node)

    def _amount(self, item: str, child: str) -> np.ndarray:
        if item == child:
            return np.ones((1, 1))
        return self.numbers.get_table(self.pushes.counts[(item, child)])

    def _input(
        self,
        amount: int,
        item: str,
        target: str,
        owner: int,
        available: int,
        offer: int,
        item_index: int,
        place: str,
    ) -> int:
        """One input with its sources in the order of their priority."""
        sources = sorted(
            self.into.get((target, item), []),
            key=lambda s: (s[1].route.priority if s[1].route.priority is not None else 0, s[0]),
        )
        if not sources:
            raise self._error(
                NetworkError,
                f"processes.{target}",
                f"'{target}' has no source of '{item}'",
                found="no route",
                expected=f"a route that brings '{item}' to '{target}'",
            )
        self._unambiguous(sources, target, item)
        index = len(self.tables.inputs)
        first = len(self.tables.edge)
        spare = self.model.processes[target].kind == "use" and self.model.processes[target].product != item
        for flow_index, flow in sources:
            at = f"routes.{flow.name}"
            most = self.numbers.share(flow.route.max_share, f"{at}.max_share")
            exact = self.numbers.share(flow.route.exact_share, f"{at}.exact_share", default=-1)
            from_store = self.model.processes[flow.source].kind == "store"
            self.tables.edge.append(
                [
                    self.offers[(flow.source, item)],
                    index,
                    most,
                    exact,
                    flow.route.claim,
                    flow_index,
                    int(spare and from_store),
                ]
            )
        self._exact_shares(self.tables.edge[first:], target, item)
        exact = int(any(flow.route.exact_share is not None for _, flow in sources))
        last = len(self.tables.edge)
        self.tables.inputs.append([amount, first, last, owner, available, item_index, exact, 0])
        return index

    def _unambiguous(self, sources: list[tuple[int, Flow]], target: str, item: str) -> None:
        free = [flow for _, flow in sources if flow.route.exact_share is None]
        priorities = [flow.route.priority for flow in free]
        if len(free) > 1 and (None in priorities or len(set(priorities)) < len(priorities)):
            raise self._error(
                NetworkError,
                f"routes.{free[-1].name}",
                f"it is not said which source of '{item}' '{target}' asks first",
                found=", ".join(f"{f.source}: {f.route.priority}" for f in free),
                expected="a different priority on each of these routes",
            )

    def _exact_shares(self, edges: list[list[int]], target: str, item: str) -> None:
        """Exact shares leave room for the others; alone they are everything."""
        total = sum(
            (self.numbers.get(edge[EDGE_EXACT]) for edge in edges if edge[EDGE_EXACT] >= 0), np.zeros((1, 1))
        )
        alone = all(edge[EDGE_EXACT] >= 0 for edge in edges)
        wrong = np.abs(total - 1.0) > 1e-9 if alone else total > 1.0 + 1e-9
        if np.any(wrong):
            route = self.network.flows[edges[-1][EDGE_FLOW]].name
            raise self._error(
                ShareError,
                f"routes.{route}.exact_share",
                f"exact shares of '{item}' into '{target}' do not sum to one",
                found=f"{float(total.flat[np.abs(total - 1).argmax()]):.6g}",
                expected="1" if alone else "at most 1",
            )

    def _demands(self) -> None:
        for row, name in zip(self.uses.use, self.uses.names, strict=True):
            product = self.model.processes[name].product
            assert product is not None
            row[USE_INPUT] = self._input(
                ONE, product, name, -1, -1, -1, self.pushes.items[product], f"processes.{name}"
            )
            self._resales(row, name, product)
        for slot_row, (name, part) in zip(self.uses.slot_use, self.uses.spares, strict=True):
            if slot_row[SLOT_FAILS] and self.numbers.get(slot_row[SLOT_REPAIR]).max() > 0:
                slot_row[SLOT_INPUT] = self._input(
                    ONE,
                    part,
                    name,
                    -1,
                    slot_row[SLOT_AVAILABLE],
                    -1,
                    self.pushes.items[part],
                    f"processes.{name}.parts.{part}",
                )
                self.tables.spare_inputs.append(slot_row[SLOT_INPUT])
            else:
                # never asked: nothing is repaired
                slot_row[SLOT_INPUT] = self.uses.use[self.uses.names.index(name)][USE_INPUT]
        made: dict[tuple[str, str], int] = {}
        for flow, name, child, available in self.pushes.replaced:
            if (name, child) not in made:
                made[(name, child)] = self._input(
                    ONE,
                    child,
                    name,
                    -1,
                    available,
                    -1,
                    self.pushes.items[child],
                    f"processes.{name}.replace.{child}",
                )
            if [flow, made[(name, child)]] not in self.tables.replacement:
                self.tables.replacement.append([flow, made[(name, child)]])

    def _resales(self, row: list[int], name: str, product: str) -> None:
        used = any(self.model.processes[f.source].kind == "store" for _, f in self.into[(name, product)])
        process = self.model.processes[name]
        if (
            used
            and product in self.shape.followed
            and "resold" not in self.shape.builds[product]
            and not process.pooled
        ):
            raise self._error(
                UnsupportedError,
                f"processes.{name}.builds",
                "used products would mix with new ones whose parts are followed",
                found=", ".join(process.builds) or "no builds",
                expected="a build class 'resold', or 'pooled: true'",
            )

    def _by_offer(self) -> None:
        rows: list[list[int]] = [[] for _ in self.offers]
        for index, edge in enumerate(self.tables.edge):
            rows[edge[0]].append(index)
        for row in rows:
            row.sort(key=lambda e: (self.tables.edge[e][EDGE_CLAIM], e))
            start = len(self.tables.offer_edge)
            self.tables.offer_edge += row
            self.tables.offer_edges.append([start, len(self.tables.offer_edge)])

    def _order(self) -> None:
        """Sources before makers for potentials; for the asking: every target before its source, first
        choices first."""
        up: TopologicalSorter[int] = TopologicalSorter({o: [] for o in range(len(self.offers))})
        ask: TopologicalSorter[tuple[int, int]] = TopologicalSorter()
        for o in range(len(self.offers)):
            ask.add((RESOLVE, o))
        for inputs in self.tables.inputs:
            for e in range(inputs[INPUT_EDGE], inputs[INPUT_EDGES_END]):
                source = self.tables.edge[e][EDGE_OFFER]
                ask.add((ASK, e))
                ask.add((RESOLVE, source), (ASK, e))
                if inputs[INPUT_OWNER] >= 0:
                    up.add(inputs[INPUT_OWNER], source)
                    ask.add((ASK, e), (RESOLVE, inputs[INPUT_OWNER]))
                if e > inputs[INPUT_EDGE] and self.tables.edge[e - 1][EDGE_OFFER] != source:
                    ask.add((ASK, e), (RESOLVE, self.tables.edge[e - 1][EDGE_OFFER]))
        try:
            self.tables.upstream = list(up.static_order())
            self.tables.sequence = [list(entry) for entry in ask.static_order()]
        except CycleError as error:
            names = {index: ".".join(key) for key, index in self.offers.items()}
            circle = (
                [
                    names[self.tables.edge[e][EDGE_OFFER]] if kind == ASK else names[e]
                    for kind, e in error.args[1]
                ]
                if isinstance(error.args[1][0], tuple)
                else [names[o] for o in error.args[1]]
            )
            raise NetworkError(
                "sources wait for each other in a circle",
                found=" → ".join(dict.fromkeys(circle)),
                expected="sources whose order of asking has a beginning",
            ) from None
