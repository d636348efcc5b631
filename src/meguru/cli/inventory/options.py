"""What several commands of ``meguru inventory`` share."""

from __future__ import annotations

import click

DEFAULT_LIBRARY = "meguru:open"
library_option = click.option(
    "--library",
    "-l",
    default=DEFAULT_LIBRARY,
    show_default=True,
    metavar="LIBRARY",
    help="File, or meguru:NAME.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
