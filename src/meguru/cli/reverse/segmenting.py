"""``meguru reverse segment``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from meguru.cli.reverse.options import filled_store_argument, json_option, plant_argument

if TYPE_CHECKING:
    from meguru.reverse.meter.components import Plant
    from meguru.reverse.segment.process import Measured

KWH = 1e-9  # of a µWh


@click.command(short_help="Readings into cycles with items; where the energy went.")
@plant_argument
@filled_store_argument
@click.option(
    "--out", "-o", type=click.Path(file_okay=False, path_type=Path), help="Folder for tables (CSV)."
)
@json_option
def segment(plant: Path, store: Path, out: Path | None, as_json: bool) -> None:
    """Find the cycles of each machine, give them to items by their scans, and close the account.

    Cycles, idling and unassigned energy are the total of each channel and day exactly. Beside it stands what
    the sensor's own readings and sum say, which nothing of the account went into. The folder gets
    cycles.csv, days.csv, faults.csv and scans.csv.

    \b
    Examples:
      meguru reverse segment plant.yaml store
      meguru reverse segment plant.yaml store --out tables/
    """
    from meguru.cli.models import make_folder
    from meguru.cli.screen import print_json
    from meguru.cli.values import records
    from meguru.files.writing import write_beside

    read, measured = measure(plant, store)
    files = []
    if out is not None:
        make_folder(out)
        for name in ("cycles", "days", "faults", "scans"):
            path = out / f"{name}.csv"
            write_beside(path, getattr(measured, name).to_csv(index=False).encode())
            files.append(path)
    if as_json:
        data: dict[str, Any] = {name: records(getattr(measured, name)) for name in ("days", "scans")}
        print_json({"synthetic": read.synthetic, **data, "cycles": len(measured.cycles), "files": files})
    else:
        show(read, measured, files)


def measure(plant: Path, store: Path) -> tuple[Plant, Measured]:
    """A plant and what its readings say."""
    from meguru.reverse.meter.plant_file import day_offset, read_plant
    from meguru.reverse.meter.store import Store
    from meguru.reverse.segment.process import process

    read = read_plant(plant)
    return read, process(read, Store(store, day_offset(read)))


def show(plant: Plant, measured: Measured, files: list[Path]) -> None:
    """Tables of the account, of machines and of faults."""
    from rich.text import Text

    from meguru.cli.screen import BAD, QUIET, STRONG, console, number, table
    from meguru.cli.tables import print_files
    from meguru.cli.values import label
    from meguru.reverse.segment.stream import DAY_COLUMNS

    screen = console()
    mark = "  synthetic" if plant.synthetic else ""
    screen.print(Text.assemble((plant.name, STRONG), (mark, BAD)))
    account = table("kWh, all days")
    account.add_column("channel")
    for head in ("cycles", "idle", "unassigned", "total", "by the sensor", "apart", "days"):
        account.add_column(head, justify="right")
    for name, rows in measured.days.groupby("channel", sort=False):
        sums = {head: int(rows[head].sum()) for head in (*DAY_COLUMNS, "total", "sensor", "difference")}
        apart = f"{100.0 * sums['difference'] / sums['sensor']:.1g} %" if sums["sensor"] else ""
        parts = [number(sums[head] * KWH) for head in (*DAY_COLUMNS, "total", "sensor")]
        account.add_row(str(name), *parts, apart, str(len(rows)))
    screen.print(account)
    machines = table("machines")
    machines.add_column("machine")
    for head in ("cycles", "kWh a cycle", "s a cycle", "without scan", "double scans", "scans without cycle"):
        machines.add_column(head, justify="right")
    for row in measured.scans.itertuples():
        cycles = measured.cycles[measured.cycles["machine"] == row.machine]
        energy = float(cycles["microwatthours"].mean()) * KWH if len(cycles) else None
        seconds = float(cycles["seconds"].mean()) if len(cycles) else None
        name = label(plant.machines[str(row.machine)], str(row.machine))
        machines.add_row(
            name,
            str(len(cycles)),
            number(energy),
            number(seconds),
            str(row.missed),
            str(row.double),
            str(row.extra),
        )
    screen.print(machines)
    for (channel, kind), rows in measured.faults.groupby(["channel", "kind"], sort=False):
        what = {
            "gap": f"gaps, {number(float(rows['seconds'].sum()))} s in all",
            "clock": "jumps of the clock, mended",
            "sum": "gaps filled without the sensor's sum, which does not agree with what was read",
            "reference": f"reference loads that give no gain: {', '.join(sorted(set(rows['done'])))}",
        }[str(kind)]
        screen.print(Text.assemble(("! ", BAD), (f"{channel}: {len(rows)} {what}", QUIET)))
    print_files(screen, files)
