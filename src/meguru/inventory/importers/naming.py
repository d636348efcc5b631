"""What all importers need: units of others, names that are free, dependencies that may be missing."""

from __future__ import annotations

import math
import re
from collections.abc import Container
from functools import lru_cache
from importlib import import_module, resources
from pathlib import Path
from types import ModuleType

from meguru.errors import LibraryError, UnitError, WrongTypeError
from meguru.files.tree import parse_tree, plain
from meguru.inventory.components import Library
from meguru.quantity import dimension_of

OWN = "piece_"  # how a unit that is not known begins
LONGEST_OWN = 40
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


def known_or_own(found: str) -> str:
    """A unit of others as meguru writes it; one that is not known becomes a unit of its own.

    ``EUR2005`` is money of one year and no euro of another, ``LU`` a head of cattle and no piece: both are
    counted as they are, convert into nothing else, and :func:`unknown_units` lists them.
    """
    try:
        return known_unit(found)
    except UnitError:
        return own_unit(found)


def own_unit(found: str) -> str:
    """A unit of its own for a text that is no unit: ``piece_EUR2005e``, a count of what it names."""
    text = "".join(
        one if one.isascii() and one.isalnum() else f"U{ord(one):x}" for one in "".join(found.split())
    )
    name = text if text[:1].isupper() else f"U{text}"
    return f"{OWN}{name[:LONGEST_OWN]}e"


def unknown_units(library: Library) -> dict[str, list[str]]:
    """Units that no importer knew → the flows and impact categories counted in them.

    They are counted as they stand in the source and convert into nothing else: a factor per such a unit
    rates what is counted in it, and nothing else does.
    """
    found: dict[str, list[str]] = {}
    for place, table in (("flows", library.flows), ("impacts", library.impacts)):
        for name, one in table.items():
            if one.unit.startswith(OWN):
                found.setdefault(one.unit, []).append(f"{place}.{name}")
    return found


def own_unit_note(unit: str, found: str) -> str | None:
    """What is said of a flow whose unit is not known; None where it is."""
    return f"unit '{found.strip()}' is not known: counted by itself" if unit.startswith(OWN) else None


def joined(*parts: str | None, by: str = "; ") -> str | None:
    """What there is of some texts, as one."""
    return by.join(part for part in parts if part) or None


def access_of(copyrighted: str | None, access: str | None, words: dict[str, str]) -> str | None:
    """What EcoSpold says of rights, as a text for ``licence``: copyright, and who may have the data."""
    held = {"true": "protected by copyright", "1": "protected by copyright",
            "false": "not protected by copyright", "0": "not protected by copyright"}  # fmt: skip
    open_to = None if access is None else f"access: {words.get(access, access)}"
    return joined(held.get(copyrighted or ""), open_to)


def finite(found: object, what: str) -> float:
    """A number of a file of others.

    Raises
    ------
    WrongTypeError
        It is none, or not a finite one.
    """
    try:
        number = float(found)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise WrongTypeError("not a number", place=what, found=found, expected="a number") from error
    if not math.isfinite(number):
        raise WrongTypeError("not a finite number", place=what, found=found, expected="a number")
    return number


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


def impact_unit(found: str) -> str:
    """The unit of an impact category: ``kg 1,4-DCB-Eq`` counts as kg of an equivalent of its own.

    Any other that is not known becomes a unit of its own, as of flows.
    """
    text = found.strip()
    equivalent = _EQUIVALENT.fullmatch(text)
    substance = "" if equivalent is None else re.sub(r"[^A-Za-z0-9]", "", equivalent[2])
    if equivalent is None or not substance or text in unit_names():
        return known_or_own(text)
    unit = f"{known_or_own(equivalent[1])}_{substance[:1].upper()}{substance[1:]}e"
    try:
        dimension_of(unit)
    except UnitError:
        return own_unit(text)
    return unit
