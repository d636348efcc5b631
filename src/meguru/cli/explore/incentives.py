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
    from collections.abc import Iterator

    from rich.table import Table

    from meguru.explore.proposals.incentives import Incentives, Moved

WIDEST_TITLE = 18  # of a column; longer ones are folded


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

    from meguru.cli.screen import QUIET, STRONG, console
    from meguru.cli.tables import print_files
    from meguru.report.sentences import incentive_sentences

    screen = console()
    screen.print(Text.assemble((found.model.name, STRONG), "  ", (head_of(found, spoken), QUIET)))
    for shown in _tables(found, spoken, screen.width):
        screen.print()
        screen.print(shown)
    screen.print()
    for text in incentive_sentences(found):
        screen.print("· " + text.by(spoken), soft_wrap=True)
    print_files(screen, files, spoken)


def _tables(found: Incentives, spoken: str, width: int) -> Iterator[Table]:
    """What each actor gains: as many incentives in a table as fit the width, with all digits."""
    from rich.cells import cell_len

    from meguru.cli.screen import number
    from meguru.cli.tables import GAP, NARROWEST_LABEL, WIDEST_LABEL
    from meguru.report.incentives import incentive_title
    from meguru.report.words import Names

    names = Names(found.model)
    left = min(WIDEST_LABEL, max(cell_len(names.actor(actor).by(spoken)) for actor in found.actors))
    left = max(left, NARROWEST_LABEL)
    columns: dict[str, tuple[str, int]] = {}
    taken = 0
    for name, moved in found.moved.items():
        title = incentive_title(names, name).by(spoken)
        digits = max((len(number(gain)) for gain in moved.gains.values()), default=0)
        needed = max(digits, min(cell_len(title), WIDEST_TITLE))
        if columns and left + taken + GAP + needed > width:
            yield _table(found, spoken, left, columns)
            columns, taken = {}, 0
        columns[name] = (title, needed)
        taken += GAP + needed
    yield _table(found, spoken, left, columns)


def _table(found: Incentives, spoken: str, left: int, columns: dict[str, tuple[str, int]]) -> Table:
    from rich.text import Text

    from meguru.cli.screen import BAD, GOOD, QUIET, number, table
    from meguru.report.numbers import unit_text
    from meguru.report.words import Names, say

    names, shown = Names(found.model), table()
    head = say("gains_caption", unit=unit_text(f"{found.currency}/year"))
    shown.add_column(head.by(spoken), overflow="fold", width=left)
    for title, needed in columns.values():
        shown.add_column(title, justify="right", overflow="fold", width=needed)
    for actor in found.actors:
        cells = []
        for name in columns:
            gain = found.moved[name].gains.get(actor, 0.0)
            cells.append(Text(number(gain), GOOD if gain > 0 else BAD) if gain else Text("–", QUIET))
        shown.add_row(names.actor(actor).by(spoken), *cells)
    return shown
