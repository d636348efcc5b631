"""Unit data of a plant as a file: entries by type and step, a version, who approved it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from meguru.errors import (
    LibraryError,
    MissingValueError,
    NotReadableError,
    RangeError,
    UnsupportedError,
    WriteError,
)
from meguru.files.attribute import attribute
from meguru.files.component import Component
from meguru.files.document import component_data
from meguru.files.marks import set_marks, where
from meguru.files.reader import Reader
from meguru.files.schema import file_schema
from meguru.files.tree import parse_tree, read_text
from meguru.files.writing import write_beside
from meguru.files.yaml_text import to_yaml
from meguru.quantity import Quantity


@dataclass
class Entry(Component):
    """What one step takes for one item of one type."""

    type: str = attribute("text", "product type")
    step: str = attribute("text", "step of the process")
    family: str | None = attribute("text", "family that it borrowed from", default=None)
    count: int = attribute("whole", "items measured")
    energy: Quantity = attribute("quantity", "median per item, without idling", dimension="energy/count")
    energy_low: Quantity | None = attribute(
        "quantity",
        "lower end of the interval of the median; none: undefined",
        dimension="energy/count",
        default=None,
    )
    energy_high: Quantity | None = attribute(
        "quantity", "upper end of the interval of the median", dimension="energy/count", default=None
    )
    energy_gsd: Quantity | None = attribute(
        "quantity", "geometric standard deviation from item to item", dimension="1", default=None
    )
    energy_error: Quantity | None = attribute(
        "quantity",
        "standard deviation of the logarithm of the estimate by few samples",
        dimension="1",
        default=None,
    )
    level: Quantity = attribute("quantity", "level of the intervals", dimension="1", default=Quantity(0.95))
    idle: Quantity = attribute(
        "quantity", "energy of idling between items, per item of the step", dimension="energy/count"
    )
    time: Quantity = attribute("quantity", "median per item", dimension="time/count")
    time_gsd: Quantity | None = attribute(
        "quantity", "geometric standard deviation from item to item", dimension="1", default=None
    )
    own: Quantity = attribute("quantity", "share of the estimate that its own items have", dimension="1")
    mass: Quantity | None = attribute("quantity", "of one item", dimension="mass/count", default=None)
    consumables: dict[str, Quantity] = attribute(
        "quantities", "flow → amount per item, entered by hand", dimension="any", wild=True, default={}
    )
    errors: dict[str, Quantity] = attribute(
        "quantities",
        "source of error → relative standard uncertainty; entries that name the same share it",
        dimension="1",
        wild=True,
        default={},
    )


@dataclass
class UnitData(Component):
    """Unit data of a plant, one version. A version that is approved is never changed."""

    unit_data: int = attribute("whole", "version of the file format", default=1)
    plant: str = attribute("text", "the plant that was measured")
    synthetic: bool = attribute("flag", "from a simulated plant: nothing of it was measured", default=False)
    version: int = attribute("whole", "1, 2, …")
    status: str = attribute("choice", "draft or approved", choices=("draft", "approved"), default="draft")
    made: str = attribute("text", "when it was made, ISO 8601")
    approved_by: str | None = attribute("text", "who approved it", default=None)
    approved_at: str | None = attribute("text", "when, ISO 8601", default=None)
    first: str | None = attribute("text", "first day measured", default=None)
    last: str | None = attribute("text", "last day measured", default=None)
    entries: list[Entry] = attribute("list", "by type and step", component="Entry", default=[])


KINDS: dict[str, type[Component]] = {"Entry": Entry, "UnitData": UnitData}
FORMAT = 1
SUFFIX = ".unit-data.yaml"


class _Reader(Reader):
    whole = "the unit data"


def read_unit_data(path: str | os.PathLike[str]) -> UnitData:
    """Read a file of unit data."""
    file = Path(path)
    reader = _Reader(KINDS)
    data = reader.component(UnitData, parse_tree(read_text(file), str(file)), "")
    assert isinstance(data, UnitData)
    set_marks(data, reader.marks)
    if data.unit_data != FORMAT:
        at, line = where(data, "unit_data")
        raise UnsupportedError(
            "other version of the file format",
            file=at,
            line=line,
            place="unit_data",
            found=data.unit_data,
            expected=FORMAT,
        )
    return data


def unit_data_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of a file of unit data."""
    return file_schema("meguru unit data", UnitData, KINDS)


def as_data(data: UnitData) -> dict[str, Any]:
    """Unit data as dicts, lists and scalars of the form of a file."""
    return {"unit_data": data.unit_data, **component_data(data, "", {})}


def write_unit_data(data: UnitData, path: Path) -> None:
    """Write unit data to a file.

    Raises
    ------
    WriteError
        It can not be written.
    """
    write_beside(path, to_yaml(as_data(data)).encode())


def versions(folder: Path) -> list[Path]:
    """Versions in a folder, oldest first."""
    return sorted(folder.glob(f"*{SUFFIX}"))


def add_version(data: UnitData, folder: Path) -> Path:
    """Write unit data as the next version; the same entries as the last make no new one.

    Returns
    -------
    The file of the version that has these entries.

    Raises
    ------
    MissingValueError
        There are no entries.
    WriteError
        It can not be written.
    """
    _refuse_empty(data, folder)
    found = versions(folder)
    number = 1
    if found:
        last = read_unit_data(found[-1])
        number = last.version + 1
        if as_data(replace(data, version=0, made="")) == as_data(_plain(last)):
            return found[-1]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"can not be made: {error.strerror or error}", file=str(folder)) from error
    path = folder / f"{number:04d}{SUFFIX}"
    write_unit_data(replace(data, version=number), path)
    return path


def _refuse_empty(data: UnitData, path: Path) -> None:
    if not data.entries:
        raise MissingValueError(
            "no unit data: no cycle has an item whose type is known", file=str(path), place="entries",
            hint="See what there is: meguru reverse segment PLANT STORE.",
        )  # fmt: skip


def _plain(data: UnitData) -> UnitData:
    """What two versions are compared by."""
    return replace(data, version=0, made="", status="draft", approved_by=None, approved_at=None)


def approve(path: Path, by: str, at: datetime | None = None) -> UnitData:
    """Approve a version.

    Raises
    ------
    LibraryError
        It is approved already.
    RangeError
        No name is given.
    MissingValueError
        It has no entries.
    """
    data = read_unit_data(path)
    _refuse_empty(data, path)
    if not by.strip():
        raise RangeError("approval needs a name", found=by)
    if data.status == "approved":
        raise LibraryError(
            "this version is approved already",
            file=str(path),
            found=f"{data.approved_by}, {data.approved_at}",
        )
    when = (at or datetime.now(UTC)).isoformat(timespec="seconds")
    approved = replace(data, status="approved", approved_by=by, approved_at=when)
    write_unit_data(approved, path)
    return approved


def latest(folder: Path, *, drafts: bool = False) -> UnitData:
    """The newest approved version, or with ``drafts`` the newest.

    Raises
    ------
    LibraryError
        None is approved.
    NotReadableError
        The folder holds no unit data.
    """
    found = versions(folder)
    if not found:
        raise NotReadableError("no unit data here", file=str(folder))
    for path in reversed(found):
        data = read_unit_data(path)
        if drafts or data.status == "approved":
            return data
    raise LibraryError(
        "no version is approved", file=str(folder), hint="Approve one: meguru reverse approve FILE --by NAME."
    )


def quantities(values: Mapping[str, float]) -> dict[str, Quantity]:
    """Numbers without unit, as a file holds them."""
    return {name: Quantity(float(f"{value:.6g}")) for name, value in values.items()}
