"""``meguru inventory export``."""

from __future__ import annotations

from pathlib import Path

import click

from meguru.cli.inventory.options import json_option


@click.command(short_help="Write a library as an openLCA package.")
@click.argument("library")
@click.option(
    "--out", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Zip; default NAME.zip here."
)
@click.option("--year", type=float, help="Where numbers change by year: openLCA holds one.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@json_option
def export(library: str, out: Path | None, year: float | None, force: bool, as_json: bool) -> None:
    """Write LIBRARY as an openLCA JSON-LD package, and list what openLCA can not hold.

    \b
    Examples:
      meguru inventory export meguru:open --year 2022
      meguru inventory export mine.yaml --out mine.zip
    """
    from meguru import inventory
    from meguru.cli.models import make_folder, refuse_overwriting
    from meguru.cli.screen import QUIET, console, print_json
    from meguru.cli.tables import print_files

    read = inventory.read_library(library)
    path = out or Path(f"{read.name}.zip")
    if not force:
        refuse_overwriting(path, "Write over it with --force, or name another with --out.")
    make_folder(path.parent)
    lost = inventory.export_openlca(read, path, year=year)
    if as_json:
        print_json({"files": [str(path)], "not_held": lost})
        return
    screen = console()
    if lost:
        screen.print("openLCA can not hold:", style=QUIET)
        for text in lost:
            screen.print(f"  {text}", style=QUIET, soft_wrap=True)
    print_files(screen, [path])
