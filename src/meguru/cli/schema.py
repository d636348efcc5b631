"""``meguru schema``."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command(short_help="Print the JSON Schema of a model file.")
@click.option("--library", is_flag=True, help="Of a library file, in which every section is optional.")
@click.option("--out", "-o", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, as without.")
def schema(library: bool, out: Path | None, as_json: bool) -> None:
    """Print the JSON Schema by which editors complete and check model files.

    \b
    Examples:
      meguru schema --out meguru.schema.json
      meguru schema --library

    In the first line of a model file it is named so:

    \b
      # yaml-language-server: $schema=meguru.schema.json
    """
    from meguru.model.schema import json_schema

    text = f"{json.dumps(json_schema(library=library), ensure_ascii=False, indent=2)}\n"
    if out is None:
        click.echo(text, nl=False)
        return
    from meguru.cli.screen import console, print_json
    from meguru.cli.tables import print_files
    from meguru.files.writing import write_beside

    write_beside(out, text.encode("utf-8"))
    if as_json:
        print_json({"files": [str(out)]})
    else:
        print_files(console(), [out])
