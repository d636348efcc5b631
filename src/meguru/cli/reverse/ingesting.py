"""``meguru reverse ingest`` and ``aside``."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from meguru.cli.reverse.options import filled_store_argument, json_option, plant_argument, store_argument

if TYPE_CHECKING:
    from meguru.reverse.meter.ingest import Report
    from meguru.reverse.meter.mqtt import Broker

DEFAULT_PORT, ENCRYPTED_PORT = 1883, 8883


@click.command(short_help="Take readings from a broker or from tables into a store.")
@plant_argument
@store_argument
@click.argument("tables", nargs=-1, type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--broker", help="HOST or HOST:PORT of an MQTT broker; SenML packs are read.")
@click.option("--name", default="meguru", show_default=True, help="Of the session: the broker keeps it.")
@click.option("--topic", "topics", multiple=True, help="May be given again; default readings/# and scans/#.")
@click.option("--user", help="Name at the broker; the password is read from MEGURU_MQTT_PASSWORD.")
@click.option("--encrypted", is_flag=True, help="By TLS.")
@click.option("--seconds", type=click.FloatRange(0), help="Stop after so long; default: until interrupted.")
@json_option
def ingest(
    plant: Path,
    store: Path,
    tables: tuple[Path, ...],
    broker: str | None,
    name: str,
    topics: tuple[str, ...],
    user: str | None,
    encrypted: bool,
    seconds: float | None,
    as_json: bool,
) -> None:
    """Take readings and scans into STORE, from CSV TABLES or from a broker; each once, nothing lost.

    What can not be taken is set aside and counted: see 'meguru reverse aside'. Without tables and broker,
    what a broken-off ingestion left in the journal is moved into the tables.

    \b
    Examples:
      meguru reverse ingest plant.yaml store readings.csv scans.csv
      meguru reverse ingest plant.yaml store --broker broker.local --user line-1
    """
    from meguru.reverse.meter.ingest import Ingest
    from meguru.reverse.meter.plant_file import read_plant
    from meguru.reverse.meter.tables import ingest_table

    read = read_plant(plant)
    with Ingest(read, store) as taking:
        for path in tables:
            ingest_table(taking, path)
        if broker is None:
            taking.settle()
        else:
            from meguru.reverse.meter.mqtt import Listener

            where = broker_of(broker, name, topics, user, encrypted)
            end = None if seconds is None else time.monotonic() + seconds
            try:
                Listener(where, taking).run(lambda: end is not None and time.monotonic() >= end)
            except KeyboardInterrupt:
                taking.settle()
                _show(taking.report, as_json)
                raise
        _show(taking.report, as_json)


def broker_of(broker: str, name: str, topics: tuple[str, ...], user: str | None, encrypted: bool) -> Broker:
    """The broker that options name."""
    from meguru.reverse.meter.mqtt import Broker

    host, _, port = broker.partition(":")
    if not host or (port and not port.isdecimal()):
        raise click.BadParameter(f"'{broker}' is no HOST or HOST:PORT", param_hint="--broker")
    default = ENCRYPTED_PORT if encrypted else DEFAULT_PORT
    more = {"topics": topics} if topics else {}
    return Broker(
        host,
        int(port) if port else default,
        name=name,
        user=user,
        password=os.environ.get("MEGURU_MQTT_PASSWORD"),
        encrypted=encrypted,
        **more,
    )


def _show(report: Report, as_json: bool) -> None:
    from meguru.cli.screen import BAD, console, print_json

    if as_json:
        print_json(
            {
                "messages": report.messages,
                "readings": report.readings,
                "scans": report.scans,
                "duplicates": report.duplicates,
                "unknown_types": dict(report.unknown_types),
                "aside": dict(report.aside),
            }
        )
        return
    screen = console()
    screen.print(f"{report.readings:,} readings, {report.scans:,} scans, {report.duplicates:,} came again")
    for kind, count in report.unknown_types.items():
        screen.print(
            f"{count:,} scans of a type that the plant does not have: {kind}", style=BAD, markup=False
        )
    for reason, count in report.aside.items():
        screen.print(f"{count:,} set aside: {reason}", style=BAD)


@click.command(short_help="Show what could not be taken.")
@filled_store_argument
@json_option
def aside(store: Path, as_json: bool) -> None:
    """Show what was set aside in STORE: when it came, where from, and why it was not taken.

    \b
    Examples:
      meguru reverse aside store
    """
    from rich.text import Text

    from meguru.cli.screen import QUIET, console, print_json, table
    from meguru.reverse.meter.store import Store

    entries = Store(store).aside()
    if as_json:
        print_json({"aside": entries})
        return
    screen = console()
    if not entries:
        screen.print("nothing was set aside", style=QUIET)
        return
    shown = table()
    for head in ("received", "from", "why"):
        shown.add_column(head, overflow="fold")
    for one in entries:
        shown.add_row(one["received"][:19], Text(one["topic"]), Text(one["detail"]))
    screen.print(shown)
