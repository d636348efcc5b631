"""Types of circulation: where things go that leave use, by the labels of the processes that they reach.

What leaves use is followed along the push flows of the same year, and from a store to the process that
draws on it. At each process it divides as the mass does that leaves there; loops are solved. ``first`` counts
the first labelled process on the way, ``final`` the last one. What stays in a store or is drawn by a process
without label counts as what it was labelled before, else as ``unlabelled``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from meguru.engine import Result
from meguru.errors import DimensionError, IndicatorError, UnknownNameError, did_you_mean
from meguru.indicators.functions import Filters, Function, rows_of
from meguru.indicators.scene import UNKNOWN, ResultScene, Scene
from meguru.indicators.value import Array, Operations, Value, value_of, zero
from meguru.model.components import Model
from meguru.quantity import dimension_of

if TYPE_CHECKING:
    from pandas import DataFrame

UNLABELLED = "unlabelled"
ROUNDING = 1e-12  # a share below this is none
LARGEST_BLOCK = 4_000_000  # numbers in the matrices of one block of samples
BASES = ("mass", "units")
FATES = ("first", "final")
Node = tuple[str, str, str]  # process, item, label that holds when it leaves


@dataclass(slots=True)
class _Paths:
    """Nodes that can be reached, and the flows from each: (flow, next node)."""

    nodes: dict[Node, int] = field(default_factory=dict)
    after: list[list[tuple[int, int]]] = field(default_factory=list)
    ended: list[bool] = field(default_factory=list)  # nodes at which nothing is followed further


def contents_of(model: Model, item: str) -> set[str]:
    """Everything inside an item, at any depth."""
    inside: set[str] = set()
    for child in model.items[item].bom:
        inside |= {child} | contents_of(model, child)
    return inside


class _Tracer:
    """Follows what leaves use in one scenario."""

    def __init__(self, scene: ResultScene, fate: str) -> None:
        self.scene, self.model, self.fate = scene, scene.model, fate
        labels = scene.labels("units")
        self.items, self.sources, self.targets = labels["item"], labels["source"], labels["target"]
        self.side = labels["side"]
        self.followed = [
            row
            for row, (side, source) in enumerate(zip(self.side, self.sources, strict=True))
            if side == "push" or self.model.processes[source].kind == "store"
        ]
        self.paths = _Paths()
        self._masses: dict[int, Array] = {}

    def mass(self, flow: int) -> Array:
        """(sample, year) kg."""
        if flow not in self._masses:
            self._masses[flow] = self.scene.kilograms([flow])
        return self._masses[flow]

    def label(self, process: str) -> str:
        return self.model.processes[process].circulation or ""

    def reach(self, process: str, item: str, before: str) -> int:
        """The node at which something arrives; found once, with all that can be reached from it."""
        start: Node = (process, item, self.label(process) or before)
        waiting = [] if start in self.paths.nodes else [start]
        self._add(start)
        while waiting:
            node = waiting.pop()
            position = self.paths.nodes[node]
            if self.paths.ended[position]:
                continue
            for flow in self._leaving(node[0], node[1]):
                target = str(self.targets[flow])
                following: Node = (target, str(self.items[flow]), self.label(target) or node[2])
                if following not in self.paths.nodes:
                    waiting.append(following)
                self.paths.after[position].append((flow, self._add(following)))
        return self.paths.nodes[start]

    def _add(self, node: Node) -> int:
        """Position of a node; at the first label, or where something is made of it, the way ends."""
        if node not in self.paths.nodes:
            self.paths.nodes[node] = len(self.paths.nodes)
            self.paths.after.append([])
            drawn = self.model.processes[node[0]].kind in ("make", "use")
            self.paths.ended.append(drawn or (self.fate == "first" and bool(node[2])))
        return self.paths.nodes[node]

    def _leaving(self, process: str, item: str) -> Iterator[int]:
        """Flows from a process that carry an item on, or what was inside it."""
        taken_apart = self.model.processes[process].kind in ("dismantle", "recycle", "recondition")
        inside = contents_of(self.model, item) if taken_apart else set()
        for flow in self.followed:
            if self.sources[flow] == process and (self.items[flow] == item or self.items[flow] in inside):
                yield flow

    def shares(self, samples: slice) -> tuple[Array, Array]:
        """Shares that go from node to node and that end: (sample, year, node, node), (sample, year, node)."""
        count = len(self.paths.nodes)
        shape = self.mass(self.followed[0])[samples].shape
        steps = np.zeros((*shape, count, count))
        rest = np.ones((*shape, count))
        for (process, item, _), position in self.paths.nodes.items():
            out = [(self.mass(flow)[samples], following) for flow, following in self.paths.after[position]]
            whole = np.sum([mass for mass, _ in out], axis=0) if out else np.zeros(shape)
            if self.model.processes[process].kind == "store":
                whole = np.maximum(whole, self._arriving(process, item)[samples])  # the rest stays
            for mass, following in out:
                share = np.divide(mass, whole, out=np.zeros(shape), where=whole > 0.0)
                steps[:, :, position, following] += share
                rest[:, :, position] -= share
        return steps, np.where(rest > ROUNDING, rest, 0.0)

    def _arriving(self, process: str, item: str) -> Array:
        flows = [
            row
            for row, ends in enumerate(zip(self.side, self.targets, self.items, strict=True))
            if ends == ("push", process, item)
        ]
        total: Array = np.sum([self.mass(flow) for flow in flows], axis=0)
        return total


def circulation_amounts(
    scene: ResultScene, items: set[str], base: str, fate: str
) -> tuple[dict[str, Array], str]:
    """What leaves use by type of circulation: type → (sample, year) per year; and the unit.

    Raises
    ------
    IndicatorError
        The items leave use only inside others.
    DimensionError
        Things counted in different units.
    """
    model = scene.model
    labelled = scene.labels("units")
    starts = [
        int(row)
        for row in rows_of(scene, "units", {}, {}, side="push")
        if model.processes[labelled["source"][row]].kind == "use" and labelled["item"][row] in items
    ]
    if not starts:
        raise IndicatorError(
            "nothing of this leaves use by itself",
            found=", ".join(sorted(items)),
            hint="Name the product that it is in.",
        )
    tracer = _Tracer(scene, fate)
    entered = [tracer.reach(str(tracer.targets[row]), str(tracer.items[row]), "") for row in starts]
    unit = _unit_of(scene, starts) if base == "units" else "kg"
    amounts = [scene.per_year("units")[:, :, row] if base == "units" else tracer.mass(row) for row in starts]
    labels = [node[2] or UNLABELLED for node in tracer.paths.nodes]
    ended = _solve(tracer, entered, amounts, len(labels))
    amounts_of = {
        label: ended[:, :, np.array(labels) == label].sum(axis=-1) for label in dict.fromkeys(labels)
    }
    if not np.any(amounts_of.get(UNLABELLED, 0.0)):
        amounts_of.pop(UNLABELLED, None)
    return amounts_of, unit


def _unit_of(scene: ResultScene, rows: Sequence[int]) -> str:
    units = [str(scene.labels("units")["unit"][row]) for row in rows]
    if len({dimension_of(unit) for unit in units}) > 1 or len(set(units)) > 1:
        raise DimensionError(
            "things counted in different units",
            found=" and ".join(sorted(set(units))),
            expected="one unit",
            hint='Name the item, or take base="mass".',
        )
    return units[0]


def _solve(tracer: _Tracer, entered: Sequence[int], amounts: Sequence[Array], count: int) -> Array:
    """(sample, year, node) what ends at each node."""
    samples, years = amounts[0].shape
    each = max(1, LARGEST_BLOCK // (years * count * count))
    ended = np.empty((samples, years, count))
    for first in range(0, samples, each):
        block = slice(first, first + each)
        steps, rest = tracer.shares(block)
        start = np.zeros((*amounts[0][block].shape, count))
        for node, amount in zip(entered, amounts, strict=True):
            start[:, :, node] += amount[block]
        passing = np.linalg.solve(np.eye(count) - steps.swapaxes(-1, -2), start[..., None])[..., 0]
        ended[block] = passing * rest
    return ended


def circulation_types(
    result: Result, item: str = "*", *, base: str = "mass", fate: str = "first"
) -> DataFrame:
    """Shares by type of circulation of what leaves use.

    Parameters
    ----------
    item
        Filter on the items that leave use: a name, ``*``, alternatives with ``|``.
    base
        ``mass``, or ``units`` (items counted in one unit).
    fate
        ``first`` labelled process that they come to, or the last, ``final``. Labels are ``circulation`` of
        processes; what comes to none is ``unlabelled``.

    Returns
    -------
    DataFrame
        Columns year, type, share (NA in years in which nothing leaves), amount, unit. Shares of a year sum to
        1; of samples the mean amounts are taken.

    Raises
    ------
    UnknownNameError
        No such item, base or fate.
    IndicatorError
        The items leave use only inside others.
    """
    import pandas as pd

    for choice, choices in ((base, BASES), (fate, FATES)):
        if choice not in choices:
            raise UnknownNameError(
                "no such choice", found=choice, expected=list(choices), hint=did_you_mean(choice, choices)
            )
    scene = ResultScene(result, lambda: ())
    amounts, unit = circulation_amounts(scene, scene.select("item", item), base, fate)
    means = {label: amount.mean(axis=0) for label, amount in amounts.items()}
    total = np.sum(list(means.values()), axis=0)
    parts = []
    for label, amount in means.items():
        share = pd.array(
            np.divide(amount, total, out=np.zeros(len(total)), where=total > 0.0), dtype="Float64"
        )
        share[total <= 0.0] = pd.NA
        parts.append(
            pd.DataFrame(
                {"year": scene.years, "type": label, "share": share, "amount": amount, "unit": f"{unit}/year"}
            )
        )
    return pd.concat(parts).sort_values("year", kind="stable").reset_index(drop=True)


def _circulation(scene: Scene, filters: Filters) -> Value:
    """Share of what leaves use that comes to some types of circulation."""
    wanted = scene.select("circulation", filters["type"])
    items = scene.select("item", filters.get("item", "*"))
    if not isinstance(scene, ResultScene):
        return value_of(UNKNOWN, "1")
    amounts, unit = circulation_amounts(scene, items, filters["base"], filters["fate"])
    values = {label: value_of(amount, f"({unit})/year") for label, amount in amounts.items()}
    arithmetic = Operations()
    part = total = zero()
    for label, value in values.items():
        total = arithmetic.operate("+", (total, value))
        if label in wanted:
            part = arithmetic.operate("+", (part, value))
    return arithmetic.operate("/", (part, total))


CIRCULATION = Function(
    _circulation, {"type": "circulation", "item": "item"}, {"base": BASES, "fate": FATES}, first="type"
)
