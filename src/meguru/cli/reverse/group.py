"""``meguru reverse``: the group of its commands."""

from __future__ import annotations

import click

from meguru.cli.lazy import LazyGroup

COMMANDS = {
    "catalogue": "meguru.cli.reverse.catalogue:catalogue",
    "identify": "meguru.cli.reverse.identify:identify",
    "confirm": "meguru.cli.reverse.identify:confirm",
    "benchmark": "meguru.cli.reverse.benchmark:benchmark",
    "simulate-plant": "meguru.cli.reverse.simulating:simulate",
    "ingest": "meguru.cli.reverse.ingesting:ingest",
    "aside": "meguru.cli.reverse.ingesting:aside",
    "watch": "meguru.cli.reverse.watching:watch",
    "segment": "meguru.cli.reverse.segmenting:segment",
    "unit-data": "meguru.cli.reverse.unit_data:unit_data",
    "approve": "meguru.cli.reverse.unit_data:approve",
    "library": "meguru.cli.reverse.unit_data:library",
    "schema": "meguru.cli.reverse.schema:schema",
}


@click.group(cls=LazyGroup, homes=COMMANDS, short_help="Identify what comes back; meter its dismantling.")
def reverse() -> None:
    """Tell which product type comes back; meter what each step takes, and make unit process data of it.

    CATALOGUE is a folder with a catalogue.yaml and the reference photos of each type in photos/TYPE/.
    PLANT is a plant file: clamps, machines, scanners, types. STORE is a folder of readings.

    \b
    Examples:
      meguru reverse catalogue types --from types.xlsx
      meguru reverse identify types incoming
      meguru reverse simulate-plant plant.yaml store --days 2
      meguru reverse segment plant.yaml store
      meguru reverse unit-data plant.yaml store versions
      meguru reverse library versions chains.yaml --out dismantling.yaml --draft
    """
