"""``meguru foresight axes``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from meguru.cli.foresight.analysed import Wanted, analysis_options

if TYPE_CHECKING:
    from rich.table import Table

    from meguru.foresight.analysis import Axis, DrivingForces, Kept

AXIS = re.compile(r"(?P<node>.+)@(?P<year>[0-9.]+)(?::(?P<cut>[-+0-9.eE]+))?")


@click.command(short_help="Cut the futures by two driving forces into four, and count the groups in each.")
@analysis_options
@click.option(
    "--by",
    "given",
    multiple=True,
    metavar="NODE@YEAR[:CUT]",
    help="A driving force, twice; cut at its median where no cut is given. Default what the model says.",
)
def axes(
    wanted: Wanted,
    as_json: bool,
    given: tuple[str, ...],
) -> None:
    """Scenario planning: two driving forces make four futures, which are held against the groups.

    \b
    Examples:
      meguru foresight axes results/
      meguru foresight axes results/ --by public_awareness@2040 --by warranty_period@2040:0.5
      meguru foresight axes results/ --json
    """
    from dataclasses import asdict

    from meguru.cli.screen import print_json
    from meguru.foresight.analysis import driving_forces

    asked = [_axis(text) for text in given]
    if asked and len(asked) != 2:
        raise click.UsageError("Two driving forces make four futures: give --by twice.")
    kept = wanted.kept()
    found = kept.analysis.driving_forces
    if asked:
        found = driving_forces(kept.futures, kept.analysis.groups, *asked)
    if found is None:
        raise click.UsageError(
            "The settings of the model name no driving forces. Name two: --by NODE@YEAR --by NODE@YEAR"
        )
    if as_json:
        print_json({"model": kept.futures.model.name, **asdict(found)})
    else:
        _print(kept, found)


def _axis(text: str) -> Axis:
    from meguru.foresight.analysis import Axis

    found = AXIS.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        cut = found["cut"]
        return Axis(found["node"], float(found["year"]), None if cut is None else float(cut))
    except ValueError as error:
        raise click.UsageError(f"'{text}' is no driving force: NODE@YEAR or NODE@YEAR:CUT.") from error


def _print(kept: Kept, found: DrivingForces) -> None:
    from rich.text import Text

    from meguru.cli.foresight.analysed import head_of
    from meguru.cli.screen import QUIET, STRONG, console, number

    screen = console()
    screen.print(Text.assemble((kept.futures.model.name, STRONG), (head_of(kept), QUIET)))
    screen.print()
    screen.print(_table(kept, found))
    empty = sum(not one.groups for one in found.quadrants)
    if empty:
        have = "has" if empty == 1 else "have"
        screen.print(f"{empty} of the four {have} no futures: other cuts, by --by NODE@YEAR:CUT")
    told = "undefined" if found.association is None else number(found.association)
    screen.print(f"Cramér's V of the four and the groups: {told} (0: independent, 1: one tells the other)")


def _table(kept: Kept, found: DrivingForces) -> Table:
    from rich.text import Text

    from meguru.cli.screen import table
    from meguru.cli.values import language
    from meguru.foresight.telling.words import label_of, level, percent

    model = kept.futures.model
    shown = table()
    for axis in (found.first, found.second):
        cut = level(model, axis.node, axis.cut or 0.0)[language()]
        name = label_of(model, axis.node)[language()]
        shown.add_column(Text(f"{name}, {axis.year:g} (cut at {cut})"), overflow="fold")
    shown.add_column("share", justify="right", no_wrap=True)
    for code in found.codes:
        shown.add_column(code, justify="right", no_wrap=True)
    shown.add_column("name", overflow="fold")
    for one in found.quadrants:
        shares = [percent(share) for share in one.groups] or ["–"] * len(found.codes)
        sides = ["high" if high else "low" for high in (one.first_high, one.second_high)]
        shown.add_row(*sides, percent(one.share), *shares, Text(one.name.get(language(), "–")))
    return shown
