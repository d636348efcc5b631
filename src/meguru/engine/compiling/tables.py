"""The integer tables of the plan, and the sizes of what a run remembers."""

from __future__ import annotations

import numpy as np

from meguru.engine.compiling.coefficients import Coefficients
from meguru.engine.compiling.limits import limit_of
from meguru.engine.compiling.nodes import PushNodes
from meguru.engine.compiling.order import order_operations
from meguru.engine.compiling.pull import PullTables
from meguru.engine.compiling.record import Rows
from meguru.engine.compiling.shape import Shape
from meguru.engine.compiling.use import UseTables
from meguru.engine.plan import (
    CAPACITY,
    DEPOSIT,
    EDGE_COLUMNS,
    INPUT_COLUMNS,
    ITEM_CLASSES,
    ITEM_CONDITIONS,
    ITEM_DATES,
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
    table,
)  # fmt: skip
from meguru.model.components import Model


def integer_tables(
    model: Model,
    shape: Shape,
    numbers: Coefficients,
    pushes: PushNodes,
    uses: UseTables,
    pulls: PullTables,
    stores: list[tuple[str, str]],
    rows: Rows,
) -> tuple[dict[str, Ints], dict[str, int]]:
    """Integer tables of the plan, and sizes of the state."""
    steps = numbers.steps
    item_shape = _item_shape(model, shape, steps)
    by_age = ((rows.flow_dated >= 0) | (rows.flow_valued >= 0)).astype(np.int64)
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
        "input": table(pulls.inputs, INPUT_COLUMNS), "edge": table(pulls.edge, EDGE_COLUMNS),
        "offer_edge": table(pulls.offer_edge, 1),
        "offer_edges": table(pulls.offer_edges, 2), "upstream": table(pulls.upstream, 1),
        "sequence": table(pulls.sequence, 2), "spare": table(pulls.spare_inputs, 1),
        "replacement": table(pulls.replacement, 2), "store": store, "scrap": table(pulls.scrap, 3),
        "flow_dated": rows.flow_dated, "flow_valued": rows.flow_valued, "holder_dated": rows.holder_dated,
    }  # fmt: skip
    state = _state_sizes(tables, uses, width, store_size, store_pieces, pushes.available, steps)
    state |= {
        "dated_before": int(np.sum(rows.flow_dated >= 0)) * (steps + 1),
        "valued_before": int(np.sum(rows.flow_valued >= 0)),
    }
    return tables, state


def _item_shape(model: Model, shape: Shape, steps: int) -> Ints:
    rows = []
    for name in model.items:
        conditions = 2 if name in shape.failing else 1
        classes = shape.classes(model, name)
        dates = steps + 1 if name in shape.dated else 1
        rows.append([conditions, classes, dates, conditions * classes * dates, int(name in shape.changing)])
    return table(rows, 5)


def _node_table(pushes: PushNodes, item_shape: Ints) -> tuple[Ints, int]:
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
    pushes: PushNodes,
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
            limit = limit_of(pushes, process.limit, item, f"processes.{name}.limit", yearly=False)
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
        "extra_before": store, "extra_change": store,
        "content": len(tables["store"]), "kept": len(tables["store"]),
        "available": available,
        "used": len(tables["push"]), "used_start": len(tables["push"]), "spares": inputs, "owed": inputs,
        "missing": inputs, "put_law": inputs * dates, "put_new": inputs, "put": inputs * dates,
        "wanted": inputs,
        "need": inputs, "got": inputs, "got_free": inputs, "cap": edges, "asked": edges, "given": edges,
        "potential": offers, "out": offers, "short": offers, "survival": processes, "laws": most,
        "law": dates,
        "there": most, "drawn": edges, "wish": edges, "wish_need": inputs, "weight": inputs,
        "stopped": inputs, "asking": inputs, "input_pace": inputs, "let": edges, "edge_pace": edges,
        "offer_state": offers, "offer_pace": offers, "unsettled": inputs, "eager": available,
        "moved": available, "could": available, "sharers": available,
    }  # fmt: skip
