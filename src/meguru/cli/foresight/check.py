"""``meguru foresight check``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from meguru.cli.main import MODEL_FAULT, OK

if TYPE_CHECKING:
    from meguru.errors import ModelError
    from meguru.foresight import CausalModel, CausalWarning


@click.command(short_help="Check a causal model: faults, and what it hardly means.")
@click.argument("model")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(model: str, as_json: bool) -> int:
    """Check a causal model and list every fault and warning with its place.

    A fault keeps it from running: contradictory polarity, an edge that stands twice, a lag longer than the
    run. A warning does not: a model that runs away, a KPI that no lever reaches. Only faults make the exit
    code 1.

    \b
    Examples:
      meguru foresight check causal.yaml
      meguru foresight check workshop.xlsx     faults name the cell, as workshop.xlsx: edges!C4
      meguru foresight check foresight-small --json
    """
    from meguru.cli.foresight.models import read_causal_model
    from meguru.cli.screen import error_data, print_json
    from meguru.errors import ModelError
    from meguru.foresight.checks import check as check_model
    from meguru.foresight.checks import faults

    read: CausalModel | None = None
    warned: tuple[CausalWarning, ...] = ()
    try:
        read = read_causal_model(model)
        found = list(faults(read))
    except ModelError as error:  # the first that keeps it from being read
        found = [error]
    if read is not None and not found:
        warned = check_model(read)
    if as_json:
        name = None if read is None else read.name
        data = {"model": name, "ok": not found, "faults": [error_data(one) for one in found]}
        print_json({**data, "warnings": [_warning_data(one) for one in warned]})
    else:
        _print(read, model, found, warned)
    return MODEL_FAULT if found else OK


def _warning_data(one: CausalWarning) -> dict[str, Any]:
    fields = {
        name: getattr(one, name) for name in ("kind", "message", "place", "nodes", "hint", "file", "line")
    }
    return {**fields, "text": str(one)}


def _print(
    model: CausalModel | None, given: str, found: list[ModelError], warned: tuple[CausalWarning, ...]
) -> None:
    from rich.text import Text

    from meguru.cli.check import count
    from meguru.cli.screen import BAD, GOOD, QUIET, STRONG, console, print_error, table

    screen = console()
    for error in found:
        print_error(error, screen)
    if found or model is None:
        name = given if model is None else model.name
        screen.print(Text.assemble(("✗ ", BAD), (name, STRONG), f"  {count(len(found), 'fault')}"))
        return
    sizes = (
        count(len(model.nodes), "node"),
        count(len(model.edges), "edge"),
        count(len(model.events), "event"),
        count(len(warned), "warning"),
    )
    screen.print(Text.assemble(("✓ ", GOOD), (model.name, STRONG), (f"  {', '.join(sizes)}", QUIET)))
    if not warned:
        return
    shown = table()
    shown.add_column("place", overflow="fold")
    shown.add_column("line or cell", justify="right", style=QUIET)
    shown.add_column("warning", overflow="fold")
    for one in warned:
        text = f"{one.message}. {one.hint}" if one.hint else one.message
        shown.add_row(Text(one.place or ""), _where(one), Text(text))
    screen.print()
    screen.print(shown)


def _where(one: CausalWarning) -> str:
    """The line; of a workbook sheet and cell, which stand behind the name of the file."""
    if one.line is not None:
        return str(one.line)
    return (one.file or "").rpartition(": ")[2] if "!" in (one.file or "") else ""
