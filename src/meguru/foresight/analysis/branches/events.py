"""What becomes of a split where an event never happens, and where it happens as soon as it can."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from meguru.foresight.analysis.grouping.groups import Groups
from meguru.foresight.analysis.grouping.tree import Split
from meguru.foresight.compile import compile_model
from meguru.foresight.futures import Futures
from meguru.foresight.simulation import run_program

CERTAIN = 1e6  # hazard, per year, that leaves no step without the event


@dataclass(frozen=True, slots=True)
class EventTurned:
    """An event and the sides of a split.

    Attributes
    ----------
    by
        The branch year; of an event that the sides share up to there and not after it, the last year.
    left, right
        Share of the sampled scenarios that end left, and right, in which it has happened by then.
    never, soonest
        Share of the scenarios rerun ending left where it never happens, and where it happens in the first
        step in which its hazard is not zero and its conditions hold; judged as for causal effects of nodes.
    """

    by: float
    left: float
    right: float
    never: float
    soonest: float


def turned_by_event(
    futures: Futures,
    groups: Groups,
    split: Split,
    members: NDArray[np.int64],
    name: str,
    by: float,
    happened: tuple[float, float],
) -> EventTurned:
    """Reruns of scenarios with the hazard of an event at zero, and certain; all random numbers are the same.

    Parameters
    ----------
    futures, groups, split, members
        As for the causal effects of nodes.
    name
        Of the event.
    by, happened
        A year, and the shares of the scenarios of either side in which it has happened by then.
    """
    model = futures.model
    event = model.events[name]
    among = [groups.number(code) for code in (*split.left, *split.right)]
    left = [groups.number(code) for code in split.left]
    shares = []
    for hazard in (0.0, CERTAIN):
        rates = {year: hazard if rate > 0 else 0.0 for year, rate in event.hazard.items()}
        changed = replace(event, hazard=rates)
        program = compile_model(replace(model, events={**model.events, name: changed}), futures.asked.every)
        again = run_program(program, futures.asked, members, futures.interventions)
        shares.append(float(np.isin(groups.classify(again, among), left).mean()))
    return EventTurned(by, *happened, *shares)
