"""An ensemble on the screen: bands of one year, which scenario is better how often, enough samples or not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from meguru.explore import Ensemble

SHOWN = ("p05", "p50", "p95")


def print_ensemble(found: Ensemble, year: int | None, files: list[Path]) -> None:
    """Everything that a person asks first."""
    from rich.text import Text

    from meguru.cli.screen import QUIET, STRONG, console
    from meguru.cli.tables import print_files

    screen = console()
    when = found.years[-1] if year is None else year
    screen.print(
        Text.assemble((found.model.name, STRONG), (f"  reference: {found.plan.reference}", QUIET)), end="\n\n"
    )
    _print_bands(screen, found, when)
    _print_better(screen, found, when)
    _print_stability(screen, found, year)
    print_files(screen, files)


def _print_bands(screen: Console, found: Ensemble, year: int) -> None:
    from meguru.cli.screen import QUIET, number, table
    from meguru.cli.values import label, records

    shown = table(f"In {year}")
    shown.add_column("indicator", overflow="fold")
    shown.add_column("scenario", overflow="fold")
    for name in ("mean", "5 %", "50 %", "95 %"):
        shown.add_column(name, justify="right", no_wrap=True)
    shown.add_column("unit", style=QUIET, no_wrap=True)
    frame = found.bands(levels=(0.05, 0.5, 0.95))
    rows = records(frame[frame["year"] == year])
    for name, indicator in found.indicators.items():
        for row in (one for one in rows if one["indicator"] == name):
            cells = [number(row[key]) for key in ("mean", *SHOWN)]
            shown.add_row(label(indicator, name), row["scenario"], *cells, row["unit"])
    screen.print(shown)
    screen.print()


def _print_better(screen: Console, found: Ensemble, year: int) -> None:
    """Per scenario and indicator: the probability of being better than the reference."""
    from meguru.cli.screen import QUIET, table
    from meguru.cli.values import label, records

    if len(found.scenarios) < 2:
        return
    if not any(one.wanted for one in found.indicators.values()):
        screen.print(
            "which scenario is better is not said: write 'wanted: more' or 'wanted: less' in an indicator",
            style=QUIET,
        )
        return
    shown = table(f"Better than {found.plan.reference} in {year}")
    shown.add_column("indicator", overflow="fold")
    shown.add_column("wanted")
    shown.add_column("scenario", overflow="fold")
    shown.add_column("in samples", justify="right", no_wrap=True)
    shown.add_column("95 % interval", justify="right", no_wrap=True)
    for row in records(found.better(year=year)):
        name = row["indicator"]
        cells = ["undefined", ""]
        if row["probability"] is not None:
            cells = [f"{row['probability']:.1%}", f"{row['low']:.1%} – {row['high']:.1%}"]
        shown.add_row(label(found.indicators[name], name), row["wanted"], row["scenario"], *cells)
    screen.print(shown)
    screen.print()


def _print_stability(screen: Console, found: Ensemble, year: int | None) -> None:
    """Whether there are enough samples: of the year asked for, else of every year."""
    from meguru.cli.remarks import ALIKE
    from meguru.cli.screen import BAD, GOOD, QUIET
    from meguru.cli.values import records
    from meguru.explore.ensembles.stability import FEWEST, in_words, stability

    settings: dict[str, Any] = found.provenance
    method = settings["sampling"]["method"]
    screen.print(f"{found.samples:,} samples, {method}, seed {settings['seed']}", style=QUIET)
    if found.plan.alike:
        screen.print(f"! {ALIKE}", style=BAD)
        return
    if found.samples < FEWEST:
        screen.print("! too few samples to say whether they are enough", style=BAD)
        return
    enough, sentences = in_words(records(stability(found, year=year)))
    for index, sentence in enumerate(sentences):
        screen.print(sentence if enough else f"! {sentence}", style=GOOD if enough and index == 0 else BAD)
