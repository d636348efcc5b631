"""``meguru break-even``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from meguru.cli.explore.options import (
    json_option,
    out_option,
    over_of,
    over_option,
    scenario_option,
    write_page,
)
from meguru.cli.options import language_option

if TYPE_CHECKING:
    from meguru.explore.proposals.break_even import BreakEven


@click.command("break-even", short_help="Find at which value of a number an indicator changes its sign.")
@click.argument("model")
@click.argument("indicator")
@click.argument("of")
@click.option("--low", help="Least value; default that of the measure's range.")
@click.option("--high", help="Largest value; likewise.")
@click.option("--target", default="0", show_default=True, help="What the indicator crosses.")
@click.option("--points", type=click.IntRange(2, 10_000), default=65, show_default=True, help="Of the scan.")
@scenario_option
@over_option
@out_option
@language_option
@json_option
def break_even(
    model: str,
    indicator: str,
    of: str,
    low: str | None,
    high: str | None,
    target: str,
    points: int,
    scenario: str | None,
    over: str,
    out: Path | None,
    spoken: str | None,
    as_json: bool,
) -> None:
    """Find every value of one number at which an indicator crosses zero, or another target.

    OF is a measure with a range, or the place of a number in the model. A place at which the scenario and the
    reference differ changes in the scenario; any other, as a price, in all scenarios.

    \b
    Examples:
      meguru break-even atm-parts co2_change more_parts
      meguru break-even atm-parts co2_change more_parts --target -40 --out page.html
    """
    from meguru.cli.models import read_model
    from meguru.cli.screen import print_json, progress
    from meguru.cli.values import language
    from meguru.explore.proposals.break_even import break_even as find

    read = read_model(model)
    when = over_of(over)
    with progress("running", points) as advance:
        found = find(
            read,
            indicator,
            of,
            scenario=scenario,
            target=target,
            low=low,
            high=high,
            over=when,
            points=points,
            progress=advance,
        )
    if out is not None:
        write_page(found, out, spoken)
    files = [] if out is None else [out]
    if as_json:
        print_json({**_data(found), "files": [str(path) for path in files]})
    else:
        _print(found, spoken or language(), files)


def _data(found: BreakEven) -> dict[str, Any]:
    return {
        "model": found.model.name,
        "scenario": found.start,
        "indicator": found.indicator,
        "unit": found.unit,
        "target": found.scan.target,
        "place": found.place,
        "place_unit": found.place_unit,
        "everywhere": found.everywhere,
        "present": found.present,
        "roots": list(found.scan.roots),
        "jumps": list(found.scan.jumps),
        "stretches": [list(one) for one in found.scan.stretches],
        "noise": found.scan.noise,
        "scan": {"at": found.scan.at.tolist(), "values": found.scan.values.tolist()},
    }


def _print(found: BreakEven, spoken: str, files: list[Path]) -> None:
    from rich.text import Text

    from meguru.cli.screen import QUIET, STRONG, console
    from meguru.cli.tables import print_files
    from meguru.report.explored import where_it_changes
    from meguru.report.sentences import amount, crossings_of
    from meguru.report.words import say

    screen = console()
    head = f"  {found.place}  {where_it_changes(found).by(spoken)}"
    screen.print(Text.assemble((found.model.name, STRONG), (head, QUIET)), soft_wrap=True)
    for text in crossings_of(found):
        screen.print("· " + text.by(spoken), soft_wrap=True)
    low, high = (amount(float(found.scan.at[index]), found.place_unit) for index in (0, -1))
    first, last = (amount(float(found.scan.values[index]), found.unit) for index in (0, -1))
    count = str(len(found.scan.at))
    ends = say("break_even_points", count=count, first=first, low=low, last=last, high=high)
    screen.print(ends.by(spoken), style=QUIET, soft_wrap=True)
    print_files(screen, files, spoken)
