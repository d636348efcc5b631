"""Tables of a compiled model for individuals, and the memory in which they live."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meguru.engine.compiling.coefficients import ONE
from meguru.engine.compiling.program import Program
from meguru.engine.items import plan as layout
from meguru.engine.plan import (
    CAPACITY, CHILD, COEFFICIENT, COEFFICIENT_COUNT, DEPOSIT, EDGE, EDGE_EXACT, EDGE_INPUT, EDGE_MOST,
    EDGE_OFFER, EDGE_SPARE, HAZARD, INPUT, INPUT_EDGE, INPUT_EDGES_END, INPUT_ITEM, INPUT_OWNER, MAKE,
    NODE, OFFER, OFFER_INPUT, OFFER_INPUTS_END, OFFER_KIND, OFFER_LIMIT, OP_CODE, OP_SOURCE, OP_TABLE,
    PIECES, PRODUCT, PRODUCT_ITEM, PRODUCT_SLOT, PRODUCT_SLOTS_END, PUSH, REPLACEMENT, SLOT, SLOT_PART,
    SLOT_USE, SOLVE, SPARE, STORE_ITEM, STEPS, STORES, SUPPLY, USE, USE_CAUSES, USE_DEMAND, USE_DRIVEN,
    USE_INPUT, USE_SEGMENTS, VALUED, Ints,
)  # fmt: skip

Memory = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Tables:
    """Head and tables of ``q``, and how large ``s`` is."""

    head: Ints
    survival: int  # numbers of s
    stores: int
    nodes: int
    edges: int
    steps: int


def table_of(plan: Ints, name: int) -> Ints:
    """A table of the engine's plan, (row, column)."""
    start, columns, rows = (int(v) for v in plan[name : name + 3])
    return plan[start : start + columns * rows].reshape(rows, columns)


def whole_items(program: Program) -> set[str]:
    """Items that are individuals: products in use, and parts that are followed."""
    followed = {part for parts in program.shape.followed.values() for part in parts}
    return set(program.shape.uses) | followed


def build_tables(program: Program, first_step: int) -> Tables:
    """What the kernels of individuals look up, beside the plan of the program."""
    plan, steps = program.plan, int(program.plan[0])
    names, whole = list(program.model.items), whole_items(program)
    is_whole = np.array([name in whole for name in names], dtype=np.int64)
    node = table_of(plan, NODE)
    first, last, ways, opens = _ways(plan, len(node))
    cell, cells = cells_of(program)
    sold, survival = _sold(program, steps)
    stores = table_of(plan, STORES)
    parts = {
        "whole": is_whole, "first_way": first, "last_way": last, "opens": opens, "way": ways, "cell": cell,
        "slot_of_cell": _slot_of_cell(plan, cell, cells), "sold": sold, "into_slot": _into_slot(plan),
        "store_whole": is_whole[stores[:, STORE_ITEM]] if len(stores) else np.zeros(0, dtype=np.int64),
        "piece_sum": np.zeros(2 * len(table_of(plan, SLOT_USE)), dtype=np.int64),
    }  # fmt: skip
    head = np.zeros(layout.HEAD, dtype=np.int64)
    head[layout.FREE_ROW] = head[layout.FREE_THING] = layout.NOBODY
    head[layout.CELLS], head[layout.WIDTH] = cells, layout.ROW_COLUMNS + cells * layout.CELL_COLUMNS
    head[layout.FIRST_STEP], head[layout.STEP] = first_step, -1
    head[layout.MAY_BE_SHORT], head[layout.CHANCES] = int(may_be_short(plan)), survival
    at = layout.HEAD
    for index, name in enumerate(layout.TABLES):
        head[layout.WHOLE + index] = at
        at += len(parts[name])
    whole_head = np.concatenate([head, *(parts[name] for name in layout.TABLES)]).astype(np.int64)
    return Tables(whole_head, survival + cells + 3, len(stores), len(node), len(table_of(plan, EDGE)), steps)


def _ways(plan: Ints, nodes: int) -> tuple[Ints, Ints, Ints, Ints]:
    """For each node its operations in order, and what it is: 1 taken apart, 2 a store, else 0.

    Where a thing is taken apart these are the ways of its followed pieces, slot by slot, else its own.
    """
    push = table_of(plan, PUSH)
    opens = np.zeros(nodes, dtype=np.int64)
    own: list[list[int]] = [[] for _ in range(nodes)]
    pieces: list[list[int]] = [[] for _ in range(nodes)]
    child = np.zeros(nodes, dtype=bool)
    for index, row in enumerate(push):
        source, code = int(row[OP_SOURCE]), int(row[OP_CODE])
        if code in (SOLVE, CAPACITY):
            continue
        if code == DEPOSIT:
            opens[source] = 2
        elif code == PIECES:
            pieces[source].append(index)
        elif code == CHILD:
            child[source] = True
        else:
            own[source].append(index)
    for source in range(nodes):
        if pieces[source] or (child[source] and not own[source]):
            opens[source] = 1
            own[source] = sorted(pieces[source], key=lambda index: int(push[index, OP_TABLE]))
    last = np.cumsum([len(ways) for ways in own], dtype=np.int64)
    first = last - np.array([len(ways) for ways in own], dtype=np.int64)
    return first, last, np.array([index for ways in own for index in ways], dtype=np.int64), opens


def cells_of(program: Program) -> tuple[Ints, int]:
    """Where the pieces of each slot begin in a row, and how many pieces a row holds at most."""
    plan, counts = program.plan, _counts(program)
    cell, most = np.zeros(len(counts), dtype=np.int64), 0
    for product in table_of(plan, PRODUCT):
        at = 0
        for index in range(product[PRODUCT_SLOT], product[PRODUCT_SLOTS_END]):
            cell[index] = at
            at += counts[index]
        most = max(most, at)
    return cell, most


def _slot_of_cell(plan: Ints, cell: Ints, cells: int) -> Ints:
    """For each product and each cell of its row the slot; −1 where its row ends before."""
    product = table_of(plan, PRODUCT)
    found = np.full((len(product), cells), -1, dtype=np.int64)
    for index, row in enumerate(product):
        for slot in range(row[PRODUCT_SLOT], row[PRODUCT_SLOTS_END]):
            found[index, cell[slot] :] = slot
    return found.ravel()


def _counts(program: Program) -> list[int]:
    """The most pieces of each slot, over samples and steps made."""
    names = list(program.model.items)
    plan = program.plan
    found = []
    for product in table_of(plan, PRODUCT):
        for index in range(product[PRODUCT_SLOT], product[PRODUCT_SLOTS_END]):
            part = names[table_of(plan, SLOT)[index, SLOT_PART]]
            table = program.counts[(names[product[PRODUCT_ITEM]], part)]
            found.append(round(float(program.coefficients.get_table(table).max())))
    return found


def _sold(program: Program, steps: int) -> tuple[Ints, int]:
    """Where the survival tables of use processes begin whose causes act on what was sold (else −1)."""
    size = int(program.plan[VALUED] - program.plan[HAZARD])
    found = []
    for row, name in zip(table_of(program.plan, USE), program.uses.names, strict=True):
        if any(cause.of == "sold" for cause in program.model.processes[name].leave.values()):
            found.append(size)
            size += int(row[USE_CAUSES] * row[USE_SEGMENTS]) * (steps + 1) ** 2
        else:
            found.append(-1)
    return np.array(found, dtype=np.int64), size


def _into_slot(plan: Ints) -> Ints:
    """Edges whose things stay individuals: to a use process, or into a product that follows them."""
    edges, inputs = table_of(plan, EDGE), table_of(plan, INPUT)
    slot, product = table_of(plan, SLOT), table_of(plan, PRODUCT)
    followed = {
        int(row[PRODUCT_ITEM]): {
            int(slot[i, SLOT_PART]) for i in range(row[PRODUCT_SLOT], row[PRODUCT_SLOTS_END])
        }
        for row in product
    }
    made = {int(edge[EDGE_OFFER]): int(inputs[edge[EDGE_INPUT], INPUT_ITEM]) for edge in edges}
    to_use = {int(row) for row in table_of(plan, USE)[:, USE_INPUT]}
    found = []
    for edge in edges:
        target, item = inputs[edge[EDGE_INPUT]], int(inputs[edge[EDGE_INPUT], INPUT_ITEM])
        owner = int(target[INPUT_OWNER])
        into = item in followed.get(made.get(owner, -1), set())
        found.append(int(int(edge[EDGE_INPUT]) in to_use or (owner >= 0 and into)))
    return np.array(found, dtype=np.int64)


def most_wanted(plan: Ints, numbers: NDArray[np.float64]) -> float:
    """The most products in use that targets say, over all steps of one run."""
    count, steps = int(plan[COEFFICIENT_COUNT]), int(plan[STEPS])
    by_step = numbers[plan[COEFFICIENT] :][: count * steps].reshape(steps, count)
    return float(sum(by_step[:, row[USE_DEMAND]].max() for row in table_of(plan, USE) if row[USE_DRIVEN]))


def may_be_short(plan: Ints) -> bool:
    """Whether spares or replacement parts may not be delivered, so that a step has to be done again."""
    edges, inputs, offers = table_of(plan, EDGE), table_of(plan, INPUT), table_of(plan, OFFER)

    def sure_offer(index: int, above: frozenset[int]) -> bool:
        offer = offers[index]
        if index in above or offer[OFFER_LIMIT] >= 0 or offer[OFFER_KIND] not in (SUPPLY, MAKE):
            return False
        wanted = range(offer[OFFER_INPUT], offer[OFFER_INPUTS_END]) if offer[OFFER_KIND] == MAKE else ()
        return all(sure(i, above | {index}) for i in wanted)

    def sure(i: int, above: frozenset[int] = frozenset()) -> bool:
        sources = edges[inputs[i, INPUT_EDGE] : inputs[i, INPUT_EDGES_END]]
        free = False
        for edge in sources:
            certain = not edge[EDGE_SPARE] and sure_offer(int(edge[EDGE_OFFER]), above)
            if edge[EDGE_EXACT] >= 0 and not certain:
                return False
            free = free or (edge[EDGE_EXACT] < 0 and certain and edge[EDGE_MOST] == ONE)
        return bool(free or all(edge[EDGE_EXACT] >= 0 for edge in sources))

    wanted = [int(row[0]) for row in table_of(plan, SPARE)] + [
        int(row[1]) for row in table_of(plan, REPLACEMENT)
    ]
    return not all(sure(i) for i in wanted)
