"""Demand that could not be filled: said wherever results are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from meguru.engine import Result

SMALLEST = 1e-9  # share of the demand below which nothing is said


def unmet(result: Result) -> list[dict[str, Any]]:
    """Use processes whose demand was not filled: years, and the share that was missing (mean of samples)."""
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
            found.append(
                {"process": process, "years": sorted({int(y) for y in years[short]}), "share": share}
            )
    return found


def print_unmet(screen: Console, result: Result) -> None:
    """One line for each use process that did not get what it wanted."""
    for one in unmet(result):
        first, last = one["years"][0], one["years"][-1]
        span = f"{first}" if first == last else f"{first} to {last}"
        screen.print(
            f"! {one['process']}: {one['share']:.1%} of the demand is not met ({span}, {result.scenario})",
            style="yellow",
        )
