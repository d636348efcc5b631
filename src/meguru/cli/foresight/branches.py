"""``meguru foresight branches``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from meguru.cli.foresight.analysed import Wanted, analysis_options

if TYPE_CHECKING:
    from rich.table import Table

    from meguru.foresight.analysis import Drivers, Kept

LEAST, MOST = 3, 20  # drivers of a split that are shown: on the screen, at most


@click.command(short_help="Print when futures part, and what decides.")
@analysis_options
@click.option(
    "--top",
    type=click.IntRange(1, MOST),
    default=LEAST,
    show_default=True,
    help="Drivers shown of each split.",
)
def branches(
    wanted: Wanted,
    as_json: bool,
    top: int,
) -> None:
    """Print the splits of the groups: the year in which each is decided, and its drivers.

    A split that is no deeper than those of a continuum is called a cut of a continuum. Drivers are ranked by
    what happens when they are forced up and down.

    \b
    Examples:
      meguru foresight branches results/
      meguru foresight branches results/ --top 20
      meguru foresight branches results/ --json
    """
    from meguru.cli.foresight.analysed import head_of, print_sentences, sentence_data
    from meguru.cli.screen import print_json

    kept = wanted.kept()
    if as_json:
        print_json({**_data(kept), "sentences": sentence_data(kept, "branches")})
        return
    from rich.text import Text

    from meguru.cli.screen import QUIET, STRONG, console

    screen = console()
    screen.print(Text.assemble((kept.futures.model.name, STRONG), (head_of(kept), QUIET)))
    screen.print()
    if not kept.analysis.tree.splits:
        screen.print("One group: nothing parts.")
        return
    screen.print(_table(kept))
    for split, driven in zip(kept.analysis.tree.splits, kept.analysis.drivers, strict=True):
        if driven is not None and split.supported:
            screen.print()
            screen.print(_drivers(kept, driven, top))
    screen.print()
    print_sentences(kept, "branches")


def _data(kept: Kept) -> dict[str, Any]:
    from dataclasses import asdict

    found = kept.analysis
    rows = zip(found.tree.splits, found.branches, found.drivers, strict=True)
    return {
        "model": kept.futures.model.name,
        "provenance": found.provenance,
        "splits": [
            {
                "split": asdict(split),
                "branch": asdict(branch),
                "drivers": None if one is None else asdict(one),
            }
            for split, branch, one in rows
        ],
    }


def _table(kept: Kept) -> Table:
    from rich.text import Text

    from meguru.cli.screen import table
    from meguru.cli.values import language
    from meguru.foresight.telling.tell import chance_of, told_as_early
    from meguru.foresight.telling.words import codes_text, number, percent, reason_of

    shown = table()
    for title in ("split", "futures", "told from", "5 % – 95 %", "continuum", "p"):
        shown.add_column(title, justify="left" if title == "split" else "right", no_wrap=True)
    shown.add_column("what it is", overflow="fold")
    for split, branch in zip(kept.analysis.tree.splits, kept.analysis.branches, strict=True):
        years = [None if one is None else f"{one:g}" for one in (branch.year, branch.null_year)]
        interval = f"{branch.low:g} – {branch.high:g}" if branch.low is not None else "–"
        reason = reason_of(branch.reason)[language()] if branch.reason else "branch"
        if not branch.reason and told_as_early(branch):
            reason = f"branch; a continuum is told from {branch.null_year:g} on"
        kind = reason if not branch.reason or not split.supported else f"branch; {reason}"
        shown.add_row(
            f"{codes_text(split.left)} | {codes_text(split.right)}",
            percent(split.size / kept.futures.members.size),
            years[0] or "–",
            interval,
            years[1] or "–",
            number(chance_of(split)),
            Text(kind),
        )
    return shown


def _drivers(kept: Kept, driven: Drivers, top: int) -> Table:
    from rich.text import Text

    from meguru.cli.screen import number, table
    from meguru.cli.values import language
    from meguru.foresight.telling.words import change, codes_text, label_of, points

    model = kept.futures.model
    left, right = codes_text(driven.left), codes_text(driven.right)
    shown = table(f"what decides between {left} and {right}: share that ends in {left} when forced")
    shown.add_column("factor", overflow="fold")
    for title in ("forced by ±", "in", "points", "± error", "effect size", "importance"):
        shown.add_column(title, justify="right", no_wrap=True)
    for one in driven.nodes[:top]:
        forced = one.causal_effect is not None and one.error is not None
        shown.add_row(
            Text(label_of(model, one.node)[language()]),
            change(model, one.node, one.shift)[language()],
            f"{one.year:g}",
            points(one.causal_effect, signed=True) if forced and one.causal_effect is not None else "–",
            points(one.error) if forced and one.error is not None else "–",
            f"{one.effect_size:+.2f}",
            number(one.importance),
        )
    return shown
