"""``meguru reverse unit-data``, ``approve`` and ``library``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from meguru.cli.reverse.options import filled_store_argument, json_option, plant_argument

if TYPE_CHECKING:
    from meguru.reverse.unit_data.records import UnitData


@click.command(short_help="Unit data by type and step from readings, as a new version.")
@plant_argument
@filled_store_argument
@click.argument("versions", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--level", type=click.FloatRange(0.5, 0.999), default=0.95, show_default=True, help="Of the intervals."
)
@json_option
def unit_data(plant: Path, store: Path, versions: Path, level: float, as_json: bool) -> None:
    """Estimate kWh and seconds per item by type and step, and keep them in the folder VERSIONS as a draft.

    Types with few items borrow from their family and the step. Where nothing changed no version is added.

    \b
    Examples:
      meguru reverse unit-data plant.yaml store versions
    """
    from meguru.cli.reverse.segmenting import measure
    from meguru.cli.screen import print_json
    from meguru.reverse.unit_data.measured import to_unit_data
    from meguru.reverse.unit_data.records import add_version, as_data, read_unit_data

    read, measured = measure(plant, store)
    path = add_version(to_unit_data(read, measured, level=level), versions)
    data = read_unit_data(path)
    if as_json:
        print_json({**as_data(data), "file": str(path)})
    else:
        show(data, path)


def show(data: UnitData, path: Path | None = None) -> None:
    """Unit data as a table."""
    from rich.text import Text

    from meguru.cli.screen import BAD, QUIET, STRONG, console, number, table
    from meguru.cli.tables import print_files
    from meguru.reverse.unit_data.measured import table as as_table

    screen = console()
    about = f"  version {data.version}, {data.status}, {data.first} to {data.last}"
    screen.print(
        Text.assemble((data.plant, STRONG), (about, QUIET), ("  synthetic" if data.synthetic else "", BAD))
    )
    shown = table()
    for head in ("step", "type"):
        shown.add_column(head, no_wrap=True)
    for head in ("items", "kWh/item", "interval", "gsd", "idle kWh", "s/item", "kWh/kg", "own"):
        shown.add_column(head, justify="right", no_wrap=True)
    for row in as_table(data).to_dict("records"):
        known = row["low"] is not None and row["low"] == row["low"]
        shown.add_row(
            row["step"],
            row["type"],
            str(row["count"]),
            number(row["kwh"]),
            f"{row['low']:.3g}–{row['high']:.3g}" if known else "undefined",
            number(row["gsd"]) if known else "undefined",
            number(row["idle"]),
            number(row["seconds"]),
            number(row["kwh_per_kg"]) if row["kwh_per_kg"] is not None else "",
            f"{100 * row['own']:.0f} %",
        )
    screen.print(shown)
    if path is not None:
        print_files(screen, [path])


@click.command(short_help="Approve a version of unit data.")
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--by", required=True, help="Who approves it.")
@json_option
def approve(file: Path, by: str, as_json: bool) -> None:
    """Approve a version: who and when are written into the FILE. An approved version is not changed any more.

    \b
    Examples:
      meguru reverse approve versions/0001.unit-data.yaml --by "A. Sato"
    """
    from meguru.cli.screen import console, print_json
    from meguru.reverse.unit_data import records

    data = records.approve(file, by)
    if as_json:
        print_json(
            {"version": data.version, "approved_by": data.approved_by, "approved_at": data.approved_at}
        )
    else:
        console().print(f"version {data.version} approved by {data.approved_by}, {data.approved_at}")


@click.command(short_help="Unit data and chains as an inventory library.")
@click.argument("versions", type=click.Path(file_okay=False, exists=True, path_type=Path))
@click.argument("chains", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option(
    "--out", "-o", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Library (YAML)."
)
@click.option(
    "--openlca", type=click.Path(dir_okay=False, path_type=Path), help="openLCA package (zip) as well."
)
@click.option("--draft", is_flag=True, help="Take the newest version even if nobody approved it.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@json_option
def library(
    versions: Path, chains: Path, out: Path, openlca: Path | None, draft: bool, force: bool, as_json: bool
) -> None:
    """Write the newest approved version in VERSIONS, and its CHAINS, as a library that models take from.

    \b
    Examples:
      meguru reverse library versions chains.yaml --out dismantling.yaml --openlca dismantling.zip
    """
    from meguru import inventory
    from meguru.cli.models import make_folder, refuse_overwriting
    from meguru.cli.screen import QUIET, console, number, print_json
    from meguru.cli.tables import print_files
    from meguru.reverse.unit_data.export import chain_energy, read_chains, to_library
    from meguru.reverse.unit_data.records import latest

    data, read = latest(versions, drafts=draft), read_chains(chains)
    made = to_library(data, read, drafts=draft)
    files = [out, *([openlca] if openlca is not None else [])]
    for path in files:
        if not force:
            refuse_overwriting(path, "Write over it with --force, or name another.")
        make_folder(path.parent)
    inventory.write_library(made, out)
    lost = [] if openlca is None else inventory.export_openlca(made, openlca)
    sums = {name: chain_energy(data, chain) for name, chain in read.chains.items()}
    if as_json:
        chain = {name: {"kwh": one.mean, "sd": one.sd} for name, one in sums.items()}
        print_json(
            {
                "version": data.version,
                "status": data.status,
                "chains": chain,
                "not_held": lost,
                "files": files,
            }
        )
        return
    screen = console()
    for name, one in sums.items():
        screen.print(f"{name}: {number(one.mean)} kWh per item, standard uncertainty {number(one.sd)}")
        screen.print(f"  (if no error were shared: {number(one.independent_sd)})", style=QUIET)
    for text in lost:
        screen.print(f"openLCA can not hold {text}", style=QUIET, soft_wrap=True)
    print_files(screen, files)
