"""What must be known beside the numbers of a run: samples, balances, demand that was not met."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from meguru.cli.screen import BAD, QUIET

ALIKE = "nothing in the model is uncertain: all samples are alike"

if TYPE_CHECKING:
    from rich.console import Console

    from meguru.engine import Result


def unmet_data(result: Result) -> list[dict[str, Any]]:
    """Unmet demand as plain data."""
    from meguru.indicators import unmet_demand

    return [asdict(one) for one in unmet_demand(result)]


def print_remarks(screen: Console, results: Collection[Result]) -> None:
    """Samples and balances of all together, then a line for each use process whose demand was not met."""
    from meguru.indicators import all_alike, unmet_demand

    first = next(iter(results))
    samples = f"{first.samples:,} samples, seed {first.seed}, " if first.settings["sampled"] else ""
    residual = max(result.largest_residual for result in results)
    closes = (
        f"balances close within {residual:.0e} of the throughput" if residual else "balances close exactly"
    )
    screen.print(f"{samples}{closes}", style=QUIET)
    if first.settings["sampled"] and all(all_alike(result) for result in results):
        screen.print(f"! {ALIKE}", style=BAD)
    for result in results:
        for one in unmet_demand(result):
            first_year, last_year = one.years[0], one.years[-1]
            span = f"{first_year}" if first_year == last_year else f"{first_year} to {last_year}"
            screen.print(
                f"! {one.process}: {one.share:.1%} of the demand is not met ({span}, {result.scenario})",
                style=BAD,
            )
