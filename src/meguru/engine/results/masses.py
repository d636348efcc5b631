"""Mass of what is recorded: kg of each material in every flow and in everything held.

An item whose composition never changes has one number for each of its materials; of the others the mass is
summed over the steps in which the units were made.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from meguru.engine.compiling.program import Program
from meguru.engine.simulate import Record

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


class Composition:
    """kg of each material in one unit of each item, as a list of pairs (item, material).

    Attributes
    ----------
    materials
        Names, in the order of the model.
    pairs
        (pair, 2): index of item and of material; only items whose composition is constant.
    kg : (sample or 1, pair)
    by_date
        Item → (sample or 1, date, material), for items whose composition depends on the step made.
    """

    def __init__(self, program: Program, changing: set[str]) -> None:
        model = program.model
        self.items = {name: index for index, name in enumerate(model.items)}
        self.materials = [name for name, item in model.items.items() if item.kind == "material"]
        self.of_item: dict[str, list[int]] = {name: [] for name in model.items}
        index = {name: position for position, name in enumerate(self.materials)}
        pairs: list[tuple[int, int]] = []
        tables: list[Array | float] = []
        dated: dict[str, list[tuple[int, Array]]] = {name: [] for name in changing}
        for (item, material), number in program.masses.items():
            if item in changing:
                dated[item].append((index[material], program.coefficients.get_table(number)))
            else:
                self.of_item[item].append(len(pairs))
                pairs.append((self.items[item], index[material]))
                tables.append(program.coefficients.entry(number))
        self.pairs: Ints = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        self.kg = _columns(tables)
        dates = program.coefficients.steps + 1
        self.by_date = {item: self._table(found, dates) for item, found in dated.items()}

    def _table(self, found: list[tuple[int, Array]], dates: int) -> Array:
        samples = max((values.shape[0] for _, values in found), default=1)
        table = np.zeros((samples, dates, len(self.materials)))
        for material, values in found:
            table[:, :-1, material] = values
            table[:, -1, material] = values[:, -1]
        return table

    def dense(self, items: Sequence[str], sample: int) -> Array:
        """(items, material) kg per unit of one sample; zero for items in :attr:`by_date`."""
        table = np.zeros((len(self.items), len(self.materials)))
        row = self.kg[sample if self.kg.shape[0] > 1 else 0]
        table[self.pairs[:, 0], self.pairs[:, 1]] = row
        return table[[self.items[item] for item in items]]

    def per_unit(self, item: str) -> Array:
        """(sample or 1,) kg of one unit; only for items not in :attr:`by_date`."""
        total: Array = self.kg[:, self.of_item[item]].sum(axis=1)
        return total


def _columns(tables: list[Array | float]) -> Array:
    """Constant tables side by side, (sample or 1, table)."""
    samples = max((1 if isinstance(values, float) else values.shape[0] for values in tables), default=1)
    out = np.empty((samples, len(tables)))
    for position, values in enumerate(tables):
        out[:, position] = values if isinstance(values, float) else values[:, 0]
    return out


class Masses:
    """Mass of the units in rows (flows or holders) over all steps, history included.

    Parameters
    ----------
    units : (sample, row, step)
    dated_units : (sample, dated row, step, date)
    dated_row : (row,)
        Row of ``dated_units``, −1 for items of constant composition.
    """

    def __init__(
        self, composition: Composition, items: list[str], units: Array, dated_units: Array, dated_row: Ints
    ) -> None:
        self.composition = composition
        self.items = items
        self.units = units
        self.dated_row = dated_row
        self.dated_rows = [int(row) for row in np.flatnonzero(dated_row >= 0)]
        self.dated = self._sum_over_dates(dated_units)

    def _sum_over_dates(self, dated_units: Array) -> Array:
        """(sample, dated row, step, material) kg."""
        shape = (
            dated_units.shape[0],
            len(self.dated_rows),
            self.units.shape[2],
            len(self.composition.materials),
        )
        out = np.zeros(shape)
        for row in self.dated_rows:
            place = int(self.dated_row[row])
            out[:, place] = dated_units[:, place] @ self.composition.by_date[self.items[row]]
        return out

    def all(self, steps: slice) -> Array:
        """(sample, step, row, material) kg."""
        samples, rows, _ = self.units.shape
        some = self.units[:, :, steps]
        out = np.empty((samples, some.shape[2], rows, len(self.composition.materials)))
        if self.composition.kg.shape[0] == 1:
            kg = self.composition.dense(self.items, 0)
            np.multiply(some.transpose(0, 2, 1)[..., None], kg, out=out)
        else:
            for sample in range(samples):
                kg = self.composition.dense(self.items, sample)
                np.multiply(some[sample].T[..., None], kg, out=out[sample])
        if self.dated_rows:
            places = self.dated_row[self.dated_rows]
            out[:, :, self.dated_rows] = self.dated[:, places][:, :, steps].transpose(0, 2, 1, 3)
        return out

    def total(self, row: int, steps: slice) -> Array:
        """(sample, step) kg of all materials in one row."""
        place = int(self.dated_row[row])
        if place >= 0:
            found: Array = self.dated[:, place, steps].sum(axis=2)
            return found
        kg: Array = self.composition.per_unit(self.items[row])[:, None]
        return self.units[:, row, steps] * kg

    def of_materials(self, row: int, materials: Sequence[int], steps: slice) -> Array:
        """(sample, step) kg of some materials in one row."""
        place = int(self.dated_row[row])
        if place >= 0:
            found: Array = self.dated[:, place, steps][:, :, list(materials)].sum(axis=2)
            return found
        wanted = set(materials)
        pairs = [
            p
            for p in self.composition.of_item[self.items[row]]
            if int(self.composition.pairs[p, 1]) in wanted
        ]
        kg: Array = self.composition.kg[:, pairs].sum(axis=1)[:, None]
        return self.units[:, row, steps] * kg


def changing_items(program: Program) -> set[str]:
    """Items whose flows and stocks are recorded by the step made because their composition depends on it."""
    return {name for name in program.shape.changing if program.model.items[name].kind != "material"}


def holder_items(program: Program) -> list[str]:
    """Item of each holder: use processes first, then stores."""
    products = [str(program.model.processes[name].product) for name in program.uses.names]
    return products + [item for _, item in program.stores]


def find_masses(program: Program, record: Record) -> tuple[Masses, Masses]:
    """Masses of flows and of holders.

    Nothing of what is kept refers to the record: what was recorded by date is the largest part of it, and is
    needed no more when the masses are known.
    """
    composition = Composition(program, changing_items(program))
    flows = [flow.item for flow in program.network.flows]
    return (
        Masses(composition, flows, np.array(record.flows), record.flows_dated, program.flow_dated),
        Masses(
            composition,
            holder_items(program),
            np.array(record.stock),
            record.stock_dated,
            program.holder_dated,
        ),
    )
