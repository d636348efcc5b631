"""``meguru sensitivity``."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from meguru.cli.options import PAGES, FileToWrite, language_option

if TYPE_CHECKING:
    from pandas import DataFrame

    from meguru.explore.sensitivity.problem import Progress
    from meguru.model import Model

WAYS = ("tornado", "morris", "sobol", "regional")
OPTIONS = {
    "--report": ("tornado",),
    "--samples": ("sobol", "regional"),
    "--trajectories": ("morris",),
    "--above": ("regional",),
    "--below": ("regional",),
}  # of which ways
COLUMNS = {
    "tornado": {"at_low": "at 5 %", "base": "at median", "at_high": "at 95 %", "swing": "swing"},
    "morris": {"mu_star": "mean |effect|", "mu_star_reach": "±", "mu": "mean effect", "sigma": "spread"},
    "sobol": {"first": "first order", "first_reach": "±", "total": "total", "total_reach": "±"},
}
SHOWN = 8  # inputs of each indicator


@click.command(short_help="Which uncertain numbers matter for the indicators.")
@click.argument("model")
@click.option("--scenario", "-s", help="Name of the scenario; default the reference.")
@click.option(
    "--by",
    type=click.Choice(WAYS),
    default="tornado",
    show_default=True,
    help="tornado: each number at its low and high end; morris: screening of many; sobol: shares of the "
    "variance; regional: what sets the samples above a limit apart.",
)
@click.option(
    "--indicator", "-i", "indicators", multiple=True, help="An indicator, may be repeated; default all."
)
@click.option("--year", type=int, help="Default the last.")
@click.option("--samples", type=click.IntRange(2, 2**20), help="Of sobol and regional; default 256 and 1000.")
@click.option("--trajectories", type=click.IntRange(2, 10_000), help="Of morris; default 20.")
@click.option(
    "--above", type=float, help="Limit of regional, in the unit of the indicator; default its median."
)
@click.option("--below", type=float, help="Limit of regional, from above.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True)
@click.option("--report", type=FileToWrite(PAGES), help="Tornado to write, .html.")
@language_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def sensitivity(
    model: str,
    scenario: str | None,
    by: str,
    indicators: tuple[str, ...],
    year: int | None,
    samples: int | None,
    trajectories: int | None,
    above: float | None,
    below: float | None,
    seed: int,
    report: Path | None,
    spoken: str | None,
    as_json: bool,
) -> None:
    """Ask which uncertain numbers of a model matter, and name indicators that never react to any of them.

    \b
    Examples:
      meguru sensitivity model.yaml --scenario B
      meguru sensitivity model.yaml --by morris --trajectories 10
      meguru sensitivity model.yaml --by sobol --samples 1024 --indicator co2
      meguru sensitivity model.yaml --by regional --indicator co2 --above 500
    """
    from meguru.cli.models import known_scenarios, read_model
    from meguru.cli.screen import print_json, progress
    from meguru.cli.values import language, records
    from meguru.explore.years import year_at

    told = {"--report": report, "--samples": samples, "--trajectories": trajectories}
    _refuse_unused(by, {**told, "--above": above, "--below": below})
    read = read_model(model)
    names = known_scenarios(read, [scenario] if scenario else [])
    year_at(year, range(read.time.first, read.time.last + 1))
    name = names[0] if names else None
    caution = None
    with progress("running", samples or 1000) as advance:
        if by == "regional":
            frame = _regional(read, name, indicators, year, samples or 1000, seed, above, below, advance)
        else:
            number = samples or 256
            frame, caution = _indices(
                read, name, indicators, year, by, number, trajectories or 20, seed, advance
            )
    if report is not None:
        from meguru.cli.models import make_folder
        from meguru.report.tornado import write_tornado

        make_folder(report.parent)
        write_tornado(read, name, frame, report, language=spoken or language())
    if as_json:
        print_json(
            {"model": read.name, "scenario": name, "by": by, "caution": caution, "rows": records(frame)}
        )
    elif by == "regional":
        _print_regional(frame, _labels(read, name))
    else:
        _print(read, frame, by, _labels(read, name), caution)


def _refuse_unused(by: str, told: dict[str, Any]) -> None:
    """Refuse options of another way, and limits that can not be."""
    for option, ways in OPTIONS.items():
        if told[option] is not None and by not in ways:
            raise click.UsageError(f"{option} is of --by {' and '.join(ways)}, not of {by}.")
    limits = {option: told[option] for option in ("--above", "--below") if told[option] is not None}
    if len(limits) > 1:
        raise click.UsageError("--above and --below are two limits; give one of them.")
    for option, limit in limits.items():
        if not math.isfinite(limit):
            raise click.UsageError(f"{option} should be a number, not {limit}.")


def _indices(
    model: Model,
    scenario: str | None,
    indicators: tuple[str, ...],
    year: int | None,
    by: str,
    samples: int,
    trajectories: int,
    seed: int,
    advance: Progress | None,
) -> tuple[DataFrame, str | None]:
    """The indices, and what to bear in mind about them."""
    import warnings

    from meguru.explore import model_problem, morris, sobol_indices, tornado
    from meguru.explore.sensitivity.problem import TogetherWarning

    problem = model_problem(model, scenario, indicators=indicators or None, year=year, progress=advance)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TogetherWarning)  # printed with the table
        if by == "morris":
            frame = morris(problem, trajectories=trajectories, seed=seed)
        elif by == "sobol":
            frame = sobol_indices(problem, samples=samples, seed=seed)
        else:
            frame = tornado(problem)
    return frame, problem.caution


def _regional(
    model: Model,
    scenario: str | None,
    indicators: tuple[str, ...],
    year: int | None,
    samples: int,
    seed: int,
    above: float | None,
    below: float | None,
    advance: Progress | None,
) -> DataFrame:
    from meguru.explore import ensemble, regional_of

    if len(indicators) != 1:
        raise click.UsageError("--by regional asks for one --indicator")
    names = None if scenario is None else [scenario]
    found = ensemble(model, names, samples=samples, seed=seed, indicators=indicators, progress=advance)
    name = scenario or found.plan.reference
    return regional_of(found, indicators[0], scenario=name, year=year, above=above, below=below)


def _labels(model: Model, scenario: str | None) -> dict[str, str]:
    """What each number is called, with its unit, in the language of the terminal."""
    from meguru.cli.values import language
    from meguru.report.tornado import number_labels

    return {place: getattr(one, language()) for place, one in number_labels(model, scenario).items()}


def _print(model: Model, frame: DataFrame, by: str, labels: dict[str, str], caution: str | None) -> None:
    from meguru.cli.screen import BAD, QUIET, console, number, table
    from meguru.cli.values import label, records

    screen = console()
    rows = records(frame)
    silent = []
    for output in dict.fromkeys(row["output"] for row in rows):
        of_output: list[dict[str, Any]] = [row for row in rows if row["output"] == output]
        if not of_output[0]["reacts"]:
            silent.append(output)
            continue
        unit = of_output[0]["unit"] if by != "sobol" else "shares of the variance"
        shown = table(f"{label(model.indicators[output], output)}, {unit}")
        shown.add_column("uncertain number", overflow="fold")
        for head in COLUMNS[by].values():
            shown.add_column(head, justify="right", no_wrap=True)
        for row in of_output[:SHOWN]:
            shown.add_row(labels[row["input"]], *(number(row[key]) for key in COLUMNS[by]))
        screen.print(shown)
        if len(of_output) > SHOWN:
            screen.print(f"and {len(of_output) - SHOWN} more that matter less", style=QUIET)
        screen.print()
    if caution is not None:
        screen.print(f"! {caution}", style=BAD)
    for output in silent:
        screen.print(f"! {output} never reacts to any uncertain number", style=BAD)


def _print_regional(frame: DataFrame, labels: dict[str, str]) -> None:
    from meguru.cli.screen import console, number, table
    from meguru.cli.values import records

    shown = table("What sets the samples within the limit apart")
    shown.add_column("uncertain number", overflow="fold")
    for head in ("distance", "median within", "median of others", "beyond chance"):
        shown.add_column(head, justify="right", no_wrap=True)
    for row in records(frame)[:SHOWN]:
        numbers = [number(row[key]) for key in ("distance", "median_behaving", "median_other")]
        shown.add_row(labels[row["input"]], *numbers, "yes" if row["matters"] else "no")
    console().print(shown)
