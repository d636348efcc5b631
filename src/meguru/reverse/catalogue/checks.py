"""What must hold of a catalogue before anything is identified with it."""

from __future__ import annotations

import re
from typing import Any

from meguru.errors import (
    DuplicateKeyError,
    MissingValueError,
    ModelError,
    NotReadableError,
    RangeError,
    WrongTypeError,
)
from meguru.files.marks import where
from meguru.reverse.catalogue.components import Catalogue, ProductType
from meguru.reverse.spelling import FOLDER_NAME, folded

EARLIEST, LATEST = 1800, 2200


def check_catalogue(catalogue: Catalogue) -> None:
    """Raise a named error for the first thing that is wrong.

    Raises
    ------
    WrongTypeError
        A name that can be no folder; a pattern of codes that is no regular expression; a bill of materials
        without ``#``.
    MissingValueError
        No maker, or a model without letters and digits.
    RangeError
        A year of making that is impossible, or years in the wrong order.
    DuplicateKeyError
        Two types with the same spelling, which no plate could tell apart.
    NotReadableError
        A bill of materials in a file that is not there.
    """
    seen: dict[str, str] = {}
    for name, one in catalogue.types.items():
        place = f"types.{name}"
        if not FOLDER_NAME.match(name):  # it names the folder of its photos
            raise _fault(
                catalogue, WrongTypeError, "not a name", place, found=name, expected="one a folder can have"
            )
        for key in ("maker", "model"):
            if not folded(getattr(one, key) or ""):
                raise _fault(
                    catalogue, MissingValueError, "nothing that a plate could say", f"{place}.{key}",
                    found=getattr(one, key), expected="letters or digits",
                )  # fmt: skip
        _check_years(catalogue, one, place)
        _check_codes(catalogue, one, place)
        _check_bom(catalogue, one, place)
        for spelling in one.spellings:
            other = seen.setdefault(folded(spelling), name)
            if other != name:
                raise _fault(
                    catalogue,
                    DuplicateKeyError,
                    f"'{other}' has the same plate",
                    f"{place}.model",
                    found=spelling,
                    expected="a spelling of its own",
                    hint="Spaces, hyphens, width and letter case do not count.",
                )


def _check_years(catalogue: Catalogue, one: ProductType, place: str) -> None:
    for key in ("first_year", "last_year"):
        year = getattr(one, key)
        if year is not None and not EARLIEST <= year <= LATEST:
            raise _fault(
                catalogue, RangeError, "not a year of making", f"{place}.{key}", found=year,
                expected=f"{EARLIEST} to {LATEST}",
            )  # fmt: skip
    if one.first_year is not None and one.last_year is not None and one.last_year < one.first_year:
        raise _fault(
            catalogue, RangeError, "made last before it was made first", f"{place}.last_year",
            found=one.last_year, expected=f"{one.first_year} or later",
        )  # fmt: skip


def _check_codes(catalogue: Catalogue, one: ProductType, place: str) -> None:
    for pattern in one.codes:
        try:
            matches_nothing = re.compile(pattern).fullmatch("") is not None
        except re.error as error:
            raise _fault(
                catalogue, WrongTypeError, f"not a regular expression ({error})", f"{place}.codes",
                found=pattern, expected="an expression for the whole content of a code",
            ) from error  # fmt: skip
        if matches_nothing:
            raise _fault(
                catalogue, RangeError, "matches an empty code", f"{place}.codes", found=pattern,
                expected="an expression that asks for something",
            )  # fmt: skip


def _check_bom(catalogue: Catalogue, one: ProductType, place: str) -> None:
    if one.bom is None:
        return
    file, separator, item = one.bom.partition("#")
    if not (file and separator and item):
        raise _fault(
            catalogue, WrongTypeError, "not a link to a bill of materials", f"{place}.bom", found=one.bom,
            expected="FILE#ITEM, as model.yaml#compressor",
        )  # fmt: skip
    if catalogue.folder is not None and not (catalogue.folder / file).is_file():
        raise _fault(
            catalogue, NotReadableError, "no such model file", f"{place}.bom", found=file,
            expected=f"a file in {catalogue.folder}",
        )  # fmt: skip


def _fault(catalogue: Catalogue, kind: type[ModelError], message: str, place: str, **more: Any) -> ModelError:
    file, line = where(catalogue, place)
    return kind(message, file=file, line=line, place=place, **more)
