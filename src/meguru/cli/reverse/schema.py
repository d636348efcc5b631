"""``meguru reverse schema``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(short_help="Print the JSON Schema of a plant file or of unit data.")
@click.argument("what", type=click.Choice(["plant", "unit-data"]), default="plant")
@click.option("--out", "-o", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, as without.")
def schema(what: str, out: Path | None, as_json: bool) -> None:
    """Print the JSON Schema by which editors complete and check plant files and unit data.

    \b
    Examples:
      meguru reverse schema plant --out plant.schema.json
    """
    from meguru.cli.schema import print_schema
    from meguru.reverse.meter.plant_file import plant_schema
    from meguru.reverse.unit_data.records import unit_data_schema

    print_schema(plant_schema() if what == "plant" else unit_data_schema(), out, as_json)
