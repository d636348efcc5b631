"""Run a compiled program: allocate state and record, call the kernel, name what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from meguru.engine.compiled import kernel
from meguru.engine.compiling.program import Program
from meguru.engine.plan import (
    EVENT_COUNT,
    FLOW_COUNT,
    FLOWS,
    NEGATIVE_SALES,
    NO_CONVERGENCE,
    NOT_FINITE,
    OK,
    PART_SHORT,
    RECORD,
    SINGULAR_LOOP,
    SPARES_SHORT,
    STATE,
    STEPS,
    X,
)  # fmt: skip
from meguru.errors import MeguruError, NetworkError, RunError, ShortageError, StockError
from meguru.model import where

Array = NDArray[np.float64]
TURN = 0.5  # seconds
PASSING = ("sort", "recondition")  # what enters leaves in the same step


@dataclass(frozen=True, slots=True)
class Record:
    """What a run wrote, in units per step."""

    flows: Array  # (sample, flow, step)
    scrap: Array  # (sample, flow, step) of these, new scrap of the step
    flows_dated: Array  # (sample, row, step, date)
    flows_valued: Array  # (sample, row, step) units × factor on price by age
    events: Array  # (sample, event, step)
    stock: Array  # (sample, holder, step) at the end of the step
    stock_dated: Array  # (sample, row, step, date)
    part_age: Array  # (sample, use slot, 2, step) sum of ages: pieces in stock, loose failed pieces
    ages: Array  # (sample, use or 0, step, date) units in use by step made
    status: Array  # (sample, 3) code, step, use process
    opening: int = 0  # steps before the run began: what is held at their end was there before


def record_of(program: Program, whole: Array, opening: int = 0) -> Record:
    """The parts of what kernels wrote, (sample, number)."""
    steps, flows = int(program.plan[STEPS]), int(program.plan[FLOW_COUNT])
    events = int(program.plan[EVENT_COUNT])
    shapes = {
        "flows": (-1, steps, flows), "scrap": (-1, steps, flows), "flows_dated": (-1, steps, steps + 1),
        "flows_valued": (-1, steps), "events": (-1, steps, events), "stock": (-1, steps),
        "stock_dated": (-1, steps, steps + 1),
        "part_age": (-1, 2, steps), "ages": (-1, steps, steps + 1), "status": (3,),
    }  # fmt: skip
    parts = {}
    for k, name in enumerate(RECORD):
        start, size = program.plan[FLOWS + 2 * k : FLOWS + 2 * k + 2]
        shape = shapes[name]
        if shape[0] == -1:
            shape = (int(size) // int(np.prod(shape[1:])), *shape[1:])
        parts[name] = whole[:, start : start + size].reshape(len(whole), *shape)
    parts["flows"] = parts["flows"][:, 0].swapaxes(1, 2)
    parts["events"] = parts["events"][:, 0].swapaxes(1, 2)
    none = np.broadcast_to(0.0, parts["flows"].shape)
    parts["scrap"] = parts["scrap"][:, 0].swapaxes(1, 2) if parts["scrap"].size else none
    return Record(**parts, opening=opening)


def simulate(program: Program) -> Record:
    """All samples of the program's block through all steps.

    Raises
    ------
    StockError
        A falling target stock would need negative sales.
    ShortageError
        Spares or replacement parts cannot be delivered.
    NetworkError
        A loop that loses nothing.
    RunError
        Anything else that keeps a step from being solved.
    """
    plan = program.plan
    state = np.zeros(int(plan[X + 2 * len(STATE) - 2 : X + 2 * len(STATE)].sum()))
    whole = np.zeros((program.samples, int(plan[FLOWS + 2 * len(RECORD) - 2 :][:2].sum())))
    for samples in in_turns(program.samples):
        kernel()(plan, program.numbers[samples], state, whole[samples])
    record = record_of(program, whole)
    refuse_failed(program, record)
    return record


def in_turns(samples: int, clock: Callable[[], float] = monotonic) -> Iterator[slice]:
    """Samples a few at a time, about :data:`TURN` seconds each: between two of them Ctrl-C is heard.

    What a sample gives does not depend on the others, nor on how they are taken together.
    """
    first, count = 0, 1
    while first < samples:
        began = clock()
        yield slice(first, min(first + count, samples))
        first += count
        took = clock() - began
        count = max(1, int(count * min(8.0, TURN / took if took > 0.0 else 8.0)))


def refuse_failed(program: Program, record: Record, fleet: Mapping[int, int] | None = None) -> None:
    """Name what went wrong in the first run that did not reach its end.

    ``fleet`` tells, where the runs began with one, how many units of it each use process held.
    """
    bad = np.flatnonzero(record.status[:, 0] != OK)
    if not bad.size:
        return
    code, step, u = (int(v) for v in record.status[bad[0]])
    units = (fleet or {}).get(u, 0)
    if code == NEGATIVE_SALES and units and program.years[step] == program.model.time.first:
        year = program.model.time.first
        raise _named(
            program,
            StockError,
            f"processes.{program.uses.names[u]}.demand",
            f"the fleet is larger than the stock wanted in {year}, which would need negative sales",
            found=f"a fleet of {units}, of which too few leave in {year}",
            expected="a smaller fleet, or a larger target",
        )
    raise _failure(program, code, step, u)


def _failure(program: Program, code: int, step: int, u: int) -> Exception:
    year = int(program.years[step])
    if code in (NEGATIVE_SALES, NOT_FINITE):
        place = f"processes.{program.uses.names[u]}.demand"
        if code == NOT_FINITE:
            return _named(
                program,
                StockError,
                place,
                f"the stock wanted in {year} can not be reached: nothing sold survives its first step",
            )
        return _named(
            program,
            StockError,
            place,
            f"the stock wanted in {year} would need negative sales",
            found="a target that falls faster than things leave",
            expected="a slower fall, or shorter lifetimes",
        )
    if code == SPARES_SHORT:
        return _named(
            program,
            ShortageError,
            "processes",
            f"spares owed from the step before cannot be delivered in {year}",
            expected="a source of spares without such a limit",
        )
    if code == PART_SHORT:
        return _named(
            program,
            ShortageError,
            "processes",
            f"spares or replacement parts do not settle in {year}",
            expected="another source for them",
        )
    if code == SINGULAR_LOOP:
        going_round = _in_loops(program)
        return _named(
            program,
            NetworkError,
            f"processes.{going_round[0]}",
            f"a loop of the reverse network ({', '.join(going_round)}) loses nothing in {year}",
            found="a cycle without loss",
            expected="some share that leaves the loop",
        )
    assert code == NO_CONVERGENCE
    unsettled = "the rations of short sources, or the new scrap that comes back to them,"
    return _named(program, RunError, "routes", f"{unsettled} do not settle in {year}")


def _named(program: Program, kind: type[MeguruError], place: str, message: str, **more: str) -> MeguruError:
    """An error with the file and line of its place."""
    file, line = where(program.model, place)
    return kind(message, file=file, line=line, place=place, **more)


def _in_loops(program: Program) -> list[str]:
    """Processes from which things come back to themselves within a step."""
    import networkx as nx  # only for the message

    processes = program.model.processes
    passing = [f for f in program.network.flows if f.side == "push" and processes[f.target].kind in PASSING]
    graph = nx.DiGraph((f.source, f.target) for f in passing if processes[f.source].kind in PASSING)
    loops = [held for held in nx.strongly_connected_components(graph) if len(held) > 1]
    loops += [{name} for name in nx.nodes_with_selfloops(graph)]
    return [name for name in processes if any(name in held for held in loops)]
