"""Units that were parsed in earlier runs: a command whose units are all known does without the parser.

Loading the parser and its definitions takes a third of a second, more than a run does.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

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
    """Keep what a text means for later runs."""
    units = _all()
    if len(units) < MOST:
        units[text] = unit
        keep(_place(), json.dumps(dict(units), ensure_ascii=False))  # a copy: other threads may add


@cache
def _all() -> dict[str, Unit]:
    found = read_kept(_place()) or {}
    return {
        text: Unit(size, _pairs(dimension), _pairs(words)) for text, (size, dimension, words) in found.items()
    }


def _pairs(held: list[list[float]]) -> tuple[tuple[str, float], ...]:
    return tuple((str(name), float(exponent)) for name, exponent in held)


@cache
def _place() -> Path:
    home = Path(__file__).parent
    made_of = (home / name for name in ("units.txt", "units.py", "spelling.py", Path(__file__).name))
    parser = find_spec("pint")  # its version stands in a file that takes longer to find
    assert parser is not None and parser.origin is not None
    installed = f"{parser.origin} {Path(parser.origin).stat().st_mtime_ns}"
    name = digest(*(path.read_bytes() for path in made_of), installed.encode())
    return cache_folder(home, "units") / f"{name}.json"
