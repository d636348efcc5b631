"""Where the examples are, in a checkout of the sources and in an installed package."""

from __future__ import annotations

from pathlib import Path

from meguru.errors import UnknownNameError, did_you_mean
from meguru.model import Model, load

_INSTALLED = Path(__file__).parent / "data"
_CHECKOUT = Path(__file__).parents[3] / "examples"
LIFE_CYCLE, CAUSAL = "model.yaml", "causal.yaml"  # what the file of an example is called, by what it models


def example_names(file: str = LIFE_CYCLE) -> tuple[str, ...]:
    """Names of the examples of life cycles, or of causal models, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in _folder().glob(f"*/{file}")))


def example_path(name: str, file: str = LIFE_CYCLE) -> Path:
    """The model file of an example.

    Raises
    ------
    UnknownNameError
        If there is no example of this name.
    """
    names = example_names(file)
    if name not in names:
        raise UnknownNameError(
            "there is no such example", found=name, expected=names, hint=did_you_mean(name, names)
        )
    return _folder() / name / file


def example(name: str) -> Model:
    """Load an example by its name.

    Raises
    ------
    UnknownNameError
        If there is no example of this name.
    """
    return load(example_path(name))


def _folder() -> Path:
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
