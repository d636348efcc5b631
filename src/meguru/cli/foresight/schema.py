"""``meguru foresight schema``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(short_help="Print the JSON Schema of a causal model file.")
@click.option("--out", "-o", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, as without.")
def schema(out: Path | None, as_json: bool) -> None:
    """Print the JSON Schema by which editors complete and check causal model files.

    \b
    Examples:
      meguru foresight schema --out causal.schema.json

    In the first line of a model file it is named so:

    \b
      # yaml-language-server: $schema=causal.schema.json
    """
    from meguru.cli.schema import print_schema
    from meguru.foresight.schema import json_schema

    print_schema(json_schema(), out, as_json)
