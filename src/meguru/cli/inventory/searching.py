"""``meguru inventory search``."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from meguru.cli.inventory.options import json_option, library_option

if TYPE_CHECKING:
    from meguru.inventory import Hit


@click.command(short_help="Find flows, activities and impact categories by any of their names.")
@click.argument("text")
@library_option
@json_option
def search(text: str, library: str, as_json: bool) -> None:
    """List what has all words of TEXT in its names: label in any language, alias, CAS number.

    \b
    Examples:
      meguru inventory search steel
      meguru inventory search 電力 --library database.yaml
    """
    from meguru import inventory
    from meguru.cli.screen import print_json

    hits = inventory.search(inventory.read_library(library), text)
    if as_json:
        print_json([dataclasses.asdict(hit) for hit in hits])
    else:
        _print(hits, text, library)


def _print(hits: list[Hit], text: str, library: str) -> None:
    from rich.text import Text

    from meguru.cli.screen import BAD, QUIET, console, table

    screen = console()
    if not hits:
        screen.print(f"Nothing in {library} has '{text}' in its names.")
        return
    found = table()
    for heading in ("name", "kind", "label", "unit", "regions", "source"):
        found.add_column(heading, overflow="fold")
    for hit in hits:
        source = Text(hit.source or "not stated", style="" if hit.source else BAD)
        if hit.assumed:
            source = Text.assemble(("assumed: ", BAD), source)
        label = "" if hit.label == hit.name else hit.label
        found.add_row(hit.name, hit.kind, label, hit.unit, hit.region or "", source)
    screen.print(found)
    screen.print(f"{len(hits)} of {library}", style=QUIET)
