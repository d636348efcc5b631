"""Nodes of the reverse network, and the operations that take from one and add to another.

A node is an item at a process (what arrived), or something that starts there: an exit of a use process, new
scrap, an overflow. One operation per flow.
"""

from __future__ import annotations

import numpy as np

from meguru.engine.compiling.coefficients import Coefficients
from meguru.engine.compiling.shape import Shape
from meguru.engine.plan import CHILD
from meguru.errors import ModelError, NetworkError, ShareError
from meguru.model import where
from meguru.model.components import Model
from meguru.model.network import Network, materials_of

Operation = list[int]
Key = tuple[str, str]  # (process, item) or (process.port, item)


class PushNodes:
    """Collects nodes and operations; :mod:`meguru.engine.compiling.order` puts them in order."""

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

    def error(
        self,
        kind: type[ModelError],
        place: str,
        message: str,
        **more: str,
    ) -> Exception:
        file, line = where(self.model, place)
        return kind(message, file=file, line=line, place=place, **more)

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
                raise self.error(
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

    def release(
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
                raise self.error(
                    NetworkError,
                    place.removesuffix(".share"),
                    f"several routes carry '{item}' from '{process}.{port}'",
                    found="no share",
                    expected="a share on each; together 1",
                )
            self.shares[index] = self.numbers.share(route.share, place)
        total = sum((self.numbers.get(self.shares[i]) for i in flows), np.zeros((1, 1)))
        if np.any(np.abs(total - 1.0) > 1e-9):
            raise self.error(
                ShareError,
                places[0],
                "shares of the routes from one port do not sum to one",
                found=f"{float(total.flat[np.abs(total - 1).argmax()]):.6g}",
                expected="1",
            )

    def mass_table(self, item: str) -> np.ndarray:
        tables = [self.numbers.get_table(self.masses[(item, m)]) for m in materials_of(self.model, item)]
        return sum(tables, np.zeros((1, 1)))
