"""``meguru foresight groups``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from meguru.cli.foresight.analysed import Wanted, analysis_options

if TYPE_CHECKING:
    from rich.table import Table

    from meguru.foresight.analysis import Kept


@click.command(short_help="Group the futures; print shares, marks and the evidence for the number.")
@analysis_options
def groups(wanted: Wanted, as_json: bool) -> None:
    """Group simulated futures by what becomes of their KPIs.

    RESULTS is a folder that 'meguru foresight run --out' wrote. The analysis is kept there as analysis.json
    and used by the other commands; it is done again only for other futures or other choices.

    \b
    Examples:
      meguru foresight groups results/
      meguru foresight groups results/ --count 6
      meguru foresight groups results/ --json
    """
    from meguru.cli.foresight.analysed import head_of, print_sentences, sentence_data
    from meguru.cli.screen import print_json

    kept = wanted.kept()
    if as_json:
        print_json({**_data(kept), "sentences": sentence_data(kept, "groups")})
        return
    from rich.text import Text

    from meguru.cli.screen import QUIET, STRONG, console

    screen = console()
    screen.print(Text.assemble((kept.futures.model.name, STRONG), (head_of(kept), QUIET)))
    screen.print()
    screen.print(_table(kept))
    screen.print("a percent beside a mark: how often it flips between resamples", style=QUIET)
    screen.print()
    screen.print(_evidence(kept))
    screen.print()
    print_sentences(kept, "groups")


def _data(kept: Kept) -> dict[str, Any]:
    from dataclasses import asdict

    found = kept.analysis
    rated: dict[str, dict[str, Any]] = {}
    for one in found.ratings:
        rated.setdefault(one.group, {})[one.field] = {"mark": one.mark, "flip_rate": one.flip_rate}
    return {
        "model": kept.futures.model.name,
        "provenance": found.provenance,
        "groups": [
            {"code": code, "name": name, "share": share, "marks": rated[code]}
            for code, name, share in zip(
                found.groups.codes, found.groups.names, found.groups.share, strict=True
            )
        ],
        "forced": found.groups.forced,
        "supported": found.groups.supported,
        "evidence": asdict(found.groups.evidence),
        "still": found.groups.space.still,
    }


def _table(kept: Kept) -> Table:
    """A line for each group: share, marks with flip rates where they flip, name."""
    from rich.text import Text

    from meguru.cli.screen import table
    from meguru.cli.values import language
    from meguru.foresight.telling.words import field_of, percent

    found = kept.analysis
    fields = list(dict.fromkeys(one.field for one in found.ratings))
    marks = {(one.group, one.field): one for one in found.ratings}
    shown = table()
    shown.add_column("group")
    shown.add_column("share", justify="right", no_wrap=True)
    for field in fields:
        shown.add_column(Text(field_of(field)[language()]), overflow="fold")
    shown.add_column("where it ends farthest from the others", overflow="fold")
    for place, code in enumerate(found.groups.codes):
        cells = []
        for field in fields:
            one = marks[code, field]
            flips = f" {percent(one.flip_rate)}" if one.flip_rate else ""
            cells.append(Text("–" if one.mark is None else f"{one.mark}{flips}"))
        name = found.groups.names[place][language()]
        shown.add_row(code, percent(found.groups.share[place]), *cells, Text(name))
    return shown


def _evidence(kept: Kept) -> Table:
    """The evidence for each number of groups."""
    from meguru.cli.screen import QUIET, table

    found = kept.analysis.groups
    shown = table("evidence for the number of groups")
    for title in ("groups", "gap", "± error", "stability", "… of a continuum"):
        shown.add_column(title, justify="right")
    shown.add_column("", style=QUIET)
    for one in found.evidence.counts:
        told = ["proposed"] if one.count == found.evidence.proposed else []
        told += ["shown"] if one.count == len(found.codes) else []
        shown.add_row(
            str(one.count),
            f"{one.gap:.3f}",
            f"{one.error:.3f}",
            f"{one.stability:.2f}",
            f"{one.null_stability:.2f}",
            ", ".join(told),
        )
    return shown
