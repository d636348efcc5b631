"""``meguru examples``."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path
from typing import Any

import click

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(invoke_without_command=True, short_help="List the examples, or copy one.")
@JSON
@click.pass_context
def examples(ctx: click.Context, as_json: bool) -> None:
    """List the models that come with meguru, or copy one to change it.

    \b
    Examples:
      meguru examples
      meguru examples copy motor
      meguru examples copy atm-parts my-parts
    """
    if ctx.invoked_subcommand is None:
        _list(as_json)


@examples.command("list")
@JSON
def list_(as_json: bool) -> None:
    """List the examples with their scenarios."""
    _list(as_json)


@examples.command("copy")
@click.argument("name")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@JSON
def copy(name: str, folder: Path | None, as_json: bool) -> None:
    """Copy an example with its data into a new folder; default its name."""
    from meguru.cli.models import refuse_overwriting
    from meguru.cli.screen import console, print_json
    from meguru.cli.tables import print_files
    from meguru.errors import WriteError, did_you_mean

    names = _names()
    if name not in names:
        hint = did_you_mean(name, names) or ""
        raise click.UsageError(f"There is no example '{name}'; there are {', '.join(names)}. {hint}".strip())
    folder, source = folder or Path(name), _path(name)
    refuse_overwriting(folder, "Name another folder.")
    beside = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.part")
    try:
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source.parent, beside, ignore=shutil.ignore_patterns("__pycache__", "results"))
            beside.rename(folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise WriteError(f"can not be written: {error.strerror or error}", file=str(folder)) from error
    if as_json:
        print_json({"files": [str(folder / source.name)]})
    else:
        print_files(console(), [folder / source.name])


def _list(as_json: bool) -> None:
    from meguru.cli.screen import print_json

    found = [_described(name) for name in _names()]
    if as_json:
        print_json({"examples": found})
    else:
        _print(found)


def _names() -> tuple[str, ...]:
    """Examples of life cycles, then of causal models."""
    from meguru.examples import example_names
    from meguru.examples.locate import CAUSAL

    return (*example_names(), *example_names(CAUSAL))


def _path(name: str) -> Path:
    from meguru.examples import example_names, example_path
    from meguru.examples.locate import CAUSAL, LIFE_CYCLE

    return example_path(name, CAUSAL if name in example_names(CAUSAL) else LIFE_CYCLE)


def _described(name: str) -> dict[str, Any]:
    from meguru.cli.values import label
    from meguru.examples.locate import CAUSAL
    from meguru.model import load, scenario_names

    path = _path(name)
    if path.name == CAUSAL:
        return _described_causal(name, path)
    model = load(path)
    return {
        "name": name,
        "kind": "life cycle",
        "label": label(model, name),
        "years": [model.time.first, model.time.last],
        "scenarios": scenario_names(model),
        "path": str(path),
    }


def _described_causal(name: str, path: Path) -> dict[str, Any]:
    from meguru.cli.values import language
    from meguru.foresight import load

    model = load(path)
    return {
        "name": name,
        "kind": "causal model",
        "label": model.label.get(language()) or name,
        "years": [round(model.first), round(model.last)],
        "scenarios": [],
        "path": str(path),
    }


def _print(found: list[dict[str, Any]]) -> None:
    from rich.text import Text

    from meguru.cli.screen import QUIET, STRONG, console, table

    shown = table()
    shown.add_column("example", style=STRONG, no_wrap=True)
    shown.add_column("what")
    shown.add_column("years", no_wrap=True)
    shown.add_column("scenarios", style=QUIET)
    for one in found:
        first, last = one["years"]
        shown.add_row(one["name"], Text(one["label"]), f"{first}–{last}", Text(_scenarios(one)))
    screen = console()
    screen.print(shown)
    screen.print()
    screen.print("meguru run NAME    meguru foresight run NAME    meguru examples copy NAME", style=QUIET)


def _scenarios(one: dict[str, Any]) -> str:
    return (
        ", ".join(one["scenarios"]) if one["kind"] == "life cycle" else "simulated futures: meguru foresight"
    )
