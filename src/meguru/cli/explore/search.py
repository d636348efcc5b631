"""``meguru search``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from meguru.cli.explore.options import (
    goal_option,
    json_option,
    measure_option,
    out_option,
    over_of,
    over_option,
    save_option,
    save_scenarios,
    scenario_option,
    write_page,
)
from meguru.cli.options import language_option

if TYPE_CHECKING:
    from meguru.explore.searches.model_search import Choices
    from meguru.explore.searches.search import Method

MOST_SHOWN = 20


@click.command(short_help="Search for the best choice of measures, levels and years.")
@click.argument("model")
@goal_option
@click.option("--limit", "-l", "limits", multiple=True, help='As "co2 <= 40 t_CO2e/year"; may be repeated.')
@measure_option
@scenario_option
@over_option
@click.option(
    "--method", type=click.Choice(("auto", "grid", "nsga2")), default="auto", show_default=True, help="How."
)
@click.option("--levels", type=click.IntRange(2), default=11, show_default=True, help="Of a range in a grid.")
@click.option("--population", type=click.IntRange(4), default=80, show_default=True, help="Of NSGA-II.")
@click.option("--generations", type=click.IntRange(1), default=80, show_default=True, help="Of NSGA-II.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, help="Of NSGA-II.")
@out_option
@save_option
@language_option
@json_option
def search(
    model: str,
    goals: tuple[str, ...],
    limits: tuple[str, ...],
    measures: tuple[str, ...],
    scenario: str | None,
    over: str,
    method: Method,
    levels: int,
    population: int,
    generations: int,
    seed: int,
    out: Path | None,
    save: Path | None,
    spoken: str | None,
    as_json: bool,
) -> None:
    """Search over measures, their levels and years: choices of which none is better in every goal.

    \b
    Examples:
      meguru search atm-parts -g co2_change -g economic_gain
      meguru search atm-parts -g economic_gain --limit "co2_change <= 0"
      meguru search small-battery --year mean --method nsga2 --out front.html
    """
    from meguru.cli.models import read_model
    from meguru.cli.screen import announce_compiling, print_json
    from meguru.cli.values import language
    from meguru.explore.searches.model_search import search_measures

    read = read_model(model)
    announce_compiling()
    found = search_measures(
        read,
        goals or None,
        scenario=scenario,
        measures=measures or None,
        limits=limits,
        over=over_of(over),
        method=method,
        few=levels,
        population=population,
        generations=generations,
        seed=seed,
    )
    if save is not None:
        save_scenarios(found.with_scenarios(), save)
    if out is not None:
        write_page(found, out, spoken)
    files = [path for path in (save, out) if path is not None]
    if as_json:
        print_json({**_data(found), "files": [str(path) for path in files]})
    else:
        _print(found, files, spoken or language())


def _data(found: Choices) -> dict[str, Any]:
    best = found.front.best
    return {
        "model": found.model.name,
        "scenario": found.start,
        "method": found.front.method,
        "levels": found.front.levels,
        "tried": found.tried,
        "goals": [{"indicator": goal.name, "wanted": goal.wanted} for goal in found.goals],
        "left_out": {name: list(others) for name, others in found.left_out.items()},
        "limits": [str(limit) for limit in found.limits],
        "now": dict(found.now),
        "front": [
            {
                "scenario": found.scenario_of(number),
                "measures": [{"measure": one.measure, "level": one.level, "from": one.since} for one in plan],
                "values": {name: float(row[place]) for name, row in found.front.values.items()},
            }
            for number, (plan, place) in enumerate(zip(found.plans, best, strict=True), 1)
        ],
    }


def _print(found: Choices, files: list[Path], spoken: str) -> None:
    from rich.text import Text

    from meguru.cli.screen import QUIET, STRONG, console, number, table
    from meguru.cli.tables import print_files
    from meguru.explore.plans.describe import plan_text
    from meguru.report.sentences import left_out_sentences

    screen = console()
    head = f"  from scenario {found.start}, {found.tried:,} choices tried by {found.front.how}"
    screen.print(Text.assemble((found.model.name, STRONG), (head, QUIET)))
    screen.print()
    shown = table()
    shown.add_column("choice", no_wrap=True)
    shown.add_column("measures", overflow="fold")
    for name in found.now:
        shown.add_column(f"{name}\n{found.model.indicators[name].unit}", justify="right", overflow="fold")
    shown.add_row("now", "–", *(number(value) for value in found.now.values()), style=QUIET)
    rows = found.front.best.tolist()
    for index in _spread(len(rows)):
        values = [number(float(found.front.values[name][rows[index]])) for name in found.now]
        shown.add_row(found.scenario_of(index + 1), plan_text(found.model, found.plans[index]), *values)
    screen.print(shown)
    for text in left_out_sentences(found):
        screen.print(text.ja if spoken == "ja" else text.en, style=QUIET, soft_wrap=True)
    if len(rows) > MOST_SHOWN:
        screen.print(
            f"{MOST_SHOWN} of {len(rows)} choices on the front; --json and --save have all", style=QUIET
        )
    print_files(screen, files, spoken)


def _spread(count: int) -> list[int]:
    """Some of many, evenly spread, the first and the last among them."""
    if count <= MOST_SHOWN:
        return list(range(count))
    return [round(index * (count - 1) / (MOST_SHOWN - 1)) for index in range(MOST_SHOWN)]
