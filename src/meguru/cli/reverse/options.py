"""Arguments and options that several commands of ``meguru reverse`` have."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

plant_argument = click.argument("plant", type=click.Path(dir_okay=False, exists=True, path_type=Path))
store_argument = click.argument("store", type=click.Path(file_okay=False, path_type=Path))
filled_store_argument = click.argument("store", type=click.Path(file_okay=False, exists=True, path_type=Path))
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def day_of(ctx: click.Context, option: click.Parameter, text: str | None) -> int | None:
    """A day as 2026-04-01, counted from 1970."""
    if text is None:
        return None
    try:
        return (date.fromisoformat(text) - date(1970, 1, 1)).days
    except ValueError:
        raise click.BadParameter(f"'{text}' is no day; write it as 2026-04-01") from None
