"""Simulating futures: blocks of scenarios on threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.engine.compiled import load_kernel
from meguru.errors import RangeError, RunError
from meguru.foresight.checks import faults
from meguru.foresight.compile import Program, compile_model
from meguru.foresight.draws import Draws, Method, key_words
from meguru.foresight.futures import Asked, Futures, Store
from meguru.foresight.interventions import Intervention, forced_of
from meguru.foresight.kernel_plan import Forced
from meguru.foresight.model import CausalModel
from meguru.version import __version__

BLOCK = 32  # scenarios that a thread does at a time
DOUBLE_UP_TO = 256 * 2**20  # bytes of states stored as float64 unless asked for otherwise
DEFAULT_SCENARIOS = 1000


def simulate(
    model: CausalModel,
    scenarios: int | None = None,
    seed: int = 0,
    *,
    interventions: Sequence[Intervention] = (),
    members: NDArray[np.int64] | Sequence[int] | None = None,
    method: Method = "hypercube",
    every: float | None = None,
    store: Store | None = None,
    threads: int | None = None,
    block: int = BLOCK,
    progress: Callable[[int, int], None] | None = None,
) -> Futures:
    """Simulate futures of a causal model.

    A scenario depends on the model, the seed, its number and how many scenarios there are; not on which of
    them are run, on blocks or on threads: its bits are the same.

    Parameters
    ----------
    model
        As read by :func:`meguru.foresight.load`.
    scenarios
        How many there are; default what the settings of the model say, else 1000.
    seed
        0 or more, below 2**64.
    interventions
        What is forced on nodes; all random numbers stay as they were.
    members
        Numbers of the scenarios to run, from 0; None: all.
    method
        How strengths, lags and starts are drawn: Latin ``hypercube``, or ``sobol`` (powers of two).
    every
        Years between two snapshots of the states. None: a year where that is whole steps, else every step.
    store
        Type in which snapshots are kept; the simulation computes in float64. None: float64 up to 256 MiB,
        above that float32.
    threads
        None: as many as there are cores for this process.
    block
        Scenarios that a thread does at a time.
    progress
        Called with the number of scenarios done and of all, from the thread that called.

    Raises
    ------
    ModelError
        The model, a setting or an intervention is not possible.
    RunError
        A state became infinite: the model diverges.
    """
    for one in faults(model):
        raise one
    program = compile_model(model, every)
    count = _count(model, scenarios)
    numbers = np.arange(count) if members is None else np.array(members, dtype=np.int64).reshape(-1)
    size = 8 * program.years.size * len(model.nodes) * numbers.size
    kind: Store = store or ("float64" if size <= DOUBLE_UP_TO else "float32")
    asked = Asked(seed, count, method, every, kind)
    return run_program(program, asked, numbers, interventions, threads, block, progress)


def run_program(
    program: Program,
    asked: Asked,
    members: NDArray[np.int64],
    interventions: Sequence[Intervention] = (),
    threads: int | None = None,
    block: int = BLOCK,
    progress: Callable[[int, int], None] | None = None,
) -> Futures:
    """Simulate a compiled model; see :func:`simulate`."""
    model = program.model
    if members.size and not (members.min() >= 0 and members.max() < asked.count):
        raise RangeError("no such scenario", place="members", expected=f"0 to {asked.count - 1}")
    threads = cores() if threads is None else threads
    if threads < 1 or block < 1:
        raise RangeError("threads and block must be 1 or more", found=f"{threads}, {block}")
    draws = Draws(program.inputs, asked.seed, asked.count, asked.method)
    states = np.empty((program.years.size, len(model.nodes), members.size), dtype=asked.store)
    work = _Work(program, draws, forced_of(interventions, program), asked.seed, members, states)
    work.run(threads, block, progress)
    return Futures(
        program=program,
        asked=asked,
        members=members,
        states=states,
        events=np.where(work.begun < 0, np.nan, model.first + work.begun * model.step).T,
        interventions=tuple(interventions),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        version=__version__,
    )


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _count(model: CausalModel, scenarios: int | None) -> int:
    count = model.settings.get("scenarios", DEFAULT_SCENARIOS) if scenarios is None else scenarios
    if isinstance(count, bool) or not isinstance(count, (int, np.integer)) or not 1 <= count < 2**32:
        raise RangeError("the number of scenarios", place="scenarios", found=count, expected="1 or more")
    return int(count)


class _Work:
    """The arrays that the blocks of a run fill.

    Threads of Python, since the kernels release the interpreter: any number of runs may go on side by side,
    and Ctrl-C is heard between two blocks.
    """

    def __init__(
        self,
        program: Program,
        draws: Draws,
        forced: Forced,
        seed: int,
        members: NDArray[np.int64],
        states: NDArray[Any],
    ) -> None:
        self.program, self.draws, self.forced, self.members, self.states = (
            program,
            draws,
            forced,
            members,
            states,
        )
        self.begun = np.empty((members.size, len(program.model.events)), dtype=np.int64)
        self._key = key_words(seed)
        self._kernel = load_kernel("meguru.foresight.kernel")
        self._store = load_kernel("meguru.foresight.kernel_store")

    def run(self, threads: int, block: int, progress: Callable[[int, int], None] | None) -> None:
        """All blocks."""
        done, count = 0, self.members.size
        with ThreadPoolExecutor(threads) as pool:
            try:
                blocks = [
                    pool.submit(self._block, at, min(at + block, count)) for at in range(0, count, block)
                ]
                for one in as_completed(blocks):
                    done += one.result()
                    if progress is not None:
                        progress(done, count)
            except BaseException:  # Ctrl-C too: what has not begun need not
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _block(self, start: int, stop: int) -> int:
        scenarios = self.members[start:stop]
        shown, nodes, _ = self.states.shape
        snapshots = np.empty((stop - start, shown, nodes))
        history = np.empty(self.program.plan.rows * nodes)
        plan, begun = self.program.plan, self.begun[start:stop]
        inputs = self.draws.of(scenarios)
        self._kernel.run(plan, self.forced, inputs, scenarios, *self._key, history, snapshots, begun)
        largest = float(np.finfo(self.states.dtype).max)
        member, year, node = self._store.put(snapshots, self.states, start, largest)
        if node >= 0:
            raise RunError(
                "the model diverges: a state became too large to be a number",
                place=f"nodes.{list(self.program.model.nodes)[node]}",
                found=f"scenario {scenarios[member]}, {self.program.years[year]:g}",
                hint="Give the node bounds, or weaken the loop that it is in.",
            )
        return stop - start
