"""Units that were parsed in earlier runs: a command whose units are all known does without the parser.

Loading the parser and its definitions takes a third of a second, more than a run does.
"""

from __future__ import annotations

import json
import math
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from meguru.cache import cache_folder, digest, keep, read_kept

MOST = 500  # units kept; of a list that grows without end a command would read too much
Dimension = tuple[tuple[str, float], ...]


class Unit(NamedTuple):
    """What a unit's text means."""

    size: float  # in root units
    dimension: Dimension
    words: tuple[tuple[str, float], ...]  # that it is made of, with their exponents


def known(text: str) -> Unit | None:
    """What a text was found to mean, by the same definitions, spelling and parser."""
    return _all().get(text)


def remember(text: str, unit: Unit) -> None:
    """Keep what a text means for later runs, beside what other programs have kept meanwhile."""
    units = _all()
    if len(units) < MOST:
        units.update(_kept())
    if len(units) < MOST:
        units[text] = unit
        keep(_place(), json.dumps(dict(units), ensure_ascii=False))  # a copy: other threads may add


@cache
def _all() -> dict[str, Unit]:
    return _kept()


def _kept() -> dict[str, Unit]:
    """What lies in the file; nothing if any of it is not as :func:`remember` writes it."""
    units: dict[str, Unit] = {}
    for text, held in (read_kept(_place()) or {}).items():
        match held:
            case [float(size), list(dimension), list(words)] if (
                0.0 < size < math.inf and all(map(_is_pair, dimension)) and all(map(_is_pair, words))
            ):
                units[text] = Unit(size, _pairs(dimension), _pairs(words))
            case _:
                return {}
    return units


def _is_pair(held: Any) -> bool:
    match held:
        case [str(), float(exponent)]:
            return math.isfinite(exponent)
    return False


def _pairs(held: list[list[Any]]) -> tuple[tuple[str, float], ...]:
    return tuple((name, exponent) for name, exponent in held)


@cache
def _place() -> Path:
    home = Path(__file__).parent
    made_of = (home / name for name in ("units.txt", "units.py", "spelling.py", Path(__file__).name))
    name = digest(*(path.read_bytes() for path in made_of), _parser().encode())
    return cache_folder(home, "units") / f"{name}.json"


def _parser() -> str:
    """Which parser is installed, told without loading it: where, of which time, and the folders beside it
    that name its version. Some installers give all files the same time, and some leave no such folder.
    """
    found = find_spec("pint")
    assert found is not None and found.origin is not None
    file = Path(found.origin)
    versions = sorted(path.name for path in file.parent.parent.glob("[Pp]int-*-info"))
    return " ".join([str(file), str(file.stat().st_mtime_ns), *versions])
