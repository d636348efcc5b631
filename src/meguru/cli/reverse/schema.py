"""``meguru reverse schema``."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

HOMES = {
    "catalogue": "meguru.reverse.catalogue.files:catalogue_schema",
    "plant": "meguru.reverse.meter.plant_file:plant_schema",
    "unit-data": "meguru.reverse.unit_data.records:unit_data_schema",
    "chains": "meguru.reverse.unit_data.export:chains_schema",
}


@click.command(short_help="Print the JSON Schema of a catalogue, a plant file, unit data or chains.")
@click.argument("what", type=click.Choice(list(HOMES)), default="plant")
@click.option("--out", "-o", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, as without.")
def schema(what: str, out: Path | None, as_json: bool) -> None:
    """Print the JSON Schema by which editors complete and check these files.

    \b
    Examples:
      meguru reverse schema plant --out plant.schema.json
      meguru reverse schema catalogue --out types/catalogue.schema.json

    In the first line of a file it is named so:

    \b
      # yaml-language-server: $schema=catalogue.schema.json
    """
    from meguru.cli.schema import print_schema

    module, _, name = HOMES[what].partition(":")
    print_schema(getattr(import_module(module), name)(), out, as_json)
