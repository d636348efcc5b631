"""Who runs the blocks: this process, several on this machine, or a Dask cluster. The numbers are the same."""

from __future__ import annotations

import signal
from collections.abc import Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from multiprocessing import get_context
from typing import Any

from meguru.engine.compiled import tell_if_new
from meguru.errors import RunError
from meguru.explore.ensembles.plan import Block, Plan, run_samples
from meguru.version import __version__

Span = tuple[int, int]
BREAKS = 3  # times that all workers may be lost without a block done in between
MISSING = "Dask is not installed: pip install 'meguru[cluster]'"


def run_blocks(
    plan: Plan, blocks: Sequence[Span], processes: int = 1, cluster: str | None = None
) -> Generator[Block, None, None]:
    """Blocks as they are done, in any order.

    Parameters
    ----------
    processes
        On this machine; 1 runs them here.
    cluster
        Address of a Dask scheduler, as ``tcp://10.0.0.1:8786``.

    Raises
    ------
    RunError
        Dask is missing, the scheduler can not be reached, a worker has another version, or workers die again
        and again.
    """
    if cluster is not None:
        yield from _on_cluster(plan, blocks, cluster)
    elif processes == 1 or len(blocks) < 2:
        yield from (run_samples(plan, *block) for block in blocks)
    else:
        yield from _in_processes(plan, list(blocks), processes)


def _ignore_interrupts() -> None:
    """Ctrl-C is for the process that hands out the work; it ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _in_processes(plan: Plan, blocks: list[Span], processes: int) -> Generator[Block, None, None]:
    """Blocks by new processes; a process that is killed loses only what it was at, which is run again."""
    breaks = 0
    tell_if_new()
    while blocks:
        pool = ProcessPoolExecutor(
            min(processes, len(blocks)), mp_context=get_context("spawn"), initializer=_ignore_interrupts
        )
        try:
            waiting = {pool.submit(run_samples, plan, *block) for block in blocks}
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    block = future.result()
                    breaks = 0
                    blocks.remove((block.first, block.last))
                    yield block
        except BrokenProcessPool as error:
            breaks += 1
            if breaks == BREAKS:
                raise RunError(
                    "the processes that run samples die again and again",
                    found=f"{len(blocks)} blocks left",
                    hint="Is there enough memory? Use fewer processes or smaller blocks.",
                ) from error
        finally:
            for process in list((pool._processes or {}).values()):
                process.terminate()
            pool.shutdown(wait=True, cancel_futures=True)


def _on_cluster(plan: Plan, blocks: Sequence[Span], address: str) -> Generator[Block, None, None]:
    """Blocks by the workers of a Dask cluster, which runs those of a lost worker again by itself."""
    try:
        dask: Any = import_module("distributed")
    except ImportError as error:
        raise RunError(MISSING, place="cluster", found=address) from error
    try:
        client = dask.Client(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise RunError(
            f"the cluster can not be reached: {error}", place="cluster", found=address,
            expected="the address of a Dask scheduler, as tcp://10.0.0.1:8786",
        ) from error  # fmt: skip
    with client:
        futures = [client.submit(run_samples, plan, *block, pure=False) for block in blocks]
        try:
            for future in dask.as_completed(futures, loop=client.loop):
                block: Block = future.result()
                if block.version != __version__:
                    raise RunError(
                        "a worker of the cluster has another version of meguru",
                        place="cluster",
                        found=block.version,
                        expected=__version__,
                    )
                yield block
                future.release()
        finally:
            client.cancel(futures)
