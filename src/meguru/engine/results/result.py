"""Result of a run: labelled arrays by dimension name, made when first asked for, and where they are from."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from meguru.engine.accounts.account import keep_account
from meguru.engine.accounts.activity import Amounts
from meguru.engine.accounts.balance import check_balance
from meguru.engine.compiling.program import Program
from meguru.engine.results.labelled import ARRAYS, Block, Live, name_rows
from meguru.engine.results.masses import find_masses
from meguru.engine.results.origin import secondary_flows
from meguru.engine.results.plain import Plain
from meguru.engine.simulate import Record
from meguru.errors import RunError
from meguru.files.document import component_data
from meguru.model.components import ORIGINS, Model
from meguru.model.walk import clone
from meguru.version import __version__

if TYPE_CHECKING:
    from pandas import DataFrame
    from xarray import DataArray

Array = NDArray[np.float64]


class Source(Protocol):
    """Where the arrays of a result come from: a run, or a file."""

    def array(self, name: str) -> Plain:
        """One of :data:`meguru.engine.results.labelled.ARRAYS`."""

    def mass(self, flows: Sequence[int], materials: Sequence[int], origins: Sequence[int] | None) -> Array:
        """(sample, time) kg of some materials, of some or all origins, in some flows together."""


@dataclass
class Result:
    """What a run gave, over the reported years.

    Every array has the dimensions ``sample`` and ``time`` first (years as numbers, months as texts like
    ``2024-01``; ``year`` runs along ``time``) and is made when first asked for.

    Attributes
    ----------
    model
        The model with the scenario applied.
    scenario, samples, seed
        What was run; ``samples`` is 1 for expected values.
    created
        When, UTC.
    settings
        Further settings of the run: ``engine``, whether distributions were ``sampled``, ``sampling`` if they
        were drawn otherwise than independently, and SHA-256 of the ``values`` if numbers were given from
        outside.
    unapplied
        The model before the scenario was applied, shared with other results: for our own eyes, see
        :attr:`before`.
    values
        Sampled numbers that were given from outside: place in the model → (sample,).
    again
        Runs another scenario of the same model in the same way.
    histories
        What happened to each serial number, an event a row, if a run of individuals was asked to keep it.
    """

    model: Model = field(repr=False)
    scenario: str
    samples: int
    seed: int
    settings: Mapping[str, Any]
    created: str
    source: Source = field(repr=False)
    version: str = __version__
    unapplied: Model | None = field(default=None, repr=False)
    values: Mapping[str, Array] = field(default_factory=dict, repr=False)
    again: Callable[[str], Result] | None = field(default=None, repr=False)
    histories: DataFrame | None = field(default=None, repr=False)
    _plain: dict[str, Plain] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def before(self) -> Model | None:
        """A copy of the model before the scenario was applied; :attr:`again` runs what it was at the run."""
        return None if self.unapplied is None else clone(self.unapplied)

    def plain(self, name: str) -> Plain:
        """One of the arrays with no more than its labels, for which no library needs to be loaded."""
        if name not in self._plain:
            self._plain[name] = self.source.array(name)
        return self._plain[name]

    @cached_property
    def largest_residual(self) -> float:
        """Of all balances, relative to throughput."""
        return float(np.max(self.plain("balance").values, initial=0.0))

    @cached_property
    def provenance(self) -> dict[str, Any]:
        """Where the numbers are from: hash of the model, version, seed, settings, time."""
        return {
            "model": self.model.name,
            "model_hash": hash_of(self.model),
            "scenario": self.scenario,
            "version": self.version,
            "seed": self.seed,
            "samples": self.samples,
            "settings": dict(self.settings),
            "created": self.created,
        }

    @cached_property
    def flows(self) -> DataArray:
        """(sample, time, flow, material) kg per step."""
        return self.plain("flows").labelled()

    @cached_property
    def units(self) -> DataArray:
        """(sample, time, flow) per step in the item's own unit."""
        return self.plain("units").labelled()

    @cached_property
    def origins(self) -> DataArray:
        """(sample, time, flow, material, origin) kg per step."""
        return self.plain("origins").labelled()

    @cached_property
    def stock(self) -> DataArray:
        """(sample, time, holder) units at the end of the step, in use and in stores."""
        return self.plain("stock").labelled()

    @cached_property
    def stock_mass(self) -> DataArray:
        """(sample, time, holder, material) kg at the end of the step."""
        return self.plain("stock_mass").labelled()

    @cached_property
    def events(self) -> DataArray:
        """(sample, time, event) units per step: what happens at use processes."""
        return self.plain("events").labelled()

    @cached_property
    def energy(self) -> DataArray:
        """(sample, time, entry) kWh per step; entries of kind ``credit`` belong in no sum."""
        return self.plain("energy").labelled()

    @cached_property
    def exchanges(self) -> DataArray:
        """(sample, time, entry) per step in the exchange's unit; kind ``credit`` belongs in no sum."""
        return self.plain("exchanges").labelled()

    @cached_property
    def impacts(self) -> DataArray:
        """(sample, time, entry, category) per step; kind ``credit`` belongs in no sum."""
        return self.plain("impacts").labelled()

    @cached_property
    def work(self) -> DataArray:
        """(sample, time, entry) working hours per step."""
        return self.plain("work").labelled()

    @cached_property
    def money(self) -> DataArray:
        """(sample, time, payment) per step in the model's currency, from payer to payee."""
        return self.plain("money").labelled()

    @cached_property
    def balance(self) -> DataArray:
        """(sample, time, process) largest residual of units and mass, relative to throughput."""
        return self.plain("balance").labelled()

    @cached_property
    def part_age(self) -> DataArray:
        """(sample, time, part) ages of all followed pieces together, in piece·year, in use and failed."""
        return self.plain("part_age").labelled()

    @cached_property
    def ages(self) -> DataArray:
        """(sample, time, process, made) stock in use by year made; no process where this was not recorded."""
        return self.plain("ages").labelled()

    def mass(
        self,
        flows: Sequence[int],
        materials: Sequence[str] | None = None,
        origins: Sequence[str] | None = None,
    ) -> Array:
        """Mass of some flows together, without making the whole array of masses.

        Parameters
        ----------
        flows
            Positions along ``flow``.
        materials, origins
            Names; default all.

        Returns
        -------
        (sample, time) kg per step
        """
        every = [name for name, item in self.model.items.items() if item.kind == "material"]
        wanted = [every.index(name) for name in (every if materials is None else materials)]
        kinds = None if origins is None else [ORIGINS.index(name) for name in origins]
        return self.source.mass(list(flows), wanted, kinds)

    def table(self, name: str) -> DataFrame:
        """One of the arrays as a tidy table: a row a number, its labels as columns."""
        from meguru.engine.results.tables import tidy

        return tidy(self, name)

    def save(self, path: str | os.PathLike[str], *, origins: bool = True) -> None:
        """Write everything to a NetCDF file; ``origins`` may be left out, they are the largest."""
        from meguru.engine.results.files import save_result

        save_result(self, path, [name for name in ARRAYS if origins or name != "origins"])


@dataclass
class Comparison:
    """Results of several scenarios of one model, in order, and which one the others are compared with."""

    results: dict[str, Result]
    reference: str


def hash_of(model: Model) -> str:
    """SHA-256 of a model's content; where it was read from and how it was written do not count."""
    data = component_data(model, "", {})
    data.pop("libraries", None)  # what came from them is written out
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def hash_of_values(values: Mapping[str, Array]) -> str:
    """SHA-256 of numbers given from outside and their places, in whatever order they were given."""
    found = hashlib.sha256()
    for place in sorted(values):
        numbers = np.ascontiguousarray(values[place], dtype="<f8")
        found.update(f"{place}\n{numbers.size}\n".encode())
        found.update(numbers.tobytes())
    return found.hexdigest()


def build_result(
    program: Program,
    record: Record,
    model: Model,
    scenario: str,
    seed: int = 0,
    settings: Mapping[str, Any] | None = None,
) -> Result:
    """Result of one block of samples.

    Parameters
    ----------
    program, record
        A compiled model and what :func:`meguru.engine.simulate.simulate` wrote.
    model
        The model with the scenario applied.

    Raises
    ------
    BalanceError
        Units, mass or money do not balance.
    ModelError
        Unit data, prices or fees that can not be read.
    """
    flows, holders = find_masses(program, record)
    events, valued = np.array(record.events), np.array(record.flows_valued)
    residuals, processes = check_balance(program, flows, holders, events, record.opening)
    names = name_rows(program, processes)
    amounts = Amounts(flows, holders, valued, program.flow_valued, names.steps, names.length)
    account = keep_account(program, amounts, scenario)
    scrap = record.scrap[:, secondary_flows(program.model, program.network.flows)]
    part_age, ages = np.array(record.part_age), np.array(record.ages)
    block = Block(flows, holders, events, scrap, part_age, ages, account, residuals)
    created = datetime.now(UTC).isoformat(timespec="seconds")
    return Result(model, scenario, program.samples, seed, dict(settings or {}), created, Live(names, [block]))


def join_results(results: Sequence[Result]) -> Result:
    """Results of several blocks of samples of one run as one.

    Raises
    ------
    RunError
        They are not of the same run.
    """
    first = results[0]
    blocks: list[Block] = []
    for result in results:
        if not isinstance(result.source, Live) or not isinstance(first.source, Live):
            raise RunError("results read from files can not be joined")
        if (result.scenario, result.seed) != (first.scenario, first.seed):
            raise RunError(
                "results of different runs can not be joined", found=result.scenario, expected=first.scenario
            )
        blocks += result.source.blocks
    assert isinstance(first.source, Live)
    samples = sum(result.samples for result in results)
    histories = [result.histories for result in results if result.histories is not None]
    if histories:
        import pandas

        together: DataFrame | None = pandas.concat(histories, ignore_index=True)
    else:
        together = None
    return Result(
        first.model,
        first.scenario,
        samples,
        first.seed,
        first.settings,
        first.created,
        Live(first.source.names, blocks),
        first.version,
        histories=together,
    )
