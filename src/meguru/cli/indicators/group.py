"""``meguru indicators`` and its commands, each imported when it is called."""

from __future__ import annotations

import click

from meguru.cli.lazy import LazyGroup

HOMES = {
    "list": "meguru.cli.indicators.listing:list_",
    "show": "meguru.cli.indicators.showing:show",
    "compute": "meguru.cli.indicators.computing:compute",
    "verify": "meguru.cli.indicators.verifying:verify",
    "network": "meguru.cli.indicators.network:network",
}


@click.group(cls=LazyGroup, homes=HOMES, short_help="Indicators by the standards: list, compute, verify.")
def indicators() -> None:
    """Indicators by ISO 59020, CTI, MCI, Japanese and EU law and others, computed on your own figures.

    Each formula carries a mark: V was seen in a source, Q as a quotation, M is from memory and not confirmed.

    \b
    Examples:
      meguru indicators list --purpose economy --level business
      meguru indicators show cti.critical_material
      meguru indicators compute flows.csv --set iso_59020 --set cti
      meguru indicators verify worked_examples.yaml
    """
