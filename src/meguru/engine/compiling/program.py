"""A model compiled: flat tables for the kernels, numbers for a block of samples, and names to label the
result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meguru.engine.compiling.coefficients import Coefficients, Reader, check_range
from meguru.engine.compiling.lifetimes import age_of
from meguru.engine.compiling.order import order_operations
from meguru.engine.compiling.pull import PullCompiler, PullTables
from meguru.engine.compiling.push import PushCompiler
from meguru.engine.compiling.shape import Shape, find_shape
from meguru.engine.compiling.use import UseCompiler, UseTables
from meguru.engine.plan import (
    CAPACITY,
    DEPOSIT,
    EDGE_COLUMNS,
    ITEM_CLASSES,
    ITEM_CONDITIONS,
    ITEM_DATES,
    NUMBER_TABLES,
    OFFER_COLUMNS,
    OP_CODE,
    OP_FLOW,
    OP_SOURCE,
    OP_TARGET,
    PRODUCT_SLOT,
    PRODUCT_SLOTS_END,
    SOLVE,
    USE_COLUMNS,
    Ints,
    pack,
    table,
)  # fmt: skip
from meguru.errors import ModelError
from meguru.model.bom_units import bom_unit
from meguru.model.checks import locate
from meguru.model.components import Model
from meguru.model.network import Network, resolve
from meguru.quantity import same_dimension
from meguru.quantity.units import factor

Array = NDArray[np.float64]
LARGEST_AGES = 4_000_000  # numbers; larger stocks by age are not kept
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


def build_tables(
    model: Model, numbers: Coefficients
) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
    """Children per unit (in the child's unit) and kg of each material per unit, by step made."""
    counts: dict[tuple[str, str], int] = {}
    masses: dict[tuple[str, str], int] = {}
    flat: dict[str, dict[str, Array | float]] = {}

    def flatten(name: str) -> dict[str, Array | float]:
        if name in flat:
            return flat[name]
        item = model.items[name]
        found = flat[name] = {}
        if item.kind == "material":
            found[name] = _kg_per_unit(model, name)
        for child in item.bom:
            amount = read_bom(model, numbers, name, child)
            counts[(name, child)] = numbers.table(amount)
            for material, kg in flatten(child).items():
                found[material] = found[material] + amount * kg if material in found else amount * kg
        return found

    for name in model.items:
        for material, kg in flatten(name).items():
            masses[(name, material)] = numbers.table(kg)
    return counts, masses


def read_bom(model: Model, numbers: Coefficients, name: str, child: str) -> Array | float:
    """Amount of a child in one unit of an item; 'kg' is understood as kg per piece, a plain number as a
    count."""
    quantity = model.items[name].bom[child]
    wanted = bom_unit(quantity.unit, model.items[child].unit, model.items[name].unit)
    if (
        quantity.value is not None
        and quantity.value >= 0.0
        and quantity.uncertain is None
        and not quantity.since
        and not numbers.read.values
    ):
        # Large models hold tens of thousands of constants here.
        if same_dimension(quantity.unit, wanted):
            times, by = factor(quantity.unit, wanted)
            return quantity.value * times / by
    place = f"items.{name}.bom.{child}"
    values = numbers.read(quantity, wanted, place)
    check_range(numbers.read, quantity, values, place, 0.0, None, wanted)
    return values


def _kg_per_unit(model: Model, material: str) -> float:
    from meguru.quantity import convert

    return float(convert(1.0, model.items[material].unit, "kg", place=f"items.{material}.unit"))


def compile_model(
    model: Model,
    *,
    seed: int = 0,
    block: tuple[int, int] | None = None,
    values: Mapping[str, Array] | None = None,
) -> Program:
    """Compile ``model`` (a scenario already applied) for samples ``block`` (or expected values).

    Raises
    ------
    ModelError
        Any fault of the model that only shows when it is put together.
    """
    try:
        return _compile(model, seed, block, values or {})
    except ModelError as error:
        raise locate(model, error) from None


def _compile(model: Model, seed: int, block: tuple[int, int] | None, values: Mapping[str, Array]) -> Program:
    years = steps_of(model)
    network = resolve(model)
    shape = find_shape(model, network)
    numbers = Coefficients(
        Reader(model, years.astype(np.float64), seed, block, values),
        1 / 12 if model.time.step == "month" else 1.0,
    )
    counts, masses = build_tables(model, numbers)
    pushes = PushCompiler(model, network, shape, numbers, counts, masses)
    uses = UseCompiler(model, network, shape, numbers, pushes)
    uses.products()
    stores = [
        (n, i) for n, p in model.processes.items() if p.kind == "store" for i in network.arriving.get(n, {})
    ]
    pushes.stores = {key: index for index, key in enumerate(stores)}
    uses.processes()
    for name, process in model.processes.items():
        pushes.process(name, process)
    pulls = PullCompiler(model, network, shape, numbers, pushes, uses.tables).compile()
    samples = 1 if block is None else block[1] - block[0]
    flow_dated, flow_valued, holder_dated = _record_rows(model, network, shape, uses.tables, stores)
    by_age = ((flow_dated >= 0) | (flow_valued >= 0)).astype(np.int64)
    tables, state = _tables(model, shape, numbers, pushes, uses.tables, pulls, stores, by_age)
    tables |= {"flow_dated": flow_dated, "flow_valued": flow_valued, "holder_dated": holder_dated}
    state |= {
        "dated_before": int(np.sum(flow_dated >= 0)) * (numbers.steps + 1),
        "valued_before": int(np.sum(flow_valued >= 0)),
    }
    parts = [*numbers.arrays(samples), _price_tables(network, numbers, samples)]
    steps = numbers.steps
    plan = pack(
        (
            steps,
            CONVENTION[model.time.sales],
            int(model.time.exits == "proportional"),
            len(network.flows),
            numbers.count,
            len(uses.tables.events),
        ),
        tables,
        {name: part.shape[1] for name, part in zip(NUMBER_TABLES, parts, strict=True)},
        state,
        _record_sizes(
            steps,
            samples,
            len(network.flows),
            bool(pulls.scrap),
            len(uses.tables.events),
            len(uses.tables.use),
            len(stores),
            len(uses.tables.slot_use),
            flow_dated,
            flow_valued,
            holder_dated,
        ),
    )
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
        masses,
        uses.tables.spares,
        flow_dated,
        flow_valued,
        holder_dated,
    )


def _record_rows(
    model: Model, network: Network, shape: Shape, uses: UseTables, stores: list[tuple[str, str]]
) -> tuple[Ints, Ints, Ints]:
    """Which flows and holders are recorded by date, which flows with their value by age."""
    flow_dated = _rows(
        [f.item in shape.changing and model.items[f.item].kind != "material" for f in network.flows]
    )
    flow_valued = _rows([bool(f.route.residual) for f in network.flows])
    holders = [str(model.processes[n].product) for n in uses.names] + [i for _, i in stores]
    return flow_dated, flow_valued, _rows([i in shape.changing for i in holders])


def _record_sizes(
    steps: int,
    samples: int,
    flows: int,
    scrap: bool,
    events: int,
    uses: int,
    stores: int,
    slots: int,
    flow_dated: Ints,
    flow_valued: Ints,
    holder_dated: Ints,
) -> dict[str, int]:
    dates = steps + 1
    ages = uses * steps * dates
    return {
        "flows": flows * steps, "scrap": flows * steps * scrap,
        "flows_dated": int(np.sum(flow_dated >= 0)) * steps * dates,
        "flows_valued": int(np.sum(flow_valued >= 0)) * steps,
        "events": events * steps, "stock": (uses + stores) * steps,
        "stock_dated": int(np.sum(holder_dated >= 0)) * steps * dates, "part_age": slots * 2 * steps,
        "ages": ages if samples == 1 and ages <= LARGEST_AGES else 0, "status": 3,
    }  # fmt: skip


def _price_tables(network: Network, numbers: Coefficients, samples: int) -> Array:
    """Factor on the price by age, one row per flow that has one, (sample, row × age)."""
    ages = age_of(np.arange(numbers.steps + 1), numbers.read.model.time.sales) * numbers.step
    rows = [
        np.interp(ages, sorted(f.route.residual), [f.route.residual[a] for a in sorted(f.route.residual)])
        for f in network.flows
        if f.route.residual
    ]
    return np.tile(np.array(rows, dtype=np.float64).reshape(1, -1), (samples, 1))


def _item_shape(model: Model, shape: Shape, steps: int) -> Ints:
    rows = []
    for name in model.items:
        conditions = 2 if name in shape.failing else 1
        classes = shape.classes(model, name)
        dates = steps + 1 if name in shape.dated else 1
        rows.append([conditions, classes, dates, conditions * classes * dates, int(name in shape.changing)])
    return table(rows, 5)


def _node_table(pushes: PushCompiler, item_shape: Ints) -> tuple[Ints, int]:
    rows, at = [], 0
    for _, item in pushes.nodes:
        index = pushes.items[item]
        rows.append([at, index])
        at += int(item_shape[index, 3])
    return table(rows, 2), at


def _store_table(
    model: Model,
    shape: Shape,
    numbers: Coefficients,
    pushes: PushCompiler,
    uses: UseTables,
    stores: list[tuple[str, str]],
) -> tuple[Ints, int, int]:
    rows: list[list[int]] = []
    at = pieces = 0
    products = list(shape.uses)
    for name, item in stores:
        process = model.processes[name]
        dates = numbers.steps + 1 if item in shape.dated else 1
        limit = loss = over = lost = -1
        if process.limit is not None:
            unit = model.items[item].unit
            limit = numbers.add(process.limit, unit, f"processes.{name}.limit")
            over = pushes.nodes[(f"{name}.overflow", item)]
        if process.loss is not None:
            loss = numbers.add(
                process.loss, "1/year", f"processes.{name}.loss", scale=numbers.step, high=1.0 / numbers.step
            )
            lost = pushes.nodes[(f"{name}.loss", item)]
        product = products.index(item) if item in shape.followed else -1
        slots = len(shape.followed.get(item, []))
        rows.append(
            [
                pushes.items[item],
                at,
                dates,
                int(process.ageing),
                limit,
                loss,
                pushes.nodes[(name, item)],
                over,
                lost,
                product,
                pieces,
                len(uses.use) + len(rows),
            ]
        )
        at += dates
        pieces += slots * dates * dates
    return table(rows, 12), at, pieces


def _tables(
    model: Model,
    shape: Shape,
    numbers: Coefficients,
    pushes: PushCompiler,
    uses: UseTables,
    pulls: PullTables,
    stores: list[tuple[str, str]],
    by_age: Ints,
) -> tuple[dict[str, Ints], dict[str, int]]:
    """Integer tables of the plan, and sizes of the state."""
    steps = numbers.steps
    item_shape = _item_shape(model, shape, steps)
    push = order_operations(pushes)
    scrap_push = order_operations(pushes, pulls.scrap_nodes) if pulls.scrap_nodes else []
    store, store_size, store_pieces = _store_table(model, shape, numbers, pushes, uses, stores)
    node, width = _node_table(pushes, item_shape)
    tables = {
        "item": item_shape, "node": node, "push": _placed(push, node, item_shape, by_age),
        "scrap_push": _placed(scrap_push, node, item_shape, by_age),
        "loop_node": table(pushes.loop_nodes, 1), "rule": table(pushes.rules, 1),
        "capacity": table(pushes.cap_rows, 3),
        "product": table(uses.product, 6), "use": table(uses.use, USE_COLUMNS), "cause": table(uses.cause, 4),
        "cause_hazard": table(uses.cause_hazard, 4), "slot": table(uses.slot, 6),
        "slot_use": table(uses.slot_use, 7),
        "slot_hazard": table(uses.slot_hazard, 4), "segment": table(uses.segment, 1),
        "offer": table(pulls.offer, OFFER_COLUMNS),
        "input": table(pulls.inputs, 7), "edge": table(pulls.edge, EDGE_COLUMNS),
        "offer_edge": table(pulls.offer_edge, 1),
        "offer_edges": table(pulls.offer_edges, 2), "upstream": table(pulls.upstream, 1),
        "sequence": table(pulls.sequence, 2), "spare": table(pulls.spare_inputs, 1),
        "replacement": table(pulls.replacement, 2), "store": store, "scrap": table(pulls.scrap, 3),
    }  # fmt: skip
    return tables, _state_sizes(tables, uses, width, store_size, store_pieces, pushes.available, steps)


def _placed(operations: list[list[int]], node: Ints, item_shape: Ints, by_age: Ints) -> Ints:
    """Operations with the blocks that they read and write, so that the kernel need not look them up."""
    rows = table(operations, 10)
    flows = (rows[:, OP_CODE] != SOLVE) & (rows[:, OP_CODE] != CAPACITY) & (rows[:, OP_CODE] != DEPOSIT)
    source, target = (np.where(flows, rows[:, column], 0) for column in (OP_SOURCE, OP_TARGET))
    shape, shape_to = item_shape[node[source, 1]], item_shape[node[target, 1]]
    more = [
        node[source, 0], node[target, 0], shape[:, ITEM_CONDITIONS] * shape[:, ITEM_CLASSES],
        shape[:, ITEM_DATES], shape_to[:, ITEM_DATES], np.where(flows, by_age[rows[:, OP_FLOW]], 0),
    ]  # fmt: skip
    return np.ascontiguousarray(np.column_stack([rows, *more]))


def _state_sizes(
    tables: dict[str, Ints],
    uses: UseTables,
    width: int,
    store: int,
    store_pieces: int,
    available: int,
    steps: int,
) -> dict[str, int]:
    dates = steps + 1
    s, inputs, edges, offers = uses.sizes, len(tables["input"]), len(tables["edge"]), len(tables["offer"])
    slots, processes = len(tables["slot"]), len(tables["use"])
    most = (
        max((int(row[PRODUCT_SLOTS_END] - row[PRODUCT_SLOT]) for row in tables["product"]), default=0) * dates
    )
    return {
        "x": width, "waiting": width, "n": s["n"], "n_next": s["n"], "sold": s["n"], "w": s["w"],
        "leaving": s["leaving"], "leaving_next": s["leaving"], "pieces": s["pieces"],
        "pieces_next": s["pieces"],
        "scratch": s["scratch"], "own": len(tables["cause"]), "failing": slots, "repairing": slots,
        "store": store,
        "store_start": store, "store_pieces": store_pieces, "store_pieces_start": store_pieces,
        "extra": store,
        "extra_before": store, "content": len(tables["store"]), "kept": len(tables["store"]),
        "available": available,
        "used": len(tables["push"]), "used_start": len(tables["push"]), "spares": inputs, "owed": inputs,
        "missing": inputs, "put_law": inputs * dates, "put_new": inputs, "put": inputs * dates,
        "wanted": inputs,
        "need": inputs, "got": inputs, "got_free": inputs, "cap": edges, "asked": edges, "given": edges,
        "potential": offers, "out": offers, "short": offers, "survival": processes, "laws": most,
        "law": dates,
        "there": most, "drawn": edges, "wish": edges, "wish_need": inputs,
    }  # fmt: skip


def _rows(wanted: list[bool]) -> Ints:
    """Row numbers for those that are wanted, −1 for the others."""
    yes = np.array(wanted, dtype=bool)
    return np.where(yes, np.cumsum(yes) - 1, -1).astype(np.int64)
