"""Labelled arrays of a run: each is made from the record when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.engine.accounts.account import Account
from meguru.engine.compiling.program import Program
from meguru.engine.compiling.use import Event
from meguru.engine.results.masses import Masses, holder_items
from meguru.engine.results.origin import Origins, Trace, find_origins, trace_of
from meguru.engine.results.plain import Coordinate, Plain
from meguru.model.components import ORIGINS, Model
from meguru.model.network import Flow

Array = NDArray[np.float64]
ARRAYS = (
    "flows",
    "units",
    "origins",
    "stock",
    "stock_mass",
    "events",
    "energy",
    "exchanges",
    "impacts",
    "work",
    "money",
    "balance",
    "part_age",
    "ages",
)
EXCHANGE_LABELS = ("name", "where", "exchange", "actor", "group", "stage", "kind", "unit")
IMPACT_LABELS = ("name", "where", "actor", "group", "stage", "kind")
WORK_LABELS = ("name", "where", "actor", "group", "stage", "kind")
PAYMENT_LABELS = ("payer", "payee", "kind", "group", "name", "where", "item", "exchange", "stage")


@dataclass(slots=True)
class Names:
    """What rows of the record mean; the same for all blocks of a run."""

    model: Model
    flows: list[Flow]
    events: list[Event]
    uses: list[str]
    holders: list[tuple[str, str, str]]  # process, item, use or store
    parts: list[tuple[str, str]]
    processes: list[str]  # those whose balance is checked
    years: NDArray[np.int64]  # of all steps
    first: int  # step with which the report begins
    length: float  # of a step, in years

    @property
    def steps(self) -> slice:
        """Steps reported."""
        return slice(self.first, None)

    def times(self, steps: slice) -> NDArray[Any]:
        """Year of each step, or texts like 2024-01."""
        years = self.years[steps]
        if self.length == 1.0:
            return years
        start = steps.start or 0
        months = (np.arange(start, start + len(years)) % 12) + 1
        return np.array(
            [f"{year}-{month:02d}" for year, month in zip(years, months, strict=True)], dtype=object
        )


@dataclass(slots=True)
class Block:
    """What is kept of one block of samples."""

    flows: Masses
    holders: Masses
    events: Array
    scrap: Array
    part_age: Array
    ages: Array
    account: Account
    residuals: Array
    origins: Origins | None = None


class Live:
    """Arrays of a run that just took place.

    Parameters
    ----------
    names
        What the rows mean.
    blocks
        Blocks of samples, in order.
    """

    def __init__(self, names: Names, blocks: Sequence[Block]) -> None:
        self.names = names
        self.blocks = list(blocks)

    @cached_property
    def _trace(self) -> Trace:
        names = self.names
        stores = {(p, i): index for index, (p, i, kind) in enumerate(names.holders) if kind == "store"}
        return trace_of(names.model, names.flows, names.uses, stores, names.first)

    def _shares(self, block: Block) -> Array:
        """(sample, time, flow, material, origin) shares of the origins; found at first use."""
        if block.origins is None:
            block.origins = find_origins(self._trace, block.flows, block.holders, block.scrap)
        return block.origins.shares

    def array(self, name: str) -> Plain:
        """One of :data:`ARRAYS`."""
        if name not in ARRAYS:
            raise KeyError(name)
        found: Plain = getattr(self, f"_{name}")()
        return found

    def mass(self, flows: Sequence[int], materials: Sequence[int], origins: Sequence[int] | None) -> Array:
        """(sample, time) kg of some materials, of some or all origins, in some flows together."""
        return self._join(lambda block: self._mass(block, flows, materials, origins))

    def _mass(
        self, block: Block, flows: Sequence[int], materials: Sequence[int], origins: Sequence[int] | None
    ) -> Array:
        steps = self.names.steps
        total = np.zeros((block.residuals.shape[0], len(self.names.years) - self.names.first))
        for flow in flows:
            if origins is None:
                total += block.flows.of_materials(flow, materials, steps)
                continue
            for material in materials:
                share = self._shares(block)[:, :, flow, material][..., list(origins)].sum(axis=-1)
                total += block.flows.of_materials(flow, [material], steps) * share
        return total

    # -- helpers -------------------------------------------------------------------------------------------

    def _join(self, of: Callable[[Block], Array]) -> Array:
        parts = [of(block) for block in self.blocks]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _make(
        self, name: str, values: Array, dims: Sequence[str], coords: Mapping[str, Any], unit: str
    ) -> Plain:
        steps = self.names.steps
        time: dict[str, Any] = {
            "sample": np.arange(values.shape[0]),
            "time": self.names.times(steps),
            "year": ("time", self.names.years[steps]),
        }
        # Along a dimension of the same name, unless it says another one.
        every = {
            label: Coordinate((one[0],), one[1]) if isinstance(one, tuple) else Coordinate((label,), one)
            for label, one in (time | dict(coords)).items()
        }
        return Plain(name, values, ("sample", "time", *dims), every, unit)

    def _flow_coords(self) -> dict[str, Any]:
        flows, items = self.names.flows, self.names.model.items
        columns = {
            "route": [f.name for f in flows],
            "item": [f.item for f in flows],
            "source": [f.source for f in flows],
            "port": [f.port for f in flows],
            "target": [f.target for f in flows],
            "side": [f.side for f in flows],
            "unit": [items[f.item].unit for f in flows],
        }
        labels = texts([f"{f.name}: {f.item}" for f in flows])
        return {"flow": labels, **_along("flow", columns)}

    def _holder_coords(self) -> dict[str, Any]:
        holders, items = self.names.holders, self.names.model.items
        columns = {
            "process": [p for p, _, _ in holders],
            "item": [i for _, i, _ in holders],
            "kind": [k for _, _, k in holders],
            "unit": [items[i].unit for _, i, _ in holders],
        }
        return {"holder": texts([f"{p}: {i}" for p, i, _ in holders]), **_along("holder", columns)}

    def _materials(self) -> dict[str, Any]:
        return {"material": texts(self.blocks[0].flows.composition.materials)}

    # -- arrays --------------------------------------------------------------------------------------------

    def _flows(self) -> Plain:
        values = self._join(lambda b: b.flows.all(self.names.steps))
        return self._make(
            "flows", values, ("flow", "material"), self._flow_coords() | self._materials(), "kg"
        )

    def _units(self) -> Plain:
        values = self._join(lambda b: b.flows.units[:, :, self.names.steps].transpose(0, 2, 1))
        return self._make("units", values, ("flow",), self._flow_coords(), "")

    def _origins(self) -> Plain:
        steps = self.names.steps
        values = self._join(lambda b: self._shares(b) * b.flows.all(steps)[..., None])
        coords = self._flow_coords() | self._materials() | {"origin": texts(ORIGINS)}
        return self._make("origins", values, ("flow", "material", "origin"), coords, "kg")

    def _stock(self) -> Plain:
        values = self._join(lambda b: b.holders.units[:, :, self.names.steps].transpose(0, 2, 1))
        return self._make("stock", values, ("holder",), self._holder_coords(), "")

    def _stock_mass(self) -> Plain:
        values = self._join(lambda b: b.holders.all(self.names.steps))
        return self._make(
            "stock_mass", values, ("holder", "material"), self._holder_coords() | self._materials(), "kg"
        )

    def _events(self) -> Plain:
        events, items = self.names.events, self.names.model.items
        columns = {
            "process": [e.process for e in events],
            "item": [e.item for e in events],
            "kind": [e.kind for e in events],
            "cause": [e.cause for e in events],
            "unit": [items[e.item].unit for e in events],
        }
        values = self._join(lambda b: b.events[:, :, self.names.steps].transpose(0, 2, 1))
        return self._make("events", values, ("event",), _along("event", columns), "")

    def _energy(self) -> Plain:
        labels = [entry.labels for entry in self.blocks[0].account.energy_entries()]
        coords = _entry_coords("entry", labels, EXCHANGE_LABELS[:-1])
        return self._make("energy", self._join(lambda b: b.account.energy()), ("entry",), coords, "kWh")

    def _exchanges(self) -> Plain:
        labels = [entry.labels for entry in self.blocks[0].account.ledger.exchanges]
        coords = _entry_coords("entry", labels, EXCHANGE_LABELS)
        return self._make("exchanges", self._join(lambda b: b.account.exchanges()), ("entry",), coords, "")

    def _impacts(self) -> Plain:
        account, impacts = self.blocks[0].account, self.names.model.impacts
        coords = _entry_coords("entry", [entry.labels for entry in account.ledger.impacts], IMPACT_LABELS)
        units = texts([impacts[category].unit for category in account.categories])
        coords |= {"category": texts(account.categories), "unit": ("category", units)}
        return self._make(
            "impacts", self._join(lambda b: b.account.impacts()), ("entry", "category"), coords, ""
        )

    def _work(self) -> Plain:
        coords = _entry_coords(
            "entry", [entry.labels for entry in self.blocks[0].account.ledger.work], WORK_LABELS
        )
        return self._make("work", self._join(lambda b: b.account.work()), ("entry",), coords, "hour")

    def _money(self) -> Plain:
        labels = [entry.labels for entry in self.blocks[0].account.ledger.payments]
        money = self.names.model.money
        coords = _entry_coords("payment", labels, PAYMENT_LABELS)
        return self._make(
            "money",
            self._join(lambda b: b.account.money()),
            ("payment",),
            coords,
            money.currency if money else "JPY",
        )

    def _balance(self) -> Plain:
        values = self._join(lambda b: b.residuals[:, self.names.steps])
        return self._make("balance", values, ("process",), {"process": texts(self.names.processes)}, "1")

    def _part_age(self) -> Plain:
        """Ages of all followed pieces together, in use and of those that failed."""
        columns = {
            "process": [use for use, _ in self.names.parts for _ in range(2)],
            "item": [part for _, part in self.names.parts for _ in range(2)],
            "kind": ["in_use", "failed"] * len(self.names.parts),
        }
        steps, length = self.names.steps, self.names.length
        values = self._join(lambda b: _flat(b.part_age)[:, :, steps].transpose(0, 2, 1) * length)
        return self._make("part_age", values, ("part",), _along("part", columns), "piece*year")

    def _ages(self) -> Plain:
        """Stock in use by step made, where the run recorded it: one sample, not too many steps."""
        rows = min(block.ages.shape[1] for block in self.blocks)
        steps = slice(0, None)
        count = len(self.names.years)
        values = self._join(lambda b: b.ages[:, :rows, self.names.steps, :count].transpose(0, 2, 1, 3))
        uses = self.names.uses[: values.shape[2]]
        model = self.names.model
        units = [model.items[str(model.processes[use].product)].unit for use in uses]
        coords = {
            "process": texts(uses),
            "unit": ("process", texts(units)),
            "made": self.names.times(steps),
            "year_made": ("made", self.names.years),
        }
        return self._make("ages", values, ("process", "made"), coords, "")


def _flat(part_age: Array) -> Array:
    samples, rows, kinds, steps = part_age.shape
    return part_age.reshape(samples, rows * kinds, steps)


def texts(values: Sequence[str]) -> NDArray[Any]:
    """Texts as an array of objects, the form that they have when read from a file too."""
    out = np.empty(len(values), dtype=object)
    out[:] = list(values)
    return out


def _along(dim: str, columns: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    return {name: (dim, texts(values)) for name, values in columns.items()}


def _entry_coords(dim: str, labels: Sequence[Mapping[str, str]], names: Sequence[str]) -> dict[str, Any]:
    return _along(dim, {name: [found[name] for found in labels] for name in names})


def name_rows(program: Program, processes: list[str]) -> Names:
    """What the rows of a program's record mean."""
    model = program.model
    kinds = ["use"] * len(program.uses.names) + ["store"] * len(program.stores)
    holding = [*program.uses.names, *(name for name, _ in program.stores)]
    holders = list(zip(holding, holder_items(program), kinds, strict=True))
    first = int(np.searchsorted(program.years, model.time.first))
    return Names(
        model,
        program.network.flows,
        program.uses.events,
        program.uses.names,
        holders,
        program.parts,
        processes,
        program.years,
        first,
        program.coefficients.step,
    )
