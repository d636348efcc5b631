"""``meguru foresight report``."""

from __future__ import annotations

from pathlib import Path

import click

from meguru.cli.foresight.analysed import Wanted, analysis_options
from meguru.cli.options import PAGES, FileToWrite, language_option


@click.command(short_help="Write the HTML report: tree, groups, branches, drivers, conditions, deadlines.")
@analysis_options
@click.option(
    "--out",
    "-o",
    type=FileToWrite(PAGES),
    help="Default: report.html beside the results.",
)
@language_option
def report(
    wanted: Wanted,
    as_json: bool,
    out: Path | None,
    spoken: str | None,
) -> None:
    """Write one self-contained HTML report of simulated futures, in English and Japanese.

    Every sentence in it unfolds to what it rests on: scenarios that can be replayed, influences, authors,
    citations.

    \b
    Examples:
      meguru foresight report results/
      meguru foresight report results/ --out futures.html --language ja
    """
    from meguru.cli.models import make_folder
    from meguru.cli.screen import console, print_json
    from meguru.cli.tables import print_files
    from meguru.cli.values import language
    from meguru.report.foresight import write_futures_report

    path = out or wanted.results / "report.html"
    kept = wanted.kept()
    make_folder(path.parent)
    write_futures_report(kept.futures, kept.analysis, path, spoken or language())
    if as_json:
        print_json({"model": kept.futures.model.name, "files": [str(path)]})
    else:
        print_files(console(), [path])
