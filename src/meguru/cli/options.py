"""Options that several commands have."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

PAGES = (".html", ".htm")
REPORTS = (*PAGES, ".xlsx")
MODELS = (".yaml", ".yml", ".json")


class FileToWrite(click.Path):
    """A file to write whose name ends in one of several ways.

    A name that ends otherwise is refused before anything is computed.
    """

    def __init__(self, endings: tuple[str, ...]) -> None:
        super().__init__(dir_okay=False, path_type=Path)
        self.endings = endings

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if path.suffix.lower() not in self.endings:
            *others, last = self.endings
            ends = f"{', '.join(others)} or {last}" if others else last
            self.fail(f"'{path.name}' should end in {ends}.", param, ctx)
        return path


language_option = click.option(
    "--language",
    "spoken",
    type=click.Choice(("en", "ja")),
    help="Shown first in the report, which holds both.",
)
