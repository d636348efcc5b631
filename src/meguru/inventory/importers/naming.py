"""What all importers need: units of others, names that are free, dependencies that may be missing."""

from __future__ import annotations

import re
from collections.abc import Container
from functools import lru_cache
from importlib import import_module, resources
from pathlib import Path
from types import ModuleType

from meguru.errors import LibraryError, UnitError
from meguru.files.tree import parse_tree, plain
from meguru.quantity import dimension_of

_APART = re.compile(r"[^\w.+-]+")
_EQUIVALENT = re.compile(r"(\S+) (.+?)[ -]?(?:eq|Eq|equiv)\.?")


@lru_cache(maxsize=1)
def unit_names() -> dict[str, str]:
    """Units as others write them → as meguru writes them."""
    file = resources.files("meguru.inventory.importers").joinpath("unit_names.yaml")
    names: dict[str, str] = plain(parse_tree(file.read_text(encoding="utf-8"), "unit_names.yaml"))
    return {str(key): value for key, value in names.items()}


def known_unit(found: str, more: dict[str, str] | None = None, *, place: str = "") -> str:
    """A unit of others as meguru writes it.

    Raises
    ------
    UnitError
        It is not known.
    """
    text = found.strip()
    for table in (more or {}, unit_names()):
        if text in table:
            return table[text]
    try:
        dimension_of(text)
    except UnitError as error:
        hint = error.hint or "Say what it means: an importer takes 'units', as {p: piece}."
        raise UnitError(
            "unknown unit", place=place, found=found, expected=error.expected, hint=hint
        ) from error
    return text


def free_name(wanted: str, taken: Container[str], *more: str | None) -> str:
    """A name that is not taken: the wanted one, then with what tells it apart, then with a number."""
    name = _APART.sub("_", wanted).strip("_") or "unnamed"
    if name not in taken:
        return name
    for apart in filter(None, more):
        name = f"{name}_{_APART.sub('_', apart).strip('_')}"
        if name not in taken:
            return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


def need(module: str, extra: str, what: str) -> ModuleType:
    """A module of an optional dependency.

    Raises
    ------
    LibraryError
        It is not installed; with the extra to install.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] != module.split(".")[0]:
            raise
        raise LibraryError(
            f"{what} needs {module}, which is not installed",
            hint=f"Install it with: python -m pip install 'meguru[{extra}]'",
        ) from error


def refuse_missing(path: Path, what: str) -> None:
    """An error if there is no such file or folder."""
    if not path.exists():
        raise LibraryError(f"no such {what}", file=str(path))


def impact_unit(found: str, *, place: str = "") -> str:
    """The unit of an impact category: ``kg 1,4-DCB-Eq`` counts as kg of an equivalent of its own.

    Raises
    ------
    UnitError
        It is no unit and no mass of an equivalent.
    """
    text = found.strip()
    equivalent = _EQUIVALENT.fullmatch(text)
    if equivalent is not None and text not in unit_names():
        substance = re.sub(r"[^A-Za-z0-9]", "", equivalent[2])
        return f"{known_unit(equivalent[1])}_{substance[:1].upper()}{substance[1:]}e"
    return known_unit(text, place=place)
