"""Cost of an item: what its buyer has paid along the chain up to its delivery, by stage.

In each year everything that an actor pays, less what it receives, is laid on what it is paid for:
prices, fees and transport on what the route carries, process costs on what the process gives. Costs
follow things from process to process; several outputs share them by mass. What is thrown away carries
none, and what it costs to treat it behind the process that it comes from is not followed. A used thing
that leaves use has no cost left. A store hands on the average cost of what it holds.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from meguru.engine.accounts.entries import OUTSIDE
from meguru.indicators.functions import Filters, Function, require_one_dimension, rows_of, units_of_items
from meguru.indicators.scene import UNKNOWN, ResultScene, Scene
from meguru.indicators.value import Array, Operations, Value, value_of

LARGEST_BLOCK = 4_000_000  # numbers in the matrix of one block of samples
FLOWS = {"item": "item", "target": "process"}
PAID = {"stage": "stage", "group": "group", "actor": "actor", "kind": "payment kind"}


class _Chain:
    """Flows that costs follow, with their amounts."""

    def __init__(self, scene: ResultScene) -> None:
        self.scene = scene
        labels = scene.labels("units")
        self.items, self.routes, self.side = labels["item"], labels["route"], labels["side"]
        self.source = [str(name) for name in labels["source"]]
        self.target = [str(name) for name in labels["target"]]
        self.kind = {name: process.kind for name, process in scene.model.processes.items()}
        self.count = len(self.source)
        self.units = scene.per_year("units")
        self.mass = np.stack([scene.kilograms([flow]) for flow in range(self.count)], axis=-1)
        self.serves = self._serving()

    def before(self, flow: int) -> list[int]:
        """Flows whose cost goes into this one."""
        process = self.source[flow]
        if self.kind[process] in ("use", "supply"):
            return []
        same = self.kind[process] == "store"
        return [
            f
            for f in range(self.count)
            if self.target[f] == process and (not same or self.items[f] == self.items[flow])
        ]

    def _serving(self) -> NDArray[np.bool_]:
        """Flows from which something is made or used again; the others are waste and carry no cost."""
        serves: NDArray[np.bool_] = np.asarray(self.side == "pull")
        changed = True
        while changed:
            giving = {(self.source[f], self.items[f]) for f in np.flatnonzero(serves)}
            sources = {name for name, _ in giving}
            found = serves | np.array(
                [
                    (self.target[f], self.items[f]) in giving
                    if self.kind[self.target[f]] == "store"
                    else self.target[f] in sources and self.kind[self.target[f]] not in ("use", "make")
                    for f in range(self.count)
                ],
                dtype=bool,
            )
            changed = bool((found != serves).any())
            serves = found
        return serves

    def together(self, flow: int) -> list[int]:
        """Serving flows among which the costs of a process are shared."""
        process = self.source[flow]
        same = self.kind[process] == "store"
        return [
            f
            for f in range(self.count)
            if self.serves[f]
            and self.source[f] == process
            and (not same or self.items[f] == self.items[flow])
        ]

    def share(self, flow: int, among: list[int]) -> Array:
        """(sample, year) share of a flow among some, by mass; by units where nothing has mass."""
        for amounts in (self.mass, self.units):
            whole = amounts[:, :, among].sum(axis=-1)
            if np.any(whole > 0.0):
                found: Array = np.divide(
                    amounts[:, :, flow], whole, out=np.zeros(whole.shape), where=whole > 0.0
                )
                return found
        return np.zeros(self.units.shape[:2])

    def upstream(self, flows: list[int]) -> list[int]:
        """Flows that the cost of some comes from, themselves included."""
        found = dict.fromkeys(flows)
        waiting = list(flows)
        while waiting:
            for flow in self.before(waiting.pop()):
                if flow not in found:
                    found[flow] = None
                    waiting.append(flow)
        return list(found)


def _payments(scene: ResultScene, filters: Filters, actors: set[str]) -> tuple[Array, NDArray[np.int64]]:
    """(sample, year, payment) what actors pay less what they receive, and which payments the filters fit."""
    labels = scene.labels("money")
    signs = np.array(
        [
            float(payer in actors) - float(payee in actors)
            for payer, payee in zip(labels["payer"], labels["payee"], strict=True)
        ]
    )
    fits = signs != 0.0
    for key in ("group", "kind", "stage"):
        if key in filters:
            wanted = scene.select(PAID[key], filters[key])
            fits &= np.array([one in wanted for one in labels[key]], dtype=bool)
    return scene.per_year("money") * signs, np.flatnonzero(fits)


def _laid_on(
    scene: ResultScene, chain: _Chain, filters: Filters, actors: set[str]
) -> tuple[Array, dict[str, Array]]:
    """Payments laid on flows, (sample, year, flow), and on processes."""
    amounts, rows = _payments(scene, filters, actors)
    labels = scene.labels("money")
    on_flows = np.zeros(chain.units.shape)
    on_processes = {name: np.zeros(chain.units.shape[:2]) for name in chain.kind}
    for row in rows:
        name, paid = str(labels["name"][row]), amounts[:, :, row]
        if labels["where"][row] == "process":
            on_processes[name] += paid
        elif labels["where"][row] == "route":
            item = labels["item"][row]
            carried = [
                f for f in range(chain.count) if chain.routes[f] == name and item in ("", chain.items[f])
            ]
            for flow in carried:
                part = paid * chain.share(flow, carried)
                if chain.serves[flow]:
                    on_flows[:, :, flow] += part
                else:  # what it costs to be rid of waste is a cost of the process that it comes from
                    on_processes[chain.source[flow]] += part
    return on_flows, on_processes


def _costs(
    scene: ResultScene, chain: _Chain, filters: Filters, actors: set[str], delivered: list[int]
) -> Array:
    """(sample, year) cost of some flows to some actors."""
    on_flows, on_processes = _laid_on(scene, chain, filters, actors)
    flows = chain.upstream(delivered)
    place = {flow: k for k, flow in enumerate(flows)}
    samples, years, _ = chain.units.shape
    shares = {
        flow: chain.share(flow, chain.together(flow)) if chain.serves[flow] else np.zeros((samples, years))
        for flow in flows
    }
    own = np.stack([on_flows[:, :, f] + shares[f] * _own(chain, on_processes, f) for f in flows], axis=-1)
    links = [(place[f], place[b], f) for f in flows for b in chain.before(f)]
    stores = _Stores(scene, chain, flows)
    cost = np.zeros((samples, years, len(flows)))
    each = max(1, LARGEST_BLOCK // (len(flows) ** 2))
    for first in range(0, samples, each):
        block = slice(first, first + each)
        held: dict[tuple[str, str], Array] = {}
        for year in range(years):
            matrix = np.zeros((own[block].shape[0], len(flows), len(flows)))
            known = own[block, year].copy()
            for row, column, flow in links:
                matrix[:, row, column] = (
                    stores.part(flow, block, year) if flow in stores.keys else shares[flow][block, year]
                )
            for flow, key in stores.keys.items():
                known[:, place[flow]] += stores.part(flow, block, year) * held.get(key, np.zeros(1))
            cost[block, year] = np.linalg.solve(np.eye(len(flows)) - matrix, known[..., None])[..., 0]
            held = stores.after(cost[block, year], place, held, block, year)
    found: Array = cost[:, :, [place[f] for f in delivered]].sum(axis=-1)
    return found


def _own(chain: _Chain, on_processes: Mapping[str, Array], flow: int) -> Array:
    """Costs of the process that a flow comes from; what leaves use carries none of those of use."""
    process = chain.source[flow]
    return np.zeros(chain.units.shape[:2]) if chain.kind[process] == "use" else on_processes[process]


class _Stores:
    """Stores hand on the average cost of what they held before and of what arrives in the year."""

    def __init__(self, scene: ResultScene, chain: _Chain, flows: list[int]) -> None:
        self.chain = chain
        self.keys = {
            f: (chain.source[f], str(chain.items[f])) for f in flows if chain.kind[chain.source[f]] == "store"
        }
        labels = scene.labels("stock")
        rows = {
            (str(p), str(i)): k
            for k, (p, i) in enumerate(zip(labels["process"], labels["item"], strict=True))
        }
        self.arriving = {key: chain.before(flow) for flow, key in self.keys.items()}
        self.end = {key: scene.per_year("stock")[:, :, rows[key]] for key in self.arriving}
        self.there = {key: self._there(key) for key in self.arriving}

    def _there(self, key: tuple[str, str]) -> Array:
        """(sample, year) units whose cost is known: those held before, and what arrives."""
        there: Array = self.chain.units[:, :, self.arriving[key]].sum(axis=-1)
        # What the first year finds there is taken at the cost of that year.
        there[:, 1:] += self.end[key][:, :-1]
        return there

    def part(self, flow: int, block: slice, year: int) -> Array:
        """Cost of a flow over the cost of what is there; NaN if it is taken from what has no known cost."""
        there = self.there[self.keys[flow]][block, year]
        out = self.chain.units[block, year, flow]
        unknown = np.where(out > 0.0, np.nan, 0.0)
        found: Array = np.divide(out, there, out=unknown, where=there > 0.0)
        return found

    def after(
        self,
        cost: Array,
        place: Mapping[int, int],
        held: Mapping[tuple[str, str], Array],
        block: slice,
        year: int,
    ) -> dict[tuple[str, str], Array]:
        """Value held at the end of the year."""
        left = {}
        for key, flows in self.arriving.items():
            value = held.get(key, np.zeros(1)) + cost[:, [place[f] for f in flows]].sum(axis=-1)
            there, end = self.there[key][block, year], self.end[key][block, year]
            unknown = np.where(end > 0.0, np.nan, 0.0)
            left[key] = value * np.divide(end, there, out=unknown, where=there > 0.0)
        return left


def _item_cost(scene: Scene, filters: Filters) -> Value:
    """Cost of one unit of an item as delivered, to those who draw it or to the actors named."""
    units = units_of_items(scene, filters["item"])
    for key, kind in (*PAID.items(), ("target", "process")):
        if key in filters:
            scene.select(kind, filters[key])
    require_one_dimension(units, "things counted in different units", "Name one item.")
    if not isinstance(scene, ResultScene):
        return value_of(UNKNOWN, f"{scene.currency}/({units[0]})")
    where = {key: text for key, text in filters.items() if key in FLOWS}
    rows = [int(row) for row in rows_of(scene, "units", where, FLOWS, side="pull")]
    chain = _Chain(scene)
    total = np.zeros(chain.units.shape[:2])
    for actors, delivered in _buyers(scene, chain, rows, filters):
        known = _is_known(scene, actors)
        total += _costs(scene, chain, filters, actors, delivered) if known else np.nan
    amount = chain.units[:, :, rows].sum(axis=-1)
    return Operations().operate(
        "/", (value_of(total, f"{scene.currency}/year"), value_of(amount, f"({units[0]})/year"))
    )


def _is_known(scene: ResultScene, actors: set[str]) -> bool:
    """Whether the money of buyers is seen: what is paid within the outside world is not, so that the cost of
    an item is undefined, not zero, where nobody owns a process.
    """
    return OUTSIDE not in actors or any(process.actor for process in scene.model.processes.values())


def _buyers(
    scene: ResultScene, chain: _Chain, rows: list[int], filters: Filters
) -> list[tuple[set[str], list[int]]]:
    """Actors whose costs count, with the deliveries that they count for."""
    if "actor" in filters:
        return [(scene.select("actor", filters["actor"]), rows)] if rows else []
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(scene.model.processes[chain.target[row]].actor or OUTSIDE, []).append(row)
    return [({actor}, flows) for actor, flows in found.items()]


ITEM_COST = Function(_item_cost, {"item": "item", "target": "process", **PAID}, first="item")
