"""``meguru foresight conditions``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from meguru.cli.foresight.analysed import Wanted, analysis_options

if TYPE_CHECKING:
    from rich.table import Table

    from meguru.foresight.analysis import Conditions, Kept, Roadmap


@click.command(short_help="Print what must have happened by when for a group, and the road to it.")
@analysis_options
@click.option("--group", "code", help="Code of the group that is wanted; default all.")
def conditions(
    wanted: Wanted,
    as_json: bool,
    code: str | None,
) -> None:
    """Print the conditions of a group with their deadlines, and the road back from it.

    Each condition was forced: a cause brings the group, a symptom only goes with it. The deadline is the last
    year from which holding the level, beside the other causes, still gives enough futures in the group. The
    road names the levers by which each can be met and the KPIs by which it is watched.

    \b
    Examples:
      meguru foresight conditions results/
      meguru foresight conditions results/ --group E
      meguru foresight conditions results/ --group E --json
    """
    from meguru.cli.foresight.analysed import group_named, head_of, print_sentences, sentence_data
    from meguru.cli.screen import print_json

    kept = wanted.kept()
    codes = group_named(kept, code)
    if as_json:
        print_json({**_data(kept, codes), "sentences": sentence_data(kept, "conditions", codes)})
        return
    from rich.text import Text

    from meguru.cli.screen import QUIET, STRONG, console
    from meguru.foresight.telling.words import percent

    screen = console()
    screen.print(Text.assemble((kept.futures.model.name, STRONG), (head_of(kept), QUIET)))
    for found, road in zip(kept.analysis.conditions, kept.analysis.roadmaps, strict=True):
        if found.group not in codes:
            continue
        screen.print()
        quality = f"{percent(found.coverage)} of them meet the box, {percent(found.density)} of it are theirs"
        share = kept.analysis.groups.share[kept.analysis.groups.number(found.group)]
        head = f", {percent(share)} of the futures"
        rest = f"; {quality}" if found.requirements else ""
        screen.print(Text.assemble((f"group {found.group}", STRONG), head, (rest, QUIET)))
        if found.requirements:
            screen.print(_table(kept, found))
            screen.print(_road(kept, road))
        print_sentences(kept, "conditions", (found.group,))


def _data(kept: Kept, codes: tuple[str, ...]) -> dict[str, Any]:
    from dataclasses import asdict

    found = kept.analysis
    return {
        "model": kept.futures.model.name,
        "provenance": found.provenance,
        "conditions": [asdict(one) for one in found.conditions if one.group in codes],
        "roadmaps": [asdict(one) for one in found.roadmaps if one.group in codes],
    }


def _table(kept: Kept, found: Conditions) -> Table:
    from rich.text import Text

    from meguru.cli.screen import table
    from meguru.cli.values import language
    from meguru.foresight.telling.words import bound, label_of, level, percent, points

    model = kept.futures.model
    shown = table()
    shown.add_column("condition", overflow="fold")
    shown.add_column("bound", overflow="fold")
    for title in ("in", "held at", "points", "± error", "found again", "kind", "deadline"):
        shown.add_column(title, justify="left" if title == "kind" else "right", no_wrap=True)
    for one in found.requirements:
        deadline = one.deadline.year if one.deadline else None
        shown.add_row(
            Text(label_of(model, one.node)[language()]),
            Text(bound(model, one.node, one.low, one.high)[language()]),
            f"{one.year:g}",
            level(model, one.node, one.level)[language()],
            points(one.gain, signed=True),
            points(one.error),
            percent(one.reproducibility),
            "cause" if one.cause else "symptom",
            "–" if deadline is None else f"{deadline:g}",
        )
    return shown


def _road(kept: Kept, road: Roadmap) -> Table:
    from rich.text import Text

    from meguru.cli.screen import table
    from meguru.cli.values import language
    from meguru.foresight.telling.words import label_of

    model = kept.futures.model
    shown = table("the road: who can meet it, how it is watched")
    shown.add_column("by", no_wrap=True)
    for title in ("condition", "levers", "KPIs"):
        shown.add_column(title, overflow="fold")
    for stop in road.stops:
        year = stop.year if stop.latest is None else stop.latest
        named = [
            [label_of(model, name)[language()] for name in many] for many in (stop.levers, stop.indicators)
        ]
        label = label_of(model, stop.node)[language()] + ("" if stop.cause else " (symptom)")
        shown.add_row(f"{year:g}", Text(label), *(Text(_few(one)) for one in named))
    return shown


def _few(names: list[str], most: int = 3) -> str:
    rest = f" … {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest if names else "–"
