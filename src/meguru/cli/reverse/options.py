"""Arguments and options that several commands of ``meguru reverse`` have."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

plant_argument = click.argument("plant", type=click.Path(dir_okay=False, exists=True, path_type=Path))
store_argument = click.argument("store", type=click.Path(file_okay=False, path_type=Path))
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class Day(click.ParamType):
    """A day as 2026-04-01; gives days since 1970."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        try:
            return (date.fromisoformat(value) - date(1970, 1, 1)).days
        except ValueError:
            self.fail(f"'{value}' is no day; write it as 2026-04-01", param, ctx)
