"""``meguru new``."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import click

TEMPLATE = Path(__file__).parent / "template" / "model.yaml"


@click.command(short_help="Start a model of your own.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", help="Name of the model; default that of the folder.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def new(folder: Path, name: str | None, as_json: bool) -> None:
    """Start a model in a folder, from a small one that runs and is explained line by line.

    The JSON Schema is put beside it: editors with a YAML language server complete and check by it.

    \b
    Examples:
      meguru new my-product
      meguru new models/pump --name pump
    """
    from meguru.cli.models import make_folder, refuse_overwriting
    from meguru.cli.screen import QUIET, console, print_json
    from meguru.cli.tables import print_files
    from meguru.files.writing import write_beside
    from meguru.model.schema import json_schema

    path = folder / "model.yaml"
    refuse_overwriting(path, "Name another folder.")
    make_folder(folder)
    called = json.dumps(name or folder.resolve().name, ensure_ascii=False)
    text = re.sub(
        r"(?m)^name: .*$", lambda _: f"name: {called}", TEMPLATE.read_text(encoding="utf-8"), count=1
    )
    schema = folder / "meguru.schema.json"
    write_beside(schema, f"{json.dumps(json_schema(), ensure_ascii=False, indent=2)}\n".encode())
    write_beside(path, text.encode("utf-8"))
    if as_json:
        print_json({"files": [str(path), str(schema)]})
        return
    screen = console()
    print_files(screen, [path])
    screen.print()
    shown, report = shlex.quote(str(folder)), shlex.quote(str(folder / "report.html"))
    screen.print(f"meguru check {shown}", style=QUIET, soft_wrap=True)
    screen.print(f"meguru compare {shown} --out {report}", style=QUIET, soft_wrap=True)
