"""Histories of individuals as a table: what happened to whom, an event a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from meguru.engine.compiling.program import Program
from meguru.engine.items.plan import FAILED, LEFT, MADE, NOBODY, REPAIRED, SOLD, WENT
from meguru.engine.items.tables import Memory, cells_of

if TYPE_CHECKING:
    from pandas import DataFrame

WORDS = {MADE: "made", SOLD: "sold", FAILED: "failed", REPAIRED: "repaired", LEFT: "left", WENT: "went"}
COLUMNS = ("sample", "time", "serial", "item", "event", "process", "detail", "piece")


def history_table(
    program: Program, logs: Sequence[Memory], first_run: int, serials: Sequence[str] | None
) -> DataFrame:
    """Tidy table of events.

    Parameters
    ----------
    logs
        For each run (event, 5): serial number, step, what, where, other.
    first_run
        Number of the first run.
    serials
        Serial numbers of the fleet with which the runs began; all others are numbers of the run, after a #
        (or more of them, if a serial number of the fleet begins so).

    Returns
    -------
    Columns ``sample``, ``time``, ``serial``, ``item``, ``event`` (made, sold, failed, repaired, left, went),
    ``process``, ``detail`` (cause, or the route from port to process), ``piece`` (the piece that failed or
    was put in).
    """
    import pandas

    times = _times(program)
    known = _names_of_fleet(program, serials)
    mark = "#"
    while any(serial.startswith(mark) for serial in known.values()):
        mark += "#"
    events, flows = program.uses.events, program.network.flows
    rows = []
    for run, log in enumerate(logs):
        for serial, step, what, where, other in log.tolist():
            detail, piece = "", "" if other == NOBODY else known.get(other, f"{mark}{other}")
            if what in (WENT, MADE):
                flow = flows[where]
                item, process, detail = flow.item, flow.source, f"{flow.port} → {flow.target}"
            elif what == SOLD:
                process = program.uses.names[where]
                item = str(program.model.processes[process].product)
            else:
                event = events[where]
                item, process, detail = event.item, event.process, event.cause
            rows.append(
                (
                    first_run + run,
                    times[step],
                    known.get(serial, f"{mark}{serial}"),
                    item,
                    WORDS[what],
                    process,
                    detail,
                    piece,
                )
            )
    return pandas.DataFrame(rows, columns=list(COLUMNS))


def _times(program: Program) -> list[str]:
    """Label of each step."""
    if program.model.time.step == "month":
        return [f"{year}-{number % 12 + 1:02d}" for number, year in enumerate(program.years)]
    return [str(year) for year in program.years]


def _names_of_fleet(program: Program, serials: Sequence[str] | None) -> dict[int, str]:
    """Serial numbers of a fleet by the numbers of the run: those of its pieces follow each unit's own."""
    if serials is None:
        return {}
    width = 1 + cells_of(program)[1]
    numbers = 1 + width * np.arange(len(serials))
    return {int(number): serial for number, serial in zip(numbers, serials, strict=True)}
