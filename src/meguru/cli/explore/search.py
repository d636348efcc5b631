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
    from rich.table import Table

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
    from meguru.cli.screen import print_json, progress
    from meguru.cli.values import language
    from meguru.explore.searches.model_search import search_measures

    read = read_model(model)
    with progress("trying choices", population * generations) as advance:
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
            progress=advance,
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

    from meguru.cli.screen import QUIET, STRONG, console
    from meguru.cli.tables import print_files
    from meguru.report.explored import method_of_front
    from meguru.report.sentences import left_out_sentences
    from meguru.report.words import Names, say

    screen, start = console(), Names(found.model).scenario(found.start)
    method = method_of_front(found.front)
    head = say("choices_head", scenario=start, tried=f"{found.tried:,}", method=method)
    screen.print(Text.assemble((found.model.name, STRONG), "  ", (head.by(spoken), QUIET)), soft_wrap=True)
    screen.print()
    screen.print(_front(found, spoken))
    for text in left_out_sentences(found):
        screen.print(text.by(spoken), style=QUIET, soft_wrap=True)
    if len(found.plans) > MOST_SHOWN:
        more = say("choices_more", shown=MOST_SHOWN, count=len(found.plans))
        screen.print(more.by(spoken), style=QUIET)
    print_files(screen, files, spoken)


def _front(found: Choices, spoken: str) -> Table:
    """A row a choice of which none is better in every goal; of many some, evenly spread."""
    from meguru.cli.screen import QUIET, number, table
    from meguru.explore.plans.describe import plan_labels, plan_text
    from meguru.report.numbers import unit_text
    from meguru.report.words import label_of, say

    model, shown = found.model, table()
    shown.add_column(say("choice").by(spoken), no_wrap=True)
    shown.add_column(say("measures_behind").by(spoken), overflow="fold")
    for name in found.now:
        indicator = model.indicators[name]
        title = f"{label_of(indicator, name).by(spoken)}\n{unit_text(indicator.unit).by(spoken)}"
        shown.add_column(title, justify="right", overflow="fold")
    shown.add_row(say("start").by(spoken), "–", *(number(value) for value in found.now.values()), style=QUIET)
    rows = found.front.best.tolist()
    for index in _spread(len(rows)):
        values = [number(float(found.front.values[name][rows[index]])) for name in found.now]
        plan = found.plans[index]
        labels = plan_labels(model, plan) or {}
        shown.add_row(found.scenario_of(index + 1), labels.get(spoken) or plan_text(model, plan), *values)
    return shown


def _spread(count: int) -> list[int]:
    """Some of many, evenly spread, the first and the last among them."""
    if count <= MOST_SHOWN:
        return list(range(count))
    return [round(index * (count - 1) / (MOST_SHOWN - 1)) for index in range(MOST_SHOWN)]
