"""``meguru compare``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from meguru.cli.options import REPORTS, FileToWrite, language_option

if TYPE_CHECKING:
    from pandas import DataFrame

    from meguru.engine import Comparison
    from meguru.model import Model


@click.command(short_help="Run several scenarios side by side.")
@click.argument("model")
@click.option(
    "--scenario", "-s", "scenarios", multiple=True, help="A scenario, may be repeated; default all."
)
@click.option(
    "--samples",
    type=click.IntRange(1, 10_000_000),
    help="Samples of the uncertain numbers; default their means.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**64 - 1),
    default=0,
    show_default=True,
    help="Of the random numbers, common to all scenarios.",
)
@click.option("--out", "-o", type=FileToWrite(REPORTS), help="Report to write, .html or .xlsx.")
@language_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def compare(
    model: str,
    scenarios: tuple[str, ...],
    samples: int | None,
    seed: int,
    out: Path | None,
    spoken: str | None,
    as_json: bool,
) -> None:
    """Run scenarios of a model side by side, print their indicators, and write a report with --out.

    The reference scenario is always among them. Published values stand beside ours where the model has them.

    \b
    Examples:
      meguru compare compressor-magnet
      meguru compare examples/compressor-magnet/model.yaml --out report.html
      meguru compare atm-parts -s measure-1 -s measure-2 --json
    """
    import meguru
    from meguru.cli.models import known_scenarios, make_folder, read_model
    from meguru.cli.screen import print_json, progress
    from meguru.cli.values import language

    read = read_model(model)
    names = known_scenarios(read, scenarios) or None
    with progress("running", samples) as advance:
        comparison = meguru.compare(read, names, samples=samples, seed=seed, progress=advance)
        frame = meguru.evaluate(comparison)
    if out is not None:
        make_folder(out.parent)
        meguru.write_report(comparison, out, language=spoken or language())
    if as_json:
        print_json(_data(comparison, frame, out))
    else:
        _print(read, comparison, frame, out)


def _data(comparison: Comparison, frame: DataFrame, out: Path | None) -> dict[str, object]:
    from meguru.cli.remarks import unmet_data
    from meguru.cli.values import records

    first = next(iter(comparison.results.values()))
    return {
        "model": first.model.name,
        "reference": comparison.reference,
        "scenarios": list(comparison.results),
        "provenance": {name: result.provenance for name, result in comparison.results.items()},
        "unmet": {name: unmet_data(result) for name, result in comparison.results.items()},
        "indicators": records(frame),
        "files": [] if out is None else [str(out)],
    }


def _print(model: Model, comparison: Comparison, frame: DataFrame, out: Path | None) -> None:
    from rich.text import Text

    from meguru.cli.remarks import print_remarks
    from meguru.cli.screen import QUIET, STRONG, console
    from meguru.cli.tables import print_files, scenario_tables
    from meguru.cli.values import Values

    screen = console()
    screen.print(Text.assemble((model.name, STRONG), (f"  reference: {comparison.reference}", QUIET)))
    screen.print()
    if model.indicators:
        for shown in scenario_tables(Values(model, frame), comparison.results, screen.width):
            screen.print(shown)
            screen.print()
    else:
        screen.print("no indicators in the model", style=QUIET)
    print_remarks(screen, comparison.results.values())
    print_files(screen, [] if out is None else [out])
