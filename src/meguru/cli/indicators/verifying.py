"""``meguru indicators verify``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from meguru.cli.main import OK, RUN_FAULT

if TYPE_CHECKING:
    from meguru.indicators.verification import Verdict

SIGNS = {"passed": "✓", "failed": "✗", "not reproduced": "✓", "series": "·", "contradiction": "·"}


@click.command(short_help="Hold a file of worked examples against the formulas.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--names",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Mapping of the names in FILE, where they are others than those that meguru knows.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(file: Path, names: Path | None, as_json: bool) -> int:
    """Evaluate a file of worked examples: a line an entry; the exit code is 3 if one fails.

    Everything is read from FILE. Negative controls (published wrong values) must not come out; entries with
    published output only, and those whose source contradicts itself, are listed. Entries that were derived
    by hand prove arithmetic, not conformance to a standard.

    \b
    Examples:
      meguru indicators verify worked_examples.yaml
      meguru indicators verify ours.yaml --names names.yaml --json
    """
    from meguru.cli.screen import print_json
    from meguru.indicators.verification import verify_file

    verdicts = verify_file(file, names)
    failed = [one for one in verdicts if not one.good]
    if as_json:
        print_json({"file": str(file), "ok": not failed, "entries": [_data(one) for one in verdicts]})
    else:
        _print(verdicts)
    return RUN_FAULT if failed else OK


def _data(one: Verdict) -> dict[str, Any]:
    return {
        "id": one.id,
        "indicator": one.indicator,
        "status": one.status,
        "outcome": one.outcome,
        "compared": one.compared,
        "detail": one.detail,
    }


def _print(verdicts: list[Verdict]) -> None:
    from collections import Counter

    from rich.text import Text

    from meguru.cli.screen import BAD, GOOD, QUIET, STRONG, console

    screen = console()
    width = max((len(one.id) for one in verdicts), default=0)
    for one in verdicts:
        colour = BAD if not one.good else QUIET if one.outcome in ("series", "contradiction") else GOOD
        values = f"{one.compared} value{'s' if one.compared != 1 else ''}"
        about = one.detail if not one.good or not one.compared else values
        screen.print(
            Text.assemble(
                (f"{SIGNS[one.outcome]} {one.outcome:<15}", colour),
                (f"{one.id:<{width}}  ", STRONG),
                about,
                (f"  {one.status}", QUIET),
            ),
            soft_wrap=True,
        )
    counts = Counter(one.outcome for one in verdicts)
    screen.print()
    screen.print(", ".join(f"{counts[name]} {name}" for name in SIGNS if counts[name]) or "no entries")
    by_hand = sum(1 for one in verdicts if one.status.startswith("hand_derived") and one.outcome == "passed")
    if by_hand:
        screen.print(
            f"{by_hand} of those passed were derived by hand: they prove arithmetic, not conformance.",
            style=QUIET,
            soft_wrap=True,
        )
