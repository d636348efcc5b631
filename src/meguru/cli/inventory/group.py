"""``meguru inventory`` and its commands."""

from __future__ import annotations

import click

from meguru.cli.lazy import LazyGroup

HOMES = {
    "search": "meguru.cli.inventory.searching:search",
    "show": "meguru.cli.inventory.showing:show",
    "import": "meguru.cli.inventory.importing:import_",
    "export": "meguru.cli.inventory.exporting:export",
}


@click.group(cls=LazyGroup, homes=HOMES, short_help="Unit process data: search, show, import, export.")
def inventory() -> None:
    """Unit process data and factors: what a process takes and gives, and what that burdens.

    LIBRARY is a file, or the name of one that comes with meguru: meguru:open. A model takes from it with
    'libraries: [meguru:open]'.

    \b
    Examples:
      meguru inventory search 軽油
      meguru inventory show diesel --impact climate --region JP --unit MJ
      meguru inventory import database.zip --out database.yaml
    """
