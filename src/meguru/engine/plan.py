"""The flat form of a model that the kernels read: integer tables, numbers, state and record, each one array.

Four one-dimensional arrays go through all kernels, which keeps their compilation short:

``p``  the plan: integer tables, the same for all samples;
``c``  the numbers of one sample: coefficients by time, tables by step made, hazards by age;
``z``  the state of one sample: what it remembers between and within steps;
``r``  the record of one sample: what a run writes.

Where each table starts in its array stands at the head of ``p``, at the positions named here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.engine.kernel_declared import declared

Ints = NDArray[np.int64]

# -- head of p
# -------------------------------------------------------------------------------------------------
STEPS, SALES_IN, PROPORTIONAL, FLOW_COUNT, COEFFICIENT_COUNT, EVENT_COUNT = range(6)
SCALARS = 6
INT_TABLES = (
    "item", "node", "push", "scrap_push", "loop_node", "rule", "capacity", "product", "use", "cause",
    "cause_hazard",
    "slot", "slot_use", "slot_hazard", "segment", "offer", "input", "edge", "offer_edge", "offer_edges",
    "upstream",
    "sequence", "spare", "replacement", "store", "scrap", "flow_dated", "flow_valued", "holder_dated",
)  # fmt: skip
# each table has three entries in the head: start, columns, rows
(ITEM, NODE, PUSH, SCRAP_PUSH, LOOP_NODE, RULE, CAPACITIES, PRODUCT, USE, CAUSE, CAUSE_HAZARD, SLOT, SLOT_USE,
 SLOT_HAZARD, SEGMENT, OFFER, INPUT, EDGE, OFFER_EDGE, OFFER_EDGES, UPSTREAM, SEQUENCE, SPARE, REPLACEMENT,
 STORES,
 SCRAP, FLOW_DATED, FLOW_VALUED, HOLDER_DATED) = range(SCALARS, SCALARS + 3 * len(INT_TABLES), 3)  # fmt: skip
_FLOATS = SCALARS + 3 * len(INT_TABLES)
NUMBER_TABLES = ("coefficient", "dated", "hazard", "valued")
COEFFICIENT, DATED, HAZARD, VALUED = range(_FLOATS, _FLOATS + 4)
STATE = (
    "x", "waiting", "n", "n_next", "sold", "w", "leaving", "leaving_next", "pieces", "pieces_next",
    "scratch", "own",
    "failing", "repairing", "store", "store_start", "store_pieces", "store_pieces_start", "extra",
    "extra_before", "extra_change",
    "content", "kept", "available", "used", "used_start", "spares", "owed", "missing", "put_law", "put_new",
    "put",
    "wanted", "need", "got", "got_free", "cap", "asked", "given", "potential", "out", "short", "survival",
    "laws",
    "law", "there", "drawn", "wish", "wish_need", "weight", "stopped", "asking", "input_pace", "let",
    "edge_pace", "offer_state", "offer_pace", "unsettled", "eager", "moved", "could",
    "sharers", "dated_before", "valued_before",
)  # fmt: skip
# each has two entries: start, size
(X, WAITING, N, N_NEXT, SOLD, W, LEAVING, LEAVING_NEXT, PIECES_IN, PIECES_NEXT, SCRATCH, OWN, FAILING,
REPAIRING, HELD,
 HELD_START, HELD_PIECES, HELD_PIECES_START, EXTRA, EXTRA_BEFORE, EXTRA_CHANGE, CONTENT, KEPT,
 AVAILABLE, USED,
 USED_START, SPARES,
 OWED, MISSING, PUT_LAW, PUT_NEW, PUT, WANTED, NEED, GOT, GOT_FREE, CAP, ASKED, GIVEN, POTENTIAL, OUT,
 SHORT, SURVIVAL,
 LAWS, LAW, THERE, DRAWN, WISH, WISH_NEED, WEIGHT, STOPPED, ASKING, INPUT_PACE, LET, EDGE_PACE,
 OFFER_STATE, OFFER_PACE, UNSETTLED, EAGER, MOVED, COULD, SHARERS,
 DATED_BEFORE, VALUED_BEFORE) = range(_FLOATS + 4, _FLOATS + 4 + 2 * len(STATE), 2)  # fmt: skip
_RECORD = _FLOATS + 4 + 2 * len(STATE)
RECORD = (
    "flows",
    "scrap",
    "flows_dated",
    "flows_valued",
    "events",
    "stock",
    "stock_dated",
    "part_age",
    "ages",
    "status",
)
(FLOWS, SCRAP_FLOWS, FLOWS_DATED, FLOWS_VALUED, EVENTS, STOCK, STOCK_DATED, PART_AGE, AGES, STATUS) = range(
    _RECORD, _RECORD + 2 * len(RECORD), 2
)
HEAD = _RECORD + 2 * len(RECORD)

# -- columns
# ---------------------------------------------------------------------------------------------------
ITEM_CONDITIONS, ITEM_CLASSES, ITEM_DATES, ITEM_WIDTH, ITEM_CHANGING = range(5)
NODE_START, NODE_ITEM = range(2)
# push operations
FLOW, RULES, CHILD, PIECES, SHIFT, CAPACITY, DEPOSIT, SOLVE = range(8)
(OP_CODE, OP_SOURCE, OP_TARGET, OP_COEFFICIENT, OP_SHARE, OP_FLOW, OP_TABLE, OP_EXTRA, OP_AVAILABLE,
 OP_COMPLEMENT, OP_FROM, OP_TO, OP_BLOCKS, OP_DATES, OP_TO_DATES, OP_BY_AGE) = range(16)  # fmt: skip
CAPACITY_NODE, CAPACITY_OVER, CAPACITY_WEIGHT = range(3)
PRODUCT_ITEM, PRODUCT_START, PRODUCT_CLASSES, PRODUCT_SLOT, PRODUCT_SLOTS_END, PRODUCT_PIECES = range(6)
(USE_PRODUCT, USE_CLASS, USE_BUILDS, USE_SEGMENTS, USE_CAUSE, USE_CAUSES, USE_HAZARD, USE_SLOT,
USE_SLOT_HAZARD,
 USE_SEGMENT, USE_DRIVEN, USE_DEMAND, USE_INPUT, USE_EVENT, USE_PART_NODE, USE_RESOLD,
 USE_HOLDER, USE_BY_VISIT) = range(18)  # fmt: skip
USE_COLUMNS = 18
CAUSE_NODE, CAUSE_EVENT, CAUSE_KEEP, CAUSE_OF_SOLD = range(4)
HAZARD_START, HAZARD_STRIDE, HAZARD_FIRST, HAZARD_FIRST_STRIDE = range(4)
SLOT_PART, SLOT_W, SLOT_PIECES, SLOT_COUNT, SLOT_SCRATCH, SLOT_LEAVING = range(6)
SLOT_NODE, SLOT_REPAIR, SLOT_INPUT, SLOT_FAILED, SLOT_SPARES, SLOT_FAILS, SLOT_AVAILABLE = range(7)
(OFFER_KIND, OFFER_LIMIT, OFFER_STORE, OFFER_INPUT, OFFER_INPUTS_END, OFFER_BUILD,
 OFFER_COMPONENT) = range(7)  # fmt: skip
OFFER_COLUMNS = 7
(INPUT_AMOUNT, INPUT_EDGE, INPUT_EDGES_END, INPUT_OWNER, INPUT_AVAILABLE, INPUT_ITEM, INPUT_EXACT,
 INPUT_COMPONENT) = range(8)  # fmt: skip
INPUT_COLUMNS = 8
EDGE_OFFER, EDGE_INPUT, EDGE_MOST, EDGE_EXACT, EDGE_CLAIM, EDGE_FLOW, EDGE_SPARE = range(7)
EDGE_COLUMNS = 7
(STORE_ITEM, STORE_START, STORE_DATES, STORE_AGEING, STORE_LIMIT, STORE_LOSS, STORE_NODE, STORE_OVER,
STORE_LOST,
 STORE_PRODUCT, STORE_PIECES, STORE_HOLDER) = range(12)  # fmt: skip
SCRAP_OFFER, SCRAP_NODE, SCRAP_AMOUNT = range(3)
# kinds of offers
SUPPLY, MAKE, STORE = range(3)
# steps of the pull sequence
ASK, RESOLVE = range(2)
# events of a use process, from USE_EVENT on
EVENT_SALES, EVENT_DEMAND, EVENT_UNMET, EVENT_PART_FAILURE, EVENT_WAITING, EVENTS_OF_USE = range(6)
# what went wrong in a kernel
OK, NEGATIVE_SALES, NO_CONVERGENCE, SPARES_SHORT, SINGULAR_LOOP, PART_SHORT, NOT_FINITE = range(7)


def table(rows: list[Any], columns: int) -> Ints:
    """Integer table with ``columns`` columns, also when there are no rows."""
    return np.array(rows, dtype=np.int64).reshape(-1, columns)


def pack(
    scalars: tuple[int, ...],
    tables: dict[str, Ints],
    numbers: dict[str, int],
    state: dict[str, int],
    record: dict[str, int],
) -> Ints:
    """The plan ``p``: head and tables. ``numbers``, ``state`` and ``record`` give the size of each part."""
    head = np.zeros(HEAD, dtype=np.int64)
    head[:SCALARS] = scalars
    parts, at = [head], HEAD
    for k, name in enumerate(INT_TABLES):
        found = np.atleast_2d(tables[name]) if tables[name].ndim > 1 else tables[name].reshape(-1, 1)
        head[SCALARS + 3 * k : SCALARS + 3 * k + 3] = at, found.shape[1], found.shape[0]
        parts.append(np.ascontiguousarray(found, dtype=np.int64).ravel())
        at += found.size
    start = 0
    for k, name in enumerate(NUMBER_TABLES):
        head[COEFFICIENT + k] = start
        start += numbers[name]
    for base, names, sizes in ((X, STATE, state), (FLOWS, RECORD, record)):
        start = 0
        for k, name in enumerate(names):
            head[base + 2 * k : base + 2 * k + 2] = start, sizes[name]
            start += sizes[name]
    return np.concatenate(parts)


@declared("int64(int64[::1], int64, int64, int64)")
def at(p: Any, name: Any, row: Any, column: Any) -> Any:
    """Entry of an integer table."""
    return p[p[name] + row * p[name + 1] + column]


@declared("int64(int64[::1], int64, int64)")
def line(p: Any, name: Any, row: Any) -> Any:
    """Position in ``p`` where a row of a table begins."""
    return p[name] + row * p[name + 1]


@declared("int64(int64[::1], int64)")
def rows(p: Any, name: Any) -> Any:
    """Number of rows of a table."""
    return p[name + 2]


@declared("float64(int64[::1], float64[::1], int64, int64)")
def number(p: Any, c: Any, index: Any, t: Any) -> Any:
    """Coefficient in step t."""
    return c[p[COEFFICIENT] + t * p[COEFFICIENT_COUNT] + index]


@declared("float64(int64[::1], float64[::1], int64, int64)")
def by_date(p: Any, c: Any, index: Any, date: Any) -> Any:
    """Entry of a table by step made."""
    return c[p[DATED] + index * (p[STEPS] + 1) + date]


@declared("int64(int64[::1], int64, int64)")
def event_at(p: Any, event: Any, t: Any) -> Any:
    """Position of an event of step t in the record; what a step writes lies together."""
    return p[EVENTS] + t * p[EVENT_COUNT] + event


@declared("void(int64[::1], float64[::1], int64, float64)")
def fill(p: Any, z: Any, name: Any, value: Any) -> Any:
    """Set a part of the state (or record) to a value."""
    z[p[name] : p[name] + p[name + 1]] = value


@declared("void(int64[::1], float64[::1], int64, int64)")
def copy(p: Any, z: Any, name: Any, other: Any) -> Any:
    """Copy a part of the state from another of the same size."""
    there, here = p[name], p[other]
    for index in range(p[name + 1]):
        z[there + index] = z[here + index]
