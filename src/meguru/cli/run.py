"""``meguru run``."""

from __future__ import annotations

import re
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from meguru.errors import WriteError

if TYPE_CHECKING:
    from pandas import DataFrame

    from meguru.engine import Result
    from meguru.model import Model

FORMATS = ("parquet", "csv", "xlsx")


@click.command(short_help="Run one scenario and print its indicators.")
@click.argument("model")
@click.option("--scenario", "-s", help="Name of the scenario; default the reference.")
@click.option(
    "--samples",
    type=click.IntRange(1, 10_000_000),
    help="Samples of the uncertain numbers; default their means.",
)
@click.option(
    "--seed", type=click.IntRange(0, 2**64 - 1), default=0, show_default=True, help="Of the random numbers."
)
@click.option("--out", "-o", type=click.Path(file_okay=False, path_type=Path), help="Folder for the results.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help=f"Of the tables that --out writes; default {FORMATS[0]}.",
)
@click.option(
    "--engine",
    type=click.Choice(("cohorts", "items")),
    default="cohorts",
    show_default=True,
    help="cohorts: expected values. items: every product and followed part by itself, by chance.",
)
@click.option(
    "--fleet",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With items: CSV or XLSX, what is in use at the start, a row a unit.",
)
@click.option(
    "--histories",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With items: write what happened to each serial number to this CSV file.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def run(
    model: str,
    scenario: str | None,
    samples: int | None,
    seed: int,
    out: Path | None,
    form: str | None,
    engine: str,
    fleet: Path | None,
    histories: Path | None,
    as_json: bool,
) -> None:
    """Run one scenario of a model, print its indicators, and write everything with --out.

    The folder gets SCENARIO.nc (all arrays, the model and provenance) and SCENARIO/ with tidy tables; those
    of an earlier run of the scenario are taken away.

    \b
    Examples:
      meguru run compressor-magnet --scenario B
      meguru run examples/atm-parts/model.yaml --scenario measure-2 --out results/
      meguru run model.yaml --samples 1000 --seed 7 --out results/ --format csv
      meguru run motor --json
      meguru run model.yaml --engine items --samples 400 --seed 1
      meguru run model.yaml --engine items --fleet fleet.csv --histories histories.csv
    """
    import meguru
    from meguru.cli.models import known_scenarios, read_model
    from meguru.cli.screen import print_json, progress

    if form is not None and out is None:
        raise click.UsageError("--format is of the tables that --out writes; say where to: --out FOLDER")
    if engine != "items" and (fleet is not None or histories is not None):
        raise click.UsageError("--fleet and --histories are of individuals: --engine items")
    read = read_model(model)
    names = known_scenarios(read, [scenario] if scenario else [])
    with progress("running", samples) as advance:
        result = meguru.run(
            read,
            scenario=names[0] if names else None,
            engine=engine,
            samples=samples,
            seed=seed,
            progress=advance,
            fleet=fleet,
            histories=histories is not None,
        )
        frame = meguru.evaluate(result)
    files = [] if out is None else write_result(result, out, form or FORMATS[0])
    if histories is not None:
        files.append(write_histories(result, histories))
    if as_json:
        print_json(_data(result, frame, files))
    else:
        _print(read, result, frame, files)


def write_result(result: Result, folder: Path, form: str) -> list[Path]:
    """NetCDF file and tidy tables of a result.

    All is written beside first. Then the tables of an earlier run go before anything of this one comes:
    whoever kills the command finds files missing, but never those of two runs together.
    """
    from meguru.cli.models import make_folder
    from meguru.engine.results.tables import save_tables

    make_folder(folder)
    name = re.sub(r'[\\/:*?"<>|\x00-\x1f]|^\.+', "_", result.scenario)
    path, tables = folder / f"{name}.nc", folder / name
    beside = folder / f".{name}.{secrets.token_hex(4)}.part"
    try:
        written = save_tables(result, beside, form)
        result.save(beside / path.name)
        make_folder(tables)
        _take_away_older(tables)
        (beside / path.name).replace(path)
        return [path, *(one.replace(tables / one.name) for one in written)]
    except OSError as error:
        raise WriteError(f"can not be written: {error.strerror or error}", file=str(folder)) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def write_histories(result: Result, path: Path) -> Path:
    """Events by serial number as a CSV file, in a folder that is made if it is not there."""
    from meguru.cli.models import make_folder

    make_folder(path.parent)
    assert result.histories is not None
    try:
        result.histories.to_csv(path, index=False)
    except OSError as error:
        raise WriteError(f"can not be written: {error.strerror or error}", file=str(path)) from error
    return path


def _take_away_older(folder: Path) -> None:
    """Tables of an earlier run; whatever else someone keeps in the folder stays."""
    from meguru.engine.results.labelled import ARRAYS

    if not any((folder / one).exists() for one in ("provenance.json", "result.xlsx")):
        return
    names = [f"{array}.{form}" for array in ARRAYS for form in FORMATS]
    for path in (folder / name for name in ("provenance.json", *names, "result.xlsx")):
        path.unlink(missing_ok=True)


def _data(result: Result, frame: DataFrame, files: list[Path]) -> dict[str, Any]:
    from meguru.cli.remarks import unmet_data
    from meguru.cli.values import records

    return {
        "model": result.model.name,
        "scenario": result.scenario,
        "provenance": result.provenance,
        "balance": result.largest_residual,
        "unmet": unmet_data(result),
        "indicators": records(frame),
        "files": [str(path) for path in files],
    }


def _print(model: Model, result: Result, frame: DataFrame, files: list[Path]) -> None:
    from rich.text import Text

    from meguru.cli.remarks import print_remarks
    from meguru.cli.screen import QUIET, STRONG, console
    from meguru.cli.tables import print_files, year_table
    from meguru.cli.values import Values

    screen = console()
    screen.print(Text.assemble((model.name, STRONG), "  ", result.scenario))
    if model.indicators:
        screen.print()
        screen.print(year_table(Values(model, frame), result.scenario, screen.width))
    else:
        screen.print("no indicators in the model", style=QUIET)
    screen.print()
    print_remarks(screen, [result])
    print_files(screen, files)
