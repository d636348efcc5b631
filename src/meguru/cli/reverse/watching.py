"""``meguru reverse watch``: a plant on the terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from meguru.cli.reverse.options import day_of, plant_argument

if TYPE_CHECKING:
    from rich.table import Table

    from meguru.reverse.live.view import Live
    from meguru.reverse.meter.components import Plant

REFRESH = 4.0  # pictures a second
BEFORE = 1800.0  # s before the shift at which a simulated day begins: the night is dull


@click.command(short_help="Which step runs, on which item, kWh so far.")
@plant_argument
@click.option("--broker", help="HOST or HOST:PORT: follow a plant at work.")
@click.option("--name", default="meguru-watch", show_default=True, help="Of the session at the broker.")
@click.option("--user", help="Name at the broker; the password is read from MEGURU_MQTT_PASSWORD.")
@click.option(
    "--simulated", callback=day_of, help="Without a broker: follow a day of the simulated plant (synthetic)."
)
@click.option(
    "--until", default="10:00", show_default=True, help="Local time at which a simulated day stops."
)
@click.option(
    "--speed",
    type=click.FloatRange(0),
    default=600.0,
    show_default=True,
    help="Of a simulated day; 0: at once.",
)
@click.option("--seconds", type=click.FloatRange(0), help="Stop after so long; default: until interrupted.")
def watch(
    plant: Path,
    broker: str | None,
    name: str,
    user: str | None,
    simulated: int | None,
    until: str,
    speed: float,
    seconds: float | None,
) -> None:
    """Show a plant at work on the terminal: each machine, whether it runs, its item, its energy.

    The view counts what arrives and keeps nothing; 'ingest' may run beside it.

    \b
    Examples:
      meguru reverse watch plant.yaml --broker broker.local
      meguru reverse watch plant.yaml --simulated 2026-04-01 --until 10:00 --speed 0
    """
    from rich.live import Live as Screen

    from meguru.cli.screen import console
    from meguru.reverse.live.view import Live
    from meguru.reverse.meter.plant_file import read_plant

    if (broker is None) == (simulated is None):
        raise click.UsageError("Say either --broker or --simulated.")
    read = read_plant(plant)
    live, screen = Live(read), console()
    end = None if seconds is None else time.monotonic() + seconds
    with Screen(refresh_per_second=REFRESH, console=screen, transient=screen.is_terminal) as shown:
        if simulated is not None:
            for _ in _simulated(read, live, simulated, until, speed, end):
                if screen.is_terminal:
                    shown.update(picture(read, live))
        else:
            assert broker is not None
            from meguru.cli.reverse.ingesting import broker_of
            from meguru.reverse.meter.mqtt import follow

            for _ in follow(broker_of(broker, name, (), user, False), live.push, 1.0 / REFRESH):
                if screen.is_terminal:
                    shown.update(picture(read, live))
                if end is not None and time.monotonic() >= end:
                    break
    screen.print(picture(read, live))


def _simulated(
    plant: Plant, live: Live, day: int, until: str, speed: float, end: float | None
) -> Iterator[None]:
    """Messages of a simulated day, at a multiple of their speed."""
    from meguru.reverse.meter.plant_file import MILLISECONDS_A_DAY, day_offset
    from meguru.reverse.plant.sensors import simulate_plant, stream

    hours, _, minutes = until.partition(":")
    if not (hours.isdecimal() and minutes.isdecimal()):
        raise click.BadParameter(f"'{until}' is no time as 10:00", param_hint="--until")
    midnight = day * MILLISECONDS_A_DAY - day_offset(plant)
    simulated = simulate_plant(plant, [day])
    first = midnight + round((simulated.shift.start - BEFORE) * 1000)
    last = midnight + (int(hours) * 60 + int(minutes)) * 60_000
    before: int | None = None
    for number, (received, topic, payload) in enumerate(stream(simulated, day)):
        if received < first:
            continue
        if received > last or (end is not None and time.monotonic() >= end):
            return
        if speed > 0.0 and before is not None and received > before:
            time.sleep((received - before) / 1000.0 / speed)
        before = received
        live.push(topic, payload)
        if speed > 0.0 and number % len(plant.channels) == 0:
            yield


def picture(plant: Plant, live: Live) -> Table:
    """The machines as a table."""
    from rich.text import Text

    from meguru.cli.screen import GOOD, QUIET, number, table
    from meguru.cli.values import label
    from meguru.reverse.meter.plant_file import day_offset

    def clock(at: int) -> str:
        local = datetime.fromtimestamp(at / 1000, UTC) + timedelta(milliseconds=day_offset(plant))
        return local.strftime("%H:%M:%S")

    now = "no reading yet" if live.now is None else clock(live.now)
    mark = ", synthetic" if plant.synthetic else ""
    shown = table(f"{plant.name}  {now}{mark}")
    for head in ("machine", "step", "state", "since", "item"):
        shown.add_column(head)
    for head in ("kWh so far", "items today", "kWh today"):
        shown.add_column(head, justify="right")
    for row in live.rows():
        shown.add_row(
            label(plant.machines[row.machine], row.machine),
            row.step,
            Text("runs", style=GOOD) if row.running else Text("idle", style=QUIET),
            "" if row.since is None else clock(row.since),
            Text(row.item or ""),
            number(row.kwh) if row.running else "",
            str(row.items_today),
            number(row.kwh_today),
        )
    return shown
