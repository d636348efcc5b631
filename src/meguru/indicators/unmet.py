"""Demand that could not be filled: said wherever results are shown."""

from __future__ import annotations

from dataclasses import dataclass

from meguru.engine import Result

SMALLEST = 1e-9  # share of the demand below which nothing is said


@dataclass(frozen=True, slots=True)
class Unmet:
    """A use process that did not get what it wanted.

    Attributes
    ----------
    years
        Those in which something was missing.
    share
        Of the demand of all reported years, mean of the samples.
    """

    process: str
    years: list[int]
    share: float


def unmet_demand(result: Result) -> list[Unmet]:
    """Use processes whose demand was not filled."""
    events = result.plain("events")
    values = events.values.mean(axis=0)
    years, processes, kinds = (events.coords[name].values for name in ("year", "process", "kind"))
    found = []
    for process in dict.fromkeys(processes.tolist()):
        missing, wanted = (
            values[:, (processes == process) & (kinds == kind)].sum(axis=1) for kind in ("unmet", "demand")
        )
        short = missing > SMALLEST * wanted
        if short.any():
            share = float(missing.sum() / wanted.sum())
            found.append(Unmet(process, sorted({int(y) for y in years[short]}), share))
    return found
