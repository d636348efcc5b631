"""``meguru incentives``."""

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
    scenario_option,
    write_page,
)
from meguru.cli.options import language_option

if TYPE_CHECKING:
    from meguru.explore.proposals.incentives import Incentives, Moved


@click.command(short_help="Show who pays and who gains by incentives between actors.")
@click.argument("model")
@measure_option
@goal_option
@scenario_option
@over_option
@out_option
@language_option
@json_option
def incentives(
    model: str,
    measures: tuple[str, ...],
    goals: tuple[str, ...],
    scenario: str | None,
    over: str,
    out: Path | None,
    spoken: str | None,
    as_json: bool,
) -> None:
    """Weigh incentives, the measures that go from an owner to a receiver: who pays, and who gains.

    Each is run by itself and all of them together. To search where and when to give them: meguru search.

    \b
    Examples:
      meguru incentives small-battery
      meguru incentives small-battery -m shared_history --year mean --out incentives.html
    """
    from meguru.cli.models import read_model
    from meguru.cli.screen import announce_compiling, print_json
    from meguru.cli.values import language
    from meguru.explore.proposals.incentives import weigh_incentives

    read = read_model(model)
    announce_compiling()
    found = weigh_incentives(read, measures or None, goals or None, scenario=scenario, over=over_of(over))
    if out is not None:
        write_page(found, out, spoken)
    files = [] if out is None else [out]
    if as_json:
        print_json({**_data(found), "files": [str(path) for path in files]})
    else:
        _print(found, spoken or language(), files)


def _data(found: Incentives) -> dict[str, Any]:
    return {
        "model": found.model.name,
        "scenario": found.start,
        "year": found.over,
        "currency": found.currency,
        "incentives": {name: _moved(one) for name, one in found.moved.items()},
    }


def _moved(moved: Moved) -> dict[str, Any]:
    def pairs(values: Any) -> list[dict[str, Any]]:
        return [{"from": pair[0], "to": pair[1], "amount": amount} for pair, amount in values.items()]

    return {
        "paid": pairs(moved.paid),
        "money": pairs(moved.money),
        "goods_kg": pairs(moved.goods),
        "information": [{"from": pair[0], "to": pair[1]} for pair in moved.information],
        "gains": dict(moved.gains),
        "goals": {name: {"without": one[0], "with": one[1]} for name, one in moved.values.items()},
    }


def _print(found: Incentives, spoken: str, files: list[Path]) -> None:
    from rich.text import Text

    from meguru.cli.screen import BAD, GOOD, QUIET, STRONG, console, number, table
    from meguru.cli.tables import NARROWEST_LABEL, print_files
    from meguru.report.numbers import unit_text
    from meguru.report.sentences import incentive_sentences
    from meguru.report.words import Names, say

    def words(text: Any) -> str:
        return str(text.by(spoken))

    screen, names = console(), Names(found.model)
    screen.print(Text.assemble((found.model.name, STRONG), "  ", (head_of(found, spoken), QUIET)))
    screen.print()
    shown = table()
    head = say("gains_caption", unit=unit_text(f"{found.currency}/year"))
    shown.add_column(words(head), overflow="fold", min_width=NARROWEST_LABEL)
    for name in found.moved:
        shown.add_column(name, justify="right", overflow="fold")
    for actor in found.actors:
        cells = []
        for moved in found.moved.values():
            gain = moved.gains.get(actor, 0.0)
            cells.append(Text(number(gain), GOOD if gain > 0 else BAD) if gain else Text("–", QUIET))
        shown.add_row(words(names.actor(actor)), *cells)
    screen.print(shown)
    screen.print()
    for text in incentive_sentences(found):
        screen.print("· " + words(text), soft_wrap=True)
    print_files(screen, files, spoken)
