"""A real fleet to start from: serial numbers, what they are, when they were made, ages of parts."""

from __future__ import annotations

import hashlib
import math
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from meguru.engine.compiling.program import Program
from meguru.engine.items.fleet_files import read_table
from meguru.engine.items.tables import cells_of
from meguru.engine.plan import USE_BUILDS, USE_CLASS, USE_SEGMENTS
from meguru.errors import (
    ContradictionError, DuplicateKeyError, MissingValueError, RangeError, UnknownKeyError, UnknownNameError,
    did_you_mean,
)  # fmt: skip

if TYPE_CHECKING:
    from pandas import DataFrame

    from meguru.engine.plan import Ints

FleetTable: TypeAlias = "DataFrame | str | os.PathLike[str]"
# A year that a table holds among empty cells arrives as a float.
_MADE = re.compile(r"(?P<year>\d{4})(?:\.0+|-(?P<month>0?[1-9]|1[0-2]))?")
ROUNDED = 0.05  # years by which an age may differ, as one rounded to a tenth does
COLUMNS = ("serial", "product", "made", "age", "use", "segment", "build")


@dataclass(frozen=True, slots=True)
class Placed:
    """Units in use as the kernels take them.

    Attributes
    ----------
    units : (unit, 3 + piece)
        Use process, class, step made, births of the pieces.
    first_step
        With which the run begins.
    """

    units: Ints
    first_step: int


@dataclass(frozen=True, slots=True)
class Fleet:
    """A fleet as it was read: a row a unit."""

    table: DataFrame
    file: str | None

    @property
    def serials(self) -> list[str]:
        """Serial numbers, in the order of the table."""
        return [str(serial) for serial in self.table["serial"]]

    @property
    def hash(self) -> str:
        """SHA-256 of the table."""
        return hashlib.sha256(self.table.to_csv(index=False).encode()).hexdigest()

    def place_in(self, program: Program) -> Placed:
        """The fleet in the tables of a program.

        Raises
        ------
        ModelError
            A unit that the model does not know; the error names file, row and column.
        """
        place = _Placer(self, program)
        records = [{str(key): value for key, value in row.items()} for row in self.table.to_dict("records")]
        rows = [place.row(number, row) for number, row in enumerate(records)]
        return Placed(np.array(rows, dtype=np.int64).reshape(len(rows), 3 + place.cells), place.first)


def read_fleet(source: FleetTable) -> Fleet:
    """Read a fleet from a table, or a CSV or XLSX file.

    Parameters
    ----------
    source
        Columns ``serial``, ``product``, ``made`` (a year, or a month as 2024-03) or ``age`` (years); if need
        be ``use``, ``segment``, ``build``; and for each followed part, if it is not as old as its product,
        a column of its name with the age of its piece in years (``part.1``, ``part.2`` … for several).

    Raises
    ------
    NotReadableError
        No such file, or no table.
    ModelError
        A column that is missing, a row longer than that of the titles, a serial number or a title that stands
        there twice.
    """
    import pandas

    if isinstance(source, pandas.DataFrame):
        table, file = source.copy(), None
    else:
        file = str(source)
        table = read_table(Path(source))
    for column in ("serial", "product"):
        if column not in table:
            raise MissingValueError(
                "a fleet lacks a column", file=file, place=column, found=", ".join(map(str, table.columns))
            )
    if "made" not in table and "age" not in table:
        raise MissingValueError(
            "a fleet says neither when its units were made nor how old they are",
            file=file,
            expected="a column 'made' or 'age'",
        )
    table["serial"] = _serials(table["serial"], file)
    return Fleet(table, file)


def _serials(cells: Iterable[Any], file: str | None) -> list[str]:
    """Serial numbers without spaces around them, each once."""
    seen: dict[str, int] = {}
    for line, cell in enumerate(cells, 2):
        if _is_empty(cell):
            raise MissingValueError("a unit has no serial number", file=file, line=line, place="serial")
        serial = str(cell).strip()
        if serial in seen:
            raise DuplicateKeyError(
                "a serial number stands there twice",
                file=file,
                line=line,
                place="serial",
                found=serial,
                expected=f"another than in row {seen[serial]}",
            )
        seen[serial] = line
    return list(seen)


class _Placer:
    """Turns rows of a fleet into what the kernels take."""

    def __init__(self, fleet: Fleet, program: Program) -> None:
        self.fleet, self.program, self.file = fleet, program, fleet.file
        self.model = program.model
        self.monthly = self.model.time.step == "month"
        self.first = int(np.flatnonzero(program.years == self.model.time.first)[0])
        cell, self.cells = cells_of(program)
        self.slots: dict[str, list[tuple[str, int, int]]] = {}  # product → part, first cell, count's table
        index = 0
        for product in program.shape.uses:
            self.slots[product] = []
            for part in program.shape.followed.get(product, []):
                self.slots[product].append((part, int(cell[index]), program.counts[(product, part)]))
                index += 1
        self.parts = {part for slots in self.slots.values() for part, _, _ in slots}
        self._columns()
        titles = [str(column) for column in fleet.table.columns]
        self.columns = {
            part: [title for title in titles if title == part or title.rpartition(".")[0] == part]
            for part in self.parts
        }

    def _columns(self) -> None:
        parts = self.parts
        items = self.model.items
        for column in self.fleet.table.columns:
            name, _, number = str(column).rpartition(".")
            known = column in COLUMNS or column in parts or (name in parts and number.isdigit())
            if not known:
                of_part = next(
                    (one for one in (str(column), name) if one in items and one not in parts), None
                )
                follow = f"Only followed parts have ages: list '{of_part}' under 'parts' of the use process."
                raise UnknownKeyError(
                    "a column of the fleet that says nothing",
                    file=self.file,
                    place=str(column),
                    found=str(column),
                    expected=", ".join([*COLUMNS, *sorted(parts)]),
                    hint=follow if of_part else did_you_mean(str(column), [*COLUMNS, *parts]),
                )
            if column not in COLUMNS and column not in parts:
                self._check_piece(str(column), name, number)

    def _check_piece(self, column: str, part: str, number: str) -> None:
        """Refuse the column of a piece that no product has."""
        counts = [
            self.program.coefficients.get_table(table)
            for slots in self.slots.values()
            for name, _, table in slots
            if name == part
        ]
        most = round(max(float(one.max()) for one in counts))
        known = [f"{part}.{piece}" for piece in range(1, most + 1)]
        if column not in known:
            raise UnknownKeyError(
                "a column of the fleet for a piece that does not exist",
                file=self.file,
                place=column,
                found=column,
                expected=f"'{part}'" + "".join(f", '{one}'" for one in known),
                hint=f"Nothing has more than {most} of '{part}'.",
            )

    def _one_of(self, row: dict[str, Any], number: int, column: str, known: list[str], needed: bool) -> str:
        found = row.get(column)
        if _is_empty(found):
            if not needed and known:
                return known[0]
            raise MissingValueError(
                "a unit of the fleet lacks a name", file=self.file, line=number + 2, place=column,
                expected=", ".join(known),
            )  # fmt: skip
        name = str(found).strip()
        if name not in known:
            raise UnknownNameError(
                "a name that the model does not know", file=self.file, line=number + 2, place=column,
                found=name, expected=", ".join(known), hint=did_you_mean(name, known),
            )  # fmt: skip
        return name

    def row(self, number: int, row: dict[str, Any]) -> list[int]:
        """Use process, class, step made, and births of the pieces of one unit."""
        uses = self.program.shape.uses
        product = self._one_of(row, number, "product", list(uses), True)
        name = self._one_of(row, number, "use", uses[product], len(uses[product]) > 1)
        index = self.program.uses.names.index(name)
        use = self.program.uses.use[index]
        segments = list(self.model.processes[name].segments) or [""]
        segment = 0
        if segments != [""]:
            segment = segments.index(self._one_of(row, number, "segment", segments, True))
        builds = self.program.shape.builds[product]
        build = builds.index(self._one_of(row, number, "build", builds, False))
        assert use[USE_BUILDS] == len(builds)
        local = use[USE_CLASS] + build * use[USE_SEGMENTS] + segment
        made = self._made(row, number)
        births = [-1] * self.cells
        for part, first, table in self.slots[product]:
            counts = self.program.coefficients.get_table(table)
            count = round(float(counts[0, made if counts.shape[1] > 1 else 0]))
            for piece in range(count):
                births[first + piece] = self._birth(row, number, part, piece, made)
            self._refuse_unused(row, number, part, count)
        for part in self.parts - {part for part, _, _ in self.slots[product]}:
            self._refuse_unused(row, number, part, 0)
        return [index, local, made, *births]

    def _refuse_unused(self, row: dict[str, Any], number: int, part: str, count: int) -> None:
        """Refuse an age that is of no piece of this unit: of one too many, or a plain one for none."""
        pieces = [f"{part}.{piece + 1}" for piece in range(count)]
        filled = {column for column in self.columns[part] if not _is_empty(row.get(column))}
        own = filled.intersection(pieces)
        unused = sorted(filled - own - ({part} if len(own) < count else set()))
        if not unused:
            return
        if unused == [part] and count:
            raise ContradictionError(
                f"every piece has an age of its own, and '{part}' gives one for all others",
                file=self.file, line=number + 2, place=part, found=str(row[part]), expected="an empty cell",
            )  # fmt: skip
        raise RangeError(
            f"an age of a piece that this unit does not have: it was made with {count} of '{part}'",
            file=self.file, line=number + 2, place=unused[-1], found=str(row[unused[-1]]),
            expected="an empty cell",
        )  # fmt: skip

    def _made(self, row: dict[str, Any], number: int) -> int:
        """Step in which a unit was made."""
        made, age = row.get("made"), row.get("age")
        if _is_empty(made) and _is_empty(age):
            raise MissingValueError(
                "a unit of the fleet that says neither when it was made nor its age", file=self.file,
                line=number + 2, place="made", expected="a year, a month as 2019-03, or 'age' in years",
            )  # fmt: skip
        if _is_empty(made):
            return self._step_of_age(age, number, "age")
        found = _MADE.fullmatch(str(made).strip())
        if found is None:
            raise RangeError(
                "no year and no month", file=self.file, line=number + 2, place="made", found=str(made),
                expected="2019 or 2019-03",
            )  # fmt: skip
        year, month = int(found["year"]), int(found["month"] or 7)
        if not _is_empty(age):
            self._check_age(age, number, str(made), year, None if found["month"] is None else month)
        step = (year - int(self.program.years[0])) * (12 if self.monthly else 1)
        step += month - 1 if self.monthly else 0
        return self._in_history(step, number, "made", str(made))

    def _check_age(self, age: Any, number: int, made: str, year: int, month: int | None) -> None:
        """Refuse an age, when the first step begins, that nothing made in that year or month can have."""
        years = self._age(age, number, "age")
        begin = year + (0.0 if month is None else (month - 1) / 12)
        oldest = self.model.time.first - begin
        youngest = oldest - (1.0 if month is None else 1 / 12)
        if not youngest - ROUNDED <= years <= oldest + ROUNDED:
            raise ContradictionError(
                "'made' and 'age' contradict each other", file=self.file, line=number + 2, place="age",
                found=f"made {made}, {years:g} years old",
                expected=f"one of them, or an age of {max(youngest, 0.0):.3g} to {oldest:.3g} years",
                hint=f"The age is that when {self.model.time.first} begins.",
            )  # fmt: skip

    def _step_of_age(self, age: Any, number: int, column: str) -> int:
        """Step made of something so many years old when the first step begins."""
        years = self._age(age, number, column)
        step = self.first - 1 - math.floor(years * (12 if self.monthly else 1) + 1e-9)
        return self._in_history(step, number, column, f"{years:g} years")

    def _age(self, age: Any, number: int, column: str) -> float:
        """Years."""
        try:
            years = float(age)
        except (TypeError, ValueError):
            years = math.nan
        if not years >= 0.0 or math.isinf(years):
            raise RangeError(
                "no age",
                file=self.file,
                line=number + 2,
                place=column,
                found=str(age),
                expected="years, 0 or more",
            )
        return years

    def _in_history(self, step: int, number: int, column: str, found: str) -> int:
        first, start = self.model.time.first, int(self.program.years[0])
        if not 0 <= step < self.first:
            raise RangeError(
                "made outside of the history of the model",
                file=self.file,
                line=number + 2,
                place=column,
                found=found,
                expected=f"made from {start} on and before {first}"
                if self.first
                else f"a history before {first}",
                hint="Let time.history begin with the oldest unit; of the history only its years are used.",
            )
        return step

    def _birth(self, row: dict[str, Any], number: int, part: str, piece: int, made: int) -> int:
        for column in (f"{part}.{piece + 1}", part):
            age = row.get(column)
            if not _is_empty(age):
                return self._step_of_age(age, number, column)
        return made


def _is_empty(cell: Any) -> bool:
    """Whether nothing stands in a cell of a table."""
    return cell is None or (isinstance(cell, float) and math.isnan(cell)) or not str(cell).strip()
