"""``meguru inventory import``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from meguru.cli.inventory.options import json_option

if TYPE_CHECKING:
    from meguru.inventory import Library, StandIn

TABLE, OPENLCA, ECOSPOLD = "table", "openlca", "ecospold"
BRIGHTWAY = "brightway:"


@click.command("import", short_help="Read a table, openLCA, EcoSpold or Brightway as a library.")
@click.argument("source")
@click.option(
    "--out",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Library file; default NAME.yaml here.",
)
@click.option(
    "--into",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Library file to which it is added. Activities of the same name are replaced; flows and impact "
    "categories only with --force.",
)
@click.option(
    "--columns",
    type=click.Path(path_type=Path),
    help="Of a table: the file that says which column means what.",
)
@click.option(
    "--method",
    "methods",
    multiple=True,
    metavar="IMPACT=NAME",
    help="Of Brightway: impact category and method, its parts with /, may be repeated.",
)
@click.option("--project", help="Of Brightway; default the current project.")
@click.option(
    "--take",
    multiple=True,
    metavar="NAME",
    help="Only this flow or activity and what it needs, may be repeated.",
)
@click.option(
    "--solve", "solved", is_flag=True, help="Give reference flows the factors of all that lies behind them."
)
@click.option("--year", type=float, help="With --solve, where factors change by year.")
@click.option("--region", help="Of activities that name none, as JP.")
@click.option("--licence", help="Licence of the data, where the source does not say it.")
@click.option("--force", is_flag=True, help="Write over a file, or over flows with --into.")
@json_option
def import_(
    source: str,
    out: Path | None,
    into: Path | None,
    columns: Path | None,
    methods: tuple[str, ...],
    project: str | None,
    take: tuple[str, ...],
    solved: bool,
    year: float | None,
    region: str | None,
    licence: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Read SOURCE as an inventory library and write it as a file that models can take from.

    SOURCE is a table (.csv, .xlsx, with --columns), an openLCA package (.zip or its folder), EcoSpold (.xml,
    .spold or a folder of them), a library, or brightway:DATABASE (needs meguru[lca]).

    \b
    Examples:
      meguru inventory import intensities.xlsx --columns columns.yaml
      meguru inventory import package.zip --take "steel, hot rolled" --solve
      meguru inventory import measured.yaml --into plant.yaml
      meguru inventory import brightway:ecoinvent --method climate="IPCC 2021/GWP100" --project mine
    """
    from meguru import inventory
    from meguru.cli.models import make_folder, refuse_overwriting
    from meguru.inventory.links import UNRATED
    from meguru.inventory.updating import with_origin

    if into is not None and out is not None:
        raise click.UsageError("--into adds to a library that is there, --out is a new one: name one.")
    library = _read(source, columns, _methods(methods), project)
    if licence is not None:
        library.licence = licence
    if take:
        library = inventory.subset(library, take)
    gaps = inventory.find_gaps(library, region=region)
    stand_ins = inventory.find_stand_ins(library, region=region)
    if solved:
        library = inventory.solve(library, year=year, region=region).library
    path = into or out or Path(f"{library.name}.yaml")
    if into is not None:
        _add(into, with_origin(library), force)
    else:
        if not force:
            refuse_overwriting(path, "Write over it with --force, or name another with --out.")
        make_folder(path.parent)
        inventory.write_library(library, path)
    _report(library, path, sum(gap.why != UNRATED for gap in gaps), stand_ins, as_json)


def _add(path: Path, part: Library, force: bool) -> None:
    """Add to a library file; its flows and impact categories stay as they are unless that is forced."""
    from meguru import inventory

    if not force:
        held = inventory.read_library(path)
        part.flows = {name: one for name, one in part.flows.items() if name not in held.flows}
        part.impacts = {name: one for name, one in part.impacts.items() if name not in held.impacts}
    inventory.update_library(path, part)


def _read(source: str, columns: Path | None, methods: dict[str, list[str]], project: str | None) -> Library:
    from meguru import inventory

    if source.startswith(BRIGHTWAY):
        if not methods:
            raise click.UsageError("A Brightway database needs --method IMPACT=NAME.")
        return inventory.import_brightway(source.removeprefix(BRIGHTWAY), methods, project=project)
    path = Path(source)
    form = _form(path)
    if form == TABLE:
        if columns is None:
            raise click.UsageError("A table needs --columns: the file that says which column means what.")
        return inventory.import_table(path, columns)
    if form == OPENLCA:
        return inventory.import_openlca(path)
    if form == ECOSPOLD:
        return inventory.import_ecospold(path)
    return inventory.read_library(source)


def _form(path: Path) -> str | None:
    """What a source is, by its suffix or, of a folder, by what is in it."""
    if path.is_dir():
        return OPENLCA if any((path / name).is_dir() for name in ("processes", "flows")) else ECOSPOLD
    suffixes = {".csv": TABLE, ".xlsx": TABLE, ".zip": OPENLCA, ".xml": ECOSPOLD, ".spold": ECOSPOLD}
    return suffixes.get(path.suffix.lower())


def _methods(given: tuple[str, ...]) -> dict[str, list[str]]:
    found = {}
    for text in given:
        impact, line, name = text.partition("=")
        if not line or not impact or not name:
            raise click.UsageError(f"--method {text}: write IMPACT=NAME, as climate='IPCC 2021/GWP100'.")
        found[impact.strip()] = [part.strip() for part in name.split("/")]
    return found


def _report(library: Library, path: Path, missing: int, stand_ins: list[StandIn], as_json: bool) -> None:
    from meguru import inventory
    from meguru.cli.inventory.warnings import print_warnings
    from meguru.cli.screen import BAD, QUIET, console, print_json
    from meguru.cli.tables import print_files

    sizes = {
        "impacts": len(library.impacts),
        "flows": len(library.flows),
        "activities": len(library.activities),
    }
    unknown = inventory.unknown_units(library)
    if as_json:
        told = {"without_factor": missing, "stand_ins": len(stand_ins), "unknown_units": unknown}
        print_json({"files": [str(path)], **sizes, **told})
        return
    screen = console()
    screen.print(", ".join(f"{count} {what}" for what, count in sizes.items()), style=QUIET)
    if missing:
        hint = f"meguru inventory show --library {path}"
        screen.print(
            f"{missing} products and wastes are without factor: {hint}",
            style=BAD,
            soft_wrap=True,
        )
    print_warnings(screen, stand_ins, unknown)
    if not library.impacts:
        screen.print("no impact category: the library rates nothing", style=BAD)
    if not library.licence:
        screen.print("the library states no licence; --licence adds it", style=BAD)
    print_files(screen, [path])
