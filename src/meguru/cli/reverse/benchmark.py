"""``meguru reverse benchmark``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click


@click.command(short_help="How well looks alone tell types apart, on references and test photos of a folder.")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def benchmark(folder: Path, as_json: bool) -> None:
    """Learn from the references of FOLDER, judge its test photos by their looks alone.

    FOLDER holds split.json and the photos below img/: classes, a list of names; refs, each [path, class,
    icon or nat, number]; test, each [path, class]. Nothing is chosen by the test photos.

    \b
    Example:
      meguru reverse benchmark grocery_fewshot
    """
    from meguru.cli.screen import QUIET, console, print_json, table
    from meguru.reverse.identify import benchmark as run

    found = run(folder)
    if as_json:
        print_json({"folder": folder, **asdict(found)})
        return
    shown = table(f"{found.types} types, {found.references} references, {found.photos} test photos")
    shown.add_column("by looks alone")
    shown.add_column("value", justify="right")
    shown.add_column("± standard error", justify="right")
    shown.add_column("references promised", justify="right", style=QUIET)
    hoped = found.expected
    for title, share, promised in (
        ("top 1", found.top_1, hoped and hoped.top_1),
        ("top 5", found.top_5, hoped and hoped.top_5),
        ("known from unknown types (AUROC)", found.auroc, hoped and hoped.auroc),
    ):
        shown.add_row(
            title, f"{share.value:.3f}", f"{share.error:.3f}", "" if promised is None else f"{promised:.3f}"
        )
    shown.add_row("… every fifth type unknown, first turn", f"{found.auroc_first:.3f}", "", "")
    shown.add_row("processor time a photo", f"{found.cpu_ms:.0f} ms", "", "")
    console().print(shown)
