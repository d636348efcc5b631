"""Finding the causal model that a person names on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from meguru.errors import did_you_mean

if TYPE_CHECKING:
    from meguru.foresight import CausalModel


def read_causal_model(given: str) -> CausalModel:
    """The causal model of a file, a folder or an example.

    Raises
    ------
    click.UsageError
        There is no such file or example.
    ModelError
        It can not be read.
    """
    from meguru.foresight.read import load

    return load(find_causal_model(given))


def find_causal_model(given: str) -> Path:
    """The file or folder of a causal model."""
    from meguru.examples.locate import CAUSAL, example_names, example_path

    path = Path(given)
    if path.is_dir():
        return path / CAUSAL if (path / CAUSAL).is_file() else path
    if path.is_file():
        return path
    names = example_names(CAUSAL)
    if given in names:
        return example_path(given, CAUSAL)
    hint = did_you_mean(given, names) or f"Examples: {', '.join(names)}."
    raise click.UsageError(f"'{given}' is neither a causal model nor an example of one. {hint}")
