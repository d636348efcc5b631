"""Balances, checked in every run: what enters a process leaves it or stays in it.

Processes that keep things as they are (use, sort, store) are checked item by item in units: equal units of a
constant composition are equal masses. Items whose composition changes by year made, and processes that take
apart or put together, are checked material by material in kg. A use process holds its stock and what left in
the step of its sale, which is pushed in the next step.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from meguru.engine.compiled import load_kernel
from meguru.engine.compiling.program import Program
from meguru.engine.results.masses import Masses
from meguru.errors import BalanceError

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
LARGEST_RESIDUAL = 1e-9
TOO_LARGE = "A number of the model is too large, or too small, to be reckoned with."
ROUNDING_OF_STOCK = 1e-4  # throughput that a unit held counts as: a stock of 1 is known to 1e-13
NOTHING = 1e-12  # of a sample's largest throughput: what is smaller counts as so much
OPEN = ("supply", "sink")
KEEPING = ("use", "sort", "store")
AT_ONCE = 500_000  # numbers: samples are taken together as far as they fit the cache
MASS = " (mass)"


@dataclass(slots=True)
class _Sum:
    """A sparse matrix (row, column of what is recorded) in the making; ``pair`` −1 is a plain 1."""

    rows: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    pairs: list[int] = field(default_factory=list)

    def add(self, row: int, column: int, pair: int = -1) -> None:
        self.rows.append(row)
        self.columns.append(column)
        self.pairs.append(pair)


@dataclass(slots=True)
class _Matrix:
    """A sum ready to be applied: the entries of each row, one row after the other."""

    starts: Ints  # (row + 1,)
    columns: Ints
    pairs: Ints

    def sums(self, kg: Array, recorded: Array) -> Array:
        """(row, sample, step) sums of what is recorded, (column, sample, step), with the masses (sample or 1,
        pair).
        """
        weights = np.ones((kg.shape[0], len(self.pairs)))
        weighted = np.flatnonzero(self.pairs >= 0)
        weights[:, weighted] = kg[:, self.pairs[weighted]]
        out = np.zeros((len(self.starts) - 1, *recorded.shape[1:]))
        load_kernel("meguru.engine.kernels.sums").add_rows(self.starts, self.columns, weights, recorded, out)
        return out


class Balance:
    """The equations of a network: which rows of the record enter, leave and stay, for each process and thing.

    The columns are, one after the other: units of the flows, units of the holders, units waiting in use, and
    mass by material of dated flows, dated holders and dated units waiting.
    """

    def __init__(self, program: Program, flows: Masses, holders: Masses) -> None:
        self.program, self.flows, self.holders = program, flows, holders
        self.composition = flows.composition
        self.labels: list[tuple[str, str, str]] = []  # process, what, unit
        self._rows: dict[tuple[str, str], int] = {}
        self.entering, self.leaving, self.held = _Sum(), _Sum(), _Sum()
        materials = len(self.composition.materials)
        uses = len(program.uses.names)
        self._holder_column = len(flows.items)
        self._waiting_column = self._holder_column + len(holders.items)
        self._dated_flow_column = self._waiting_column + uses
        self._dated_holder_column = self._dated_flow_column + len(flows.dated_rows) * materials
        self._dated_waiting_column = self._dated_holder_column + len(holders.dated_rows) * materials
        self.columns = self._dated_waiting_column + len(holders.dated_rows) * materials
        waiting = {
            event.process: index for index, event in enumerate(program.uses.events) if event.kind == "waiting"
        }
        self.waiting = [waiting[name] for name in program.uses.names]
        processes = program.model.processes
        self.resold = {
            flow.target
            for flow in program.network.flows
            if processes[flow.source].kind == "store" and flow.item == processes[flow.target].product
        }
        self._write()

    def _row(self, process: str, what: str, unit: str) -> int:
        if (process, what) not in self._rows:
            self._rows[(process, what)] = len(self.labels)
            self.labels.append((process, what, unit))
        return self._rows[(process, what)]

    def _write(self) -> None:
        for index, flow in enumerate(self.program.network.flows):
            self._flow(index, flow.source, self.leaving)
            self._flow(index, flow.target, self.entering)
        for index in range(len(self.holders.items)):
            self._holder(index)

    def _flow(self, index: int, process: str, total: _Sum) -> None:
        kind = self.program.model.processes[process].kind
        if kind in OPEN:
            return
        item, place = self.flows.items[index], int(self.flows.dated_row[index])
        if kind in KEEPING:
            total.add(self._row(process, item, self.program.model.items[item].unit), index)
            if place < 0 or (kind == "use" and process in self.resold):
                return
        self._masses(process, item, place, self._dated_flow_column, index, total)

    def _masses(
        self, process: str, item: str, place: int, dated_column: int, column: int, total: _Sum
    ) -> None:
        materials = self.composition.materials
        if place >= 0:
            for number in self._materials_of(item):
                row = self._row(process, f"{materials[number]}{MASS}", "kg")
                total.add(row, dated_column + place * len(materials) + number)
        else:
            for pair in self.composition.of_item[item]:
                material = materials[int(self.composition.pairs[pair, 1])]
                total.add(self._row(process, f"{material}{MASS}", "kg"), column, pair)

    def _materials_of(self, item: str) -> list[int]:
        names = [material for (owner, material) in self.program.masses if owner == item]
        return [self.composition.materials.index(name) for name in names]

    def _holder(self, index: int) -> None:
        uses = self.program.uses.names
        item, place = self.holders.items[index], int(self.holders.dated_row[index])
        process = uses[index] if index < len(uses) else self.program.stores[index - len(uses)][0]
        row = self._row(process, item, self.program.model.items[item].unit)
        self.held.add(row, self._holder_column + index)
        if index < len(uses):
            self.held.add(row, self._waiting_column + index)
        if place < 0 or process in self.resold:
            return
        self._masses(process, item, place, self._dated_holder_column, 0, self.held)
        if index < len(uses):
            self._masses(process, item, place, self._dated_waiting_column, 0, self.held)

    def _matrix(self, total: _Sum) -> _Matrix:
        rows = np.array(total.rows, dtype=np.int64)
        order = np.lexsort((np.array(total.columns, dtype=np.int64), rows))
        starts = np.searchsorted(rows[order], np.arange(len(self.labels) + 1))
        columns, pairs = (np.array(one, dtype=np.int64)[order] for one in (total.columns, total.pairs))
        return _Matrix(starts.astype(np.int64), columns, pairs)

    def residuals(self, events: Array, opening: int = 0) -> Array:
        """(sample, step, process) largest residual relative to throughput; see :attr:`processes`.

        In the ``opening`` steps at the beginning nothing runs: what is held at their end was there before.

        Raises
        ------
        BalanceError
            One is above 1e-9.
        """
        matrices = [self._matrix(total) for total in (self.entering, self.leaving, self.held)]
        samples, _, steps = self.flows.units.shape
        processes = {process: index for index, process in enumerate(self.processes)}
        of_row = np.array([processes[process] for process, _, _ in self.labels], dtype=np.int64)
        order = np.argsort(of_row, kind="stable")
        starts = np.searchsorted(of_row[order], np.arange(len(processes)))
        out = np.zeros((samples, steps, len(processes)))
        kg = self.composition.kg
        at_once = max(1, AT_ONCE // (self.columns * steps + 1))
        for first in range(0, samples if self.labels else 0, at_once):
            chunk = slice(first, min(first + at_once, samples))
            own = kg[chunk] if kg.shape[0] > 1 else kg
            recorded = self._recorded(chunk, events)
            sums = [matrix.sums(own, recorded) for matrix in matrices]
            relative = _relative(*sums)
            relative[..., :opening] = 0.0
            if not relative.max(initial=0.0) <= LARGEST_RESIDUAL:
                raise self._error(relative, *sums)
            out[chunk] = np.maximum.reduceat(relative[order], starts, axis=0).transpose(1, 2, 0)
        return out

    @property
    def processes(self) -> list[str]:
        """Names of the processes that are closed: all but supplies and sinks."""
        return list(dict.fromkeys(process for process, _, _ in self.labels))

    def _recorded(self, chunk: slice, events: Array) -> Array:
        """(column, sample, step) what the equations sum."""
        flows, holders = self.flows, self.holders
        waiting = events[chunk][:, self.waiting]
        parts = [part.transpose(1, 0, 2) for part in (flows.units[chunk], holders.units[chunk], waiting)]
        for masses in (flows, holders):
            if masses.dated_rows:
                places = masses.dated_row[masses.dated_rows]
                parts += _by_material(masses.dated[chunk][:, places])
        if holders.dated_rows:
            parts += _by_material(self._dated_waiting(chunk, waiting))
        out = np.empty((self.columns, *parts[0].shape[1:]))
        at = 0
        for part in parts:
            out[at : at + len(part)] = part
            at += len(part)
        return out

    def _dated_waiting(self, chunk: slice, waiting: Array) -> Array:
        """(sample, row, step, material) of what waits in use: sold, thus made, in the same step."""
        samples, uses, steps = waiting.shape
        out = np.zeros((samples, len(self.holders.dated_rows), steps, len(self.composition.materials)))
        for row in self.holders.dated_rows:
            if row < uses:  # else a store
                table = self.composition.by_date[self.holders.items[row]]
                kg = table[chunk if table.shape[0] > 1 else slice(None), :steps]
                out[:, int(self.holders.dated_row[row])] = kg * waiting[:, row, :, None]
        return out

    def _error(self, relative: Array, entering: Array, leaving: Array, held: Array) -> BalanceError:
        row, sample, step = (int(found[0]) for found in np.nonzero(~(relative <= LARGEST_RESIDUAL)))
        process, what, unit = self.labels[row]
        gone_in, gone_out = entering[row, sample, step], leaving[row, sample, step]
        change = held[row, sample, step] - (held[row, sample, step - 1] if step else 0.0)
        return BalanceError(
            f"'{what.removesuffix(MASS)}' does not balance in {int(self.program.years[step])}",
            place=f"processes.{process}",
            found=f"in {gone_in:.9g} {unit}, out {gone_out:.9g} {unit}, change of store {change:.9g} {unit}: "
            f"residual {gone_in - gone_out - change:.3g} {unit}",
            expected="in = out + change of store",
            hint=None if np.isfinite(relative[row, sample, step]) else TOO_LARGE,
        )


def _by_material(mass: Array) -> list[Array]:
    """(sample, row, step, material) as one (material, sample, step) for each row."""
    return list(mass.transpose(1, 3, 0, 2))


def _relative(entering: Array, leaving: Array, held: Array) -> Array:
    """(row, sample, step) residual relative to throughput; where nothing moves, to what is held."""
    residual = entering - leaving - held
    residual[..., 1:] += held[..., :-1]
    np.abs(residual, out=residual)
    throughput = np.maximum(entering, leaving)
    there = np.maximum(held[..., 1:], held[..., :-1])
    throughput[..., 0] += ROUNDING_OF_STOCK * held[..., 0]
    throughput[..., 1:] += ROUNDING_OF_STOCK * there
    throughput += NOTHING * np.fmax.reduce(throughput, axis=(0, 2), initial=0.0, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative: Array = residual / throughput
    relative[residual == 0.0] = 0.0
    return relative


def check_balance(
    program: Program, flows: Masses, holders: Masses, events: Array, opening: int = 0
) -> tuple[Array, list[str]]:
    """(sample, step, process) largest relative residual over all steps, history included, and the processes.

    Raises
    ------
    BalanceError
        What enters a process neither leaves it nor stays in it.
    """
    balance = Balance(program, flows, holders)
    return balance.residuals(events, opening), balance.processes
