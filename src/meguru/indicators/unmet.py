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
    events = result.events.mean("sample")
    years = events["year"].to_numpy()
    found = []
    for process in dict.fromkeys(events["process"].to_numpy().tolist()):
        of_process = events["process"].to_numpy() == process
        rows = {kind: of_process & (events["kind"].to_numpy() == kind) for kind in ("unmet", "demand")}
        missing, wanted = (events[:, rows[kind]].sum("event").to_numpy() for kind in ("unmet", "demand"))
        short = missing > SMALLEST * wanted
        if short.any():
            share = float(missing.sum() / wanted.sum())
            found.append(Unmet(process, sorted({int(y) for y in years[short]}), share))
    return found
