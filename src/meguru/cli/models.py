"""Finding what a person names on the command line: a model, a scenario, a place to write."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from meguru.errors import WriteError, did_you_mean

if TYPE_CHECKING:
    from meguru.model import Model

WORKBOOKS = (".xlsx", ".xlsm")
MODELS = (".yaml", ".yml", ".json", *WORKBOOKS)


def read_model(given: str) -> Model:
    """The model of a file, a folder or an example.

    Raises
    ------
    click.UsageError
        There is no such file or example.
    ModelError
        It can not be read.
    """
    path = find_model(given)
    if path.suffix.lower() in WORKBOOKS:
        from meguru.model.excel import import_excel

        return import_excel(path)
    from meguru.model import load

    return load(path)


def find_model(given: str) -> Path:
    """The file of a model."""
    from meguru.examples import example_names, example_path

    path = Path(given)
    if path.is_dir() and (path / "model.yaml").is_file():
        return path / "model.yaml"
    if path.is_file():
        return path
    names = example_names()
    if given in names:
        return example_path(given)
    if path.is_dir():
        models = sorted(one.name for one in path.iterdir() if one.suffix in MODELS)
        there = f"It holds {', '.join(models[:5])}: name one." if models else "It holds no model file."
        raise click.UsageError(f"'{given}' is a folder without a model.yaml. {there}")
    meant = next((part for part in path.parts if part in names), None)
    hint = f"Did you mean the example '{meant}'?" if meant else did_you_mean(given, names)
    raise click.UsageError(
        f"'{given}' is neither a model file nor an example. {hint or 'Examples: ' + ', '.join(names) + '.'}"
    )


def known_scenarios(model: Model, given: Iterable[str]) -> list[str]:
    """The scenarios named, each of which must be there."""
    from meguru.model import scenario_names

    names = scenario_names(model)
    wanted = list(dict.fromkeys(given))
    for name in wanted:
        if name not in names:
            hint = did_you_mean(name, names) or ""
            raise click.UsageError(
                f"There is no scenario '{name}'; there are {', '.join(names)}. {hint}".strip()
            )
    return wanted


def make_folder(path: Path) -> Path:
    """A folder to write into, made if it is not there."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"can not be made: {error.strerror or error}", file=str(path)) from error
    return path


def refuse_overwriting(path: Path, way_out: str) -> None:
    """What a person wrote is not written over without being told to; ``way_out`` says what to do."""
    if path.exists():
        raise click.UsageError(f"'{path}' is there already. {way_out}")
