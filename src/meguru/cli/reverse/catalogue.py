"""``meguru reverse catalogue``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(short_help="Check a catalogue of product types, or make one from a table.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--from",
    "table_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A .csv or .xlsx with a line a type: name, maker, model, family, first_year, last_year, bom, …",
)
@click.option("--replace", is_flag=True, help="Write over the catalogue.yaml that is there.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def catalogue(folder: Path, table_file: Path | None, replace: bool, as_json: bool) -> None:
    """Check the catalogue in FOLDER, or write it from a table first.

    \b
    Examples:
      meguru reverse catalogue types --from types.csv
      meguru reverse catalogue types
    """
    from meguru.cli.screen import console, print_json
    from meguru.reverse.catalogue import import_catalogue, load_catalogue, save_catalogue
    from meguru.reverse.catalogue.files import FILE

    if table_file is not None:
        if (folder / FILE).exists() and not replace:
            raise click.UsageError(f"{folder / FILE} is there already; write over it with --replace.")
        save_catalogue(import_catalogue(table_file), folder)
    read = load_catalogue(folder)
    rows = [
        (name, one.maker, one.model, one.family or "", sum(1 for _ in read.photos_of(name)))
        for name, one in read.types.items()
    ]
    if as_json:
        keys = ("name", "maker", "model", "family", "photos")
        print_json({"folder": folder, "types": [dict(zip(keys, row, strict=True)) for row in rows]})
        return
    from meguru.cli.screen import table

    shown = table(f"{len(rows)} product types in {folder}")
    for title in ("type", "maker", "model", "family"):
        shown.add_column(title, overflow="fold")
    shown.add_column("photos", justify="right")
    for row in rows:
        shown.add_row(*map(str, row))
    console().print(shown)
