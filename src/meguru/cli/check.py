"""``meguru check``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from meguru.cli.main import MODEL_FAULT, OK

if TYPE_CHECKING:
    from meguru.errors import MeguruError, ModelWarning
    from meguru.model import Model, Unrated


@click.command(short_help="Check a model and say where its faults are.")
@click.argument("model")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(model: str, as_json: bool) -> int:
    """Check a model in all its scenarios, with its indicators, and list every fault with its place.

    What is probably not meant, as a year far from the study or a parameter that no formula has, is a
    warning: the model can be run, and the exit code is 0. Exchanges that no factor rates are no fault
    either, but listed: in the sums of that impact they count nothing.

    \b
    Examples:
      meguru check model.yaml
      meguru check model.xlsx          faults name the cell, as model.xlsx: processes!D7
      meguru check motor --json
    """
    from meguru.cli.models import read_model
    from meguru.cli.screen import error_data, print_json
    from meguru.errors import ModelError
    from meguru.model.warnings import find_warnings

    read: Model | None = None
    found: list[MeguruError]
    doubtful: list[ModelWarning] = []
    try:
        read = read_model(model)
        found = _faults(read)
        doubtful = [] if found else find_warnings(read)
    except ModelError as error:  # the first that keeps it from being read
        found = [error]
    if as_json:
        lacking = [asdict(one) for one in _unrated(read, found)]
        print_json(
            {
                "model": None if read is None else read.name,
                "ok": not found,
                "faults": [error_data(one) for one in found],
                "warnings": [error_data(one) for one in doubtful],
                "without_factor": lacking,
            }
        )
    else:
        _print(read, model, found, doubtful)
        _print_unrated(_unrated(read, found))
    return MODEL_FAULT if found else OK


def _faults(model: Model) -> list[MeguruError]:
    from meguru.engine.check import faults
    from meguru.indicators import indicator_faults
    from meguru.indicators.catalogue.results import measured_faults

    return list(faults(model)) or [*indicator_faults(model), *measured_faults(model)]


def _unrated(model: Model | None, found: list[MeguruError]) -> list[Unrated]:
    """Exchanges of a sound model that no factor rates."""
    from meguru.model import unrated

    return [] if model is None or found else unrated(model)


def _print_unrated(lacking: list[Unrated]) -> None:
    from meguru.cli.screen import BAD, console

    users: dict[tuple[str, str], dict[str, None]] = {}
    for one in lacking:
        users.setdefault((one.exchange, one.impact), {})[one.user] = None
    for (exchange, impact), of in users.items():
        text = f"! {exchange} has no factor for {impact}: it counts nothing there, in {', '.join(of)}"
        console().print(text, style=BAD, soft_wrap=True)


def _print(model: Model | None, given: str, found: list[MeguruError], doubtful: list[ModelWarning]) -> None:
    from rich.text import Text

    from meguru.cli.screen import BAD, GOOD, QUIET, STRONG, console, print_error, print_warning

    screen = console()
    for error in found:
        print_error(error, screen)
    if found or model is None:
        name = given if model is None else model.name
        screen.print(Text.assemble(("✗ ", BAD), (name, STRONG), f"  {_count(len(found), 'fault')}"))
        return
    for one in doubtful:
        print_warning(one, screen)
    sizes = (
        _count(len(model.items), "item"),
        _count(len(model.processes), "process", "processes"),
        _count(len(model.routes), "route"),
        _count(len(model.scenarios) or 1, "scenario"),
        _count(len(model.indicators), "indicator"),
        *([_count(len(doubtful), "warning")] if doubtful else []),
    )
    summary = Text.assemble(("✓ ", GOOD), (model.name, STRONG), (f"  {', '.join(sizes)}", QUIET))
    screen.print(summary, soft_wrap=True)


def _count(number: int, one: str, several: str | None = None) -> str:
    return f"{number} {one if number == 1 else several or one + 's'}"
