"""``meguru suggest``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from meguru.cli.explore.options import (
    goal_option,
    head_of,
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

    from meguru.explore.proposals.suggest import Outcome, Step, Suggestion
    from meguru.files.component import Component
    from meguru.report.sentences import Sentence


@click.command(short_help="Rank measures by what they bring, and say in which order.")
@click.argument("model")
@goal_option
@measure_option
@scenario_option
@over_option
@out_option
@save_option
@language_option
@json_option
def suggest(
    model: str,
    goals: tuple[str, ...],
    measures: tuple[str, ...],
    scenario: str | None,
    over: str,
    out: Path | None,
    save: Path | None,
    spoken: str | None,
    as_json: bool,
) -> None:
    """Rank the measures of a model by what they bring per money and per tonne, alone and one after the other.

    Every number is one of a separate run; --save writes all of these runs as scenarios into a model file.

    \b
    Examples:
      meguru suggest atm-parts
      meguru suggest atm-parts --goal co2_change --save suggested.yaml
      meguru suggest small-battery -g co2:less -g economic_effect:more --year mean --language ja
    """
    from meguru.cli.models import read_model
    from meguru.cli.screen import announce_compiling, print_json
    from meguru.cli.values import language
    from meguru.explore.proposals.suggest import suggest as find
    from meguru.report.sentences import sentences

    read = read_model(model)
    announce_compiling()
    found = find(read, goals or None, scenario=scenario, measures=measures or None, over=over_of(over))
    told = sentences(found)
    if save is not None:
        save_scenarios(found.with_scenarios(), save)
    if out is not None:
        write_page(found, out, spoken)
    files = [path for path in (save, out) if path is not None]
    if as_json:
        print_json({**_data(found, told), "files": [str(path) for path in files]})
    else:
        _print(found, told, spoken or language(), files)


def _data(found: Suggestion, told: list[Sentence]) -> dict[str, Any]:
    return {
        "model": found.model.name,
        "scenario": found.start,
        "year": found.over,
        "goals": [{"indicator": goal.name, "wanted": goal.wanted} for goal in found.goals],
        "now": _outcome(found.now),
        "alone": [_step(found, step) for step in found.ranked(found.goals[0])],
        "orders": {name: [_step(found, step) for step in order] for name, order in found.orders.items()},
        "agreed": found.agreed,
        "left_out": {name: list(others) for name, others in found.left_out.items()},
        "zeros": [
            {
                "indicator": one.indicator,
                "measure": one.measure,
                "at": at,
                "unit": one.place_unit,
                "jump": jump,
                "now": one.present,
                "scenario": name,
            }
            for name, one, at, jump in found.zeros
        ],
        "sentences": [
            {"en": one.text.en, "ja": one.text.ja, "scenarios": list(one.scenarios)} for one in told
        ],
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {"values": dict(outcome.values), "cost": outcome.cost, "gain": outcome.gain}


def _step(found: Suggestion, step: Step) -> dict[str, Any]:
    return {
        "measure": step.taken.measure,
        "after": [one.measure for one in step.others],
        "from": _outcome(step.before),
        "to": _outcome(step.after),
        "cost": step.cost,
        "improvement": {goal.name: step.improvement(goal) for goal in found.goals},
        "per_money": {goal.name: step.per_money(goal) for goal in found.goals},
        "price": {goal.name: step.price(goal) for goal in found.goals if goal is not found.money},
    }


def _print(found: Suggestion, told: list[Sentence], spoken: str, files: list[Path]) -> None:
    from rich.text import Text

    from meguru.cli.screen import QUIET, STRONG, console
    from meguru.cli.tables import print_files
    from meguru.report.sentences import Teller, left_out_sentences

    screen = console()
    screen.print(Text.assemble((found.model.name, STRONG), "  ", (head_of(found, spoken), QUIET)))
    screen.print()
    screen.print(_effects(found, spoken))
    for said in (Teller(found).meaning(), *left_out_sentences(found)):
        screen.print(said.by(spoken), style=QUIET, soft_wrap=True)
    screen.print()
    for one in told:
        text = one.text.by(spoken)
        runs = f"  [{', '.join(one.scenarios)}]" if one.scenarios else ""
        screen.print(Text.assemble("· ", text, (runs, QUIET)), soft_wrap=True)
    print_files(screen, files, spoken)


def _effects(found: Suggestion, spoken: str) -> Table:
    """Each measure alone: every goal before and after, and the money per unit."""
    from rich.text import Text

    from meguru.cli.screen import BAD, GOOD, QUIET, number, table
    from meguru.cli.tables import NARROWEST_LABEL
    from meguru.report.both import Both
    from meguru.report.numbers import unit_text
    from meguru.report.words import label_of, say

    def told(text: Both) -> str:
        return text.by(spoken)

    def words(part: Component, name: str) -> str:
        return told(label_of(part, name))

    currency = unit_text(found.model.money.currency if found.model.money else "JPY")
    shown = table()
    shown.add_column(told(say("measure_alone")), overflow="fold", min_width=NARROWEST_LABEL)
    shown.add_column(told(say("goal")), overflow="fold")
    for title in ("start", "then"):
        shown.add_column(told(say(title)), justify="right", no_wrap=True)
    shown.add_column(told(say("unit")), style=QUIET, no_wrap=True)
    shown.add_column(told(say("per_unit", currency=currency)), justify="right", no_wrap=True)
    for step in found.ranked(found.goals[0]):
        name = words(found.model.measures[step.taken.measure], step.taken.measure)
        for goal in found.goals:
            indicator, better = found.model.indicators[goal.name], step.improvement(goal)
            price = None if goal is found.money else step.price(goal)
            colour = GOOD if better > 0 else BAD if better < 0 else QUIET
            shown.add_row(
                name,
                words(indicator, goal.name),
                number(step.before.values[goal.name]),
                Text(number(step.after.values[goal.name]), colour),
                told(unit_text(indicator.unit)),
                "–" if price is None else number(price),
            )
            name = ""
        if step.cost:
            per_year = told(currency + "/" + unit_text("year"))
            shown.add_row("", told(say("own_cost_alone")), "", number(step.cost), per_year, "")
    return shown
