"""Options that several commands have."""

from __future__ import annotations

import click

language_option = click.option(
    "--language",
    "spoken",
    type=click.Choice(("en", "ja")),
    help="Shown first in the report, which holds both.",
)
