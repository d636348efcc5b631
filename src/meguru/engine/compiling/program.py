"""A model compiled: flat tables for the kernels, numbers for a block of samples, and names to label the
result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meguru.engine.compiling.bom import build_tables
from meguru.engine.compiling.coefficients import Coefficients, Reader
from meguru.engine.compiling.lifetimes import age_of
from meguru.engine.compiling.nodes import PushNodes
from meguru.engine.compiling.pull import PullCompiler
from meguru.engine.compiling.push import push_process
from meguru.engine.compiling.record import record_rows, record_sizes
from meguru.engine.compiling.shape import Shape, find_shape
from meguru.engine.compiling.tables import integer_tables
from meguru.engine.compiling.use import UseCompiler, UseTables
from meguru.engine.plan import NUMBER_TABLES, Ints, pack
from meguru.engine.sampling import Draw, Draws
from meguru.errors import ModelError
from meguru.model.checks import locate
from meguru.model.components import Model
from meguru.model.network import Network, resolve

Array = NDArray[np.float64]
CONVENTION = {"middle": 0, "start": 1, "end": 2}


@dataclass(slots=True)
class Program:
    """What one block of samples needs, and the names of what comes out."""

    model: Model
    network: Network
    shape: Shape
    plan: Ints  # see meguru.engine.plan
    numbers: Array  # (sample, number)
    coefficients: Coefficients
    years: Ints  # calendar year of each step
    samples: int
    uses: UseTables
    stores: list[tuple[str, str]]
    counts: dict[tuple[str, str], int]  # (item, child) → table, children per unit by step made
    masses: dict[tuple[str, str], int]  # (item, material) → table, kg per unit by step made
    parts: list[tuple[str, str]]  # (use process, part) of each row of part_age
    flow_dated: Ints  # flow → row of its record by date, or −1
    flow_valued: Ints  # flow → row of its record of units × factor on price by age, or −1
    holder_dated: Ints  # holder (use processes, then stores) → row of its record by date, or −1


def steps_of(model: Model) -> Ints:
    """Calendar year of each step, history included."""
    first = model.time.history if model.time.history is not None else model.time.first
    each = 12 if model.time.step == "month" else 1
    return np.repeat(np.arange(first, model.time.last + 1), each)


def compile_model(
    model: Model,
    *,
    draws: Draw | None = None,
    block: tuple[int, int] | None = None,
    values: Mapping[str, Array] | None = None,
) -> Program:
    """Compile ``model`` (a scenario already applied) for samples ``block`` (or expected values).

    Parameters
    ----------
    draws
        How the run draws its samples; default independent ones with seed 0.
    block
        First and last sample; None: expected values.
    values
        Sampled numbers given from outside: place → (sample,) of the whole run.

    Raises
    ------
    ModelError
        Any fault of the model that only shows when it is put together.
    """
    try:
        return _compile(model, draws or Draws(), block, values or {})
    except ModelError as error:
        raise locate(model, error) from None


def _compile(
    model: Model, draws: Draw, block: tuple[int, int] | None, values: Mapping[str, Array]
) -> Program:
    years = steps_of(model)
    network = resolve(model)
    shape = find_shape(model, network)
    numbers = Coefficients(
        Reader(model, years.astype(np.float64), draws, block, values),
        1 / 12 if model.time.step == "month" else 1.0,
    )
    counts, masses = build_tables(model, numbers)
    pushes = PushNodes(model, network, shape, numbers, counts, masses)
    uses = UseCompiler(model, network, shape, numbers, pushes)
    uses.products()
    stores = [
        (n, i) for n, p in model.processes.items() if p.kind == "store" for i in network.arriving.get(n, {})
    ]
    pushes.stores = {key: index for index, key in enumerate(stores)}
    uses.processes()
    for name, process in model.processes.items():
        push_process(pushes, name, process)
    pulls = PullCompiler(model, network, shape, numbers, pushes, uses.tables).compile()
    rows = record_rows(model, network, shape, uses.tables, stores)
    tables, state = integer_tables(model, shape, numbers, pushes, uses.tables, pulls, stores, rows)
    samples = 1 if block is None else block[1] - block[0]
    parts = [*numbers.arrays(samples), _price_tables(network, numbers, samples)]
    sizes = {name: part.shape[1] for name, part in zip(NUMBER_TABLES, parts, strict=True)}
    record = record_sizes(
        numbers.steps, samples, len(network.flows), bool(pulls.scrap), uses.tables, len(stores), rows
    )
    plan = pack(_scalars(model, network, numbers, uses.tables), tables, sizes, state, record)
    return Program(
        model,
        network,
        shape,
        plan,
        np.concatenate(parts, axis=1),
        numbers,
        years,
        samples,
        uses.tables,
        stores,
        counts,
        masses,
        uses.tables.spares,
        rows.flow_dated,
        rows.flow_valued,
        rows.holder_dated,
    )


def _scalars(model: Model, network: Network, numbers: Coefficients, uses: UseTables) -> tuple[int, ...]:
    return (
        numbers.steps,
        CONVENTION[model.time.sales],
        int(model.time.exits == "proportional"),
        len(network.flows),
        numbers.count,
        len(uses.events),
    )


def _price_tables(network: Network, numbers: Coefficients, samples: int) -> Array:
    """Factor on the price by age, one row per flow that has one, (sample, row × age)."""
    ages = age_of(np.arange(numbers.steps + 1), numbers.read.model.time.sales) * numbers.step
    rows = [
        np.interp(ages, sorted(f.route.residual), [f.route.residual[a] for a in sorted(f.route.residual)])
        for f in network.flows
        if f.route.residual
    ]
    return np.tile(np.array(rows, dtype=np.float64).reshape(1, -1), (samples, 1))
