"""Run individuals: one run after the other, on threads; memory grows as the fleet does."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.engine.compiling.program import Program
from meguru.engine.compiled import kernel, load_kernel
from meguru.engine.items import plan as layout
from meguru.engine.items.fleet import Placed
from meguru.engine.items.refusals import faults
from meguru.engine.items.tables import Memory, Tables, build_tables, most_wanted
from meguru.engine.plan import FLOWS, RECORD, STATE, STATUS, Ints, X
from meguru.engine.simulate import Record, record_of, refuse_failed
from meguru.errors import RangeError, RunError

START = {"rows": 1024, "things": 2**16, "shelf": 2**16, "log": 0}  # what is not used takes no memory
START_COPIED = START | {"things": 1024, "shelf": 256}  # where all of it is copied before each step
CAPACITIES = {
    "rows": layout.ROWS_MOST, "things": layout.THINGS_MOST, "shelf": layout.SHELF_MOST, "log": layout.LOG_MOST
}  # fmt: skip
WANTED = {"rows": layout.WANTED_ROWS, "things": layout.WANTED_THINGS, "shelf": layout.WANTED_SHELF}
GROWTH, SMALL_GROWTH, SMALL = 1.25, 3.0, 2**21  # numbers of a memory so small that it may as well grow fast
MOST_NUMBERS = 2**31 - 1  # of 32 bits, in the memory of one run


@dataclass(frozen=True, slots=True)
class Work:
    """What all runs of a block share."""

    program: Program
    tables: Tables
    simulate: Any
    key: tuple[int, int]
    first_run: int
    fleet: Ints
    histories: bool
    whole: NDArray[np.float64]


def simulate_items(
    program: Program,
    *,
    seed: int = 0,
    first_run: int = 0,
    fleet: Placed | None = None,
    histories: bool = False,
    threads: int | None = None,
) -> tuple[Record, list[Memory]]:
    """All runs of the program's block; each takes the sample of its numbers, and chance of its own.

    Parameters
    ----------
    program
        As compiled for the engine of cohorts.
    seed, first_run
        A run depends on the seed and its number, counted from 0; ``first_run`` is that of the block's first.
    fleet
        What is in use when the first reported year begins; None: the history of the model.
    histories
        Whether events are kept by serial number.
    threads
        None: as many as there are cores for this process.

    Returns
    -------
    Record, and for each run its events (event, 5): serial number, step, what, where, other

    Raises
    ------
    UnsupportedError
        Something that only cohorts can represent.
    MeguruError
        As :func:`meguru.engine.simulate.simulate`.
    """
    for fault in faults(program):
        raise fault
    if not 0 <= seed < 2**64:
        raise RangeError("the seed is out of range", found=seed, expected="0 or more, below 2**64")
    kernel()  # first: each package keeps what is compiled in it beside itself
    plan = program.plan
    size = int(plan[FLOWS + 2 * len(RECORD) - 2 :][:2].sum())
    start = 0 if fleet is None else fleet.first_step
    work = Work(
        program,
        build_tables(program, start),
        load_kernel("meguru.engine.items.kernel_items").simulate,
        (seed & 0xFFFFFFFF, seed >> 32),
        first_run,
        np.zeros((0, 0), dtype=np.int64) if fleet is None else fleet.units,
        histories,
        np.zeros((program.samples, size)),
    )
    threads = min(_cores() if threads is None else threads, program.samples)
    if threads == 1:
        logs = [_run(work, sample) for sample in range(program.samples)]
    else:
        with ThreadPoolExecutor(threads) as pool:
            logs = list(pool.map(partial(_run, work), range(program.samples)))
    record = record_of(program, work.whole, start)
    # Of the table of the fleet, the first column is the use process.
    refuse_failed(program, record, None if fleet is None else Counter(fleet.units[:, 0].tolist()))
    return record, logs


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _run(work: Work, sample: int) -> Memory:
    """One run; done again from the start if its histories are longer than was thought."""
    lines = 4096 if work.histories else 0
    while True:
        q, m = _one_run(work, sample, lines)
        logged = int(q[layout.LOGGED])
        if logged <= lines:
            start = int(q[layout.LOG])
            return m[start : start + logged * layout.LOG_COLUMNS].reshape(-1, layout.LOG_COLUMNS).copy()
        lines = logged
        work.whole[sample] = 0.0


def _one_run(work: Work, sample: int, lines: int) -> tuple[Ints, Memory]:
    plan, tables = work.program.plan, work.tables
    state = np.zeros(int(plan[X + 2 * len(STATE) - 2 : X + 2 * len(STATE)].sum()))
    survival = np.zeros(tables.survival)
    key = np.array([*work.key, work.first_run + sample], dtype=np.uint64)
    q = tables.head.copy()
    room = (START_COPIED if q[layout.MAY_BE_SHORT] else START) | {"log": lines}
    room["rows"] = max(room["rows"], len(work.fleet), _rows_at_first(work, sample))
    m = _settle(tables, q, room, None)
    record = work.whole[sample]
    while True:
        spare = (q.copy(), m.copy()) if q[layout.MAY_BE_SHORT] else (q[:0], m[:0])
        code = work.simulate(
            plan, work.program.numbers[sample], state, record, q, survival, key, m, *spare, work.fleet
        )
        if code != layout.GROW:
            break
        growth = SMALL_GROWTH if len(m) < SMALL else GROWTH
        for name, wanted in WANTED.items():
            if q[wanted] > q[CAPACITIES[name]]:
                room[name] = int(q[wanted] * growth)
        m = _settle(tables, q, room, m)
    if code == layout.TOO_MANY:
        raise RunError(
            "more individuals than can be numbered",
            found=f"{int(q[layout.LAST_SERIAL]):,}",
            expected=f"below {layout.MOST_SERIALS:,}",
            hint="Scale the model down, or run it with engine: cohorts.",
        )
    start = int(plan[STATUS])
    record[start : start + 2] = code, q[layout.STEP]
    return q, m


def _rows_at_first(work: Work, sample: int) -> int:
    """Rows for as many products as the targets of use processes say, if these are few; more are added when
    they are needed.
    """
    most = most_wanted(work.program.plan, work.program.numbers[sample])
    return int(min(most * GROWTH, SMALL // int(work.tables.head[layout.WIDTH])))


def _sizes(tables: Tables, q: Ints, room: dict[str, int]) -> dict[str, int]:
    """Numbers in each table of ``m``."""
    nodes, steps, edges = tables.nodes, tables.steps + 1, tables.edges
    return {
        "rows": room["rows"] * int(q[layout.WIDTH]), "after": room["rows"],
        "things": room["things"] * layout.THING_COLUMNS,
        "shelf": room["shelf"] * tables.stores, "shelved": tables.stores, "heads": nodes, "counts": nodes,
        "waiting": nodes, "queue": steps, "queued": steps, "chain": edges, "chained": edges,
        "log": room["log"] * layout.LOG_COLUMNS,
    }  # fmt: skip


def _settle(tables: Tables, q: Ints, room: dict[str, int], before: Memory | None) -> Memory:
    """Memory of the size wanted, with what was there before; the head of ``q`` says where things are."""
    sizes = _sizes(tables, q, room)
    total = sum(sizes.values())
    if total > MOST_NUMBERS:
        raise RunError(
            "more individuals at a time than can be held",
            found=f"{room['rows']:,} products",
            hint="Scale the model down, or run it with engine: cohorts.",
        )
    m = np.empty(total, dtype=np.int32)
    at = 0
    for index, name in enumerate(layout.MEMORY):
        old, q[layout.ROWS + index] = int(q[layout.ROWS + index]), at
        if before is None:
            if name in layout.LISTS:
                m[at : at + sizes[name]] = layout.LISTS[name]
        elif name == "shelf":
            held = int(q[layout.SHELF_MOST])
            there = before[old : old + held * tables.stores].reshape(tables.stores, held)
            m[at : at + sizes[name]].reshape(tables.stores, room[name])[:, :held] = there
        else:
            kept = min(sizes[name], len(before) - old)
            m[at : at + kept] = before[old : old + kept]
        at += sizes[name]
    for name, capacity in CAPACITIES.items():
        q[capacity] = room[name]
    return m
