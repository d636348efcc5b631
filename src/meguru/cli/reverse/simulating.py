"""``meguru reverse simulate-plant``."""

from __future__ import annotations

from pathlib import Path

import click

from meguru.cli.reverse.options import day_of, json_option, plant_argument, store_argument


@click.command(short_help="Let a simulated plant write readings and scans.")
@plant_argument
@store_argument
@click.option("--from", "first", callback=day_of, default="2026-04-01", show_default=True, help="First day.")
@click.option("--days", type=click.IntRange(1, 366), default=1, show_default=True, help="How many days.")
@click.option("--items", type=click.IntRange(1), default=40, show_default=True, help="Items a day.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the random numbers.")
@click.option(
    "--no-faults", is_flag=True, help="Nothing goes wrong: no lost packs, drift, clock steps, wrong scans."
)
@json_option
def simulate(
    plant: Path, store: Path, first: int, days: int, items: int, seed: int, no_faults: bool, as_json: bool
) -> None:
    """Write the days of a simulated plant into a store. Everything it writes is synthetic.

    Faults, if not switched off: 2 % of packs lost, gains that drift 3 % a day, clock steps of 30 s twice a
    day, 5 % of scans missed, 2 % made double.

    \b
    Examples:
      meguru reverse simulate-plant plant.yaml store --days 5
    """
    from meguru.cli.screen import QUIET, console, print_json
    from meguru.reverse.meter.plant_file import read_plant
    from meguru.reverse.plant.line import Shift
    from meguru.reverse.plant.sensors import ALL_FAULTS, Faults, simulate_plant
    from meguru.reverse.plant.writing import write_to_store

    faults = Faults() if no_faults else ALL_FAULTS
    simulated = simulate_plant(
        read_plant(plant), range(first, first + days), shift=Shift(items=items), faults=faults, seed=seed
    )
    report = write_to_store(simulated, store)
    if as_json:
        print_json(
            {"synthetic": True, "readings": report.readings, "scans": report.scans, "store": str(store)}
        )
        return
    screen = console()
    screen.print(f"{report.readings:,} synthetic readings and {report.scans:,} synthetic scans")
    screen.print(f"wrote {store}/", style=QUIET, soft_wrap=True)
