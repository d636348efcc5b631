"""A model as a workbook."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from meguru.errors import MeguruError, WriteError
from meguru.files.attribute import declared
from meguru.files.writing import write_beside
from meguru.model.components import Component, Model
from meguru.model.excel.bom import AMOUNT, LEVEL, bom_rows
from meguru.model.excel.columns import title_of
from meguru.model.excel.layout import BOM, EXTRAS, MODEL, READ_ME, SERIES, TABLES, Sheet, is_listed, sheets
from meguru.model.excel.lines import Cell, Held, cells_of, quantity_cell
from meguru.model.excel.lookups import SETTINGS, Lookups
from meguru.model.excel.style import Page, explained, new_workbook
from meguru.model.excel.text import flow, text_cell, value_cell
from meguru.model.network import route_name
from meguru.quantity import read_quantity, write_quantity

Names = tuple[str, ...]


def export_excel(model: Model, path: str | os.PathLike[str]) -> None:
    """Write a whole model as an Excel workbook, one sheet for each kind of thing.

    What the model took from its libraries is written too: the workbook stands alone. It is written beside its
    place and then renamed.

    Raises
    ------
    WriteError
        The file can not be written, or a text is too long for a cell.
    """
    if Path(path).suffix.lower() != ".xlsx":
        # A program that opens it by its name would find something else than the name says.
        raise WriteError(
            "a workbook is an Excel file",
            file=os.fspath(path),
            found=Path(path).name,
            expected="a name that ends in .xlsx",
        )
    book = new_workbook()
    lookups = Lookups()
    _write_model(Page(book, MODEL), model, lookups)
    for sheet in sheets():
        if sheet.title == BOM:
            _write_bom(book, model, lookups)
        else:
            _write_sheet(book, sheet, model, lookups)
    _write_lookups(book, lookups)
    _write_read_me(book)
    stream = io.BytesIO()
    book.save(stream)
    write_beside(Path(path), stream.getvalue())


def _write_model(page: Page, model: Model, lookups: Lookups) -> None:
    alone = Model(**{**vars_of(model), "libraries": []})
    page.titles({"key": "", "value": "", **dict.fromkeys(EXTRAS, ""), "_meaning": "left unread"})
    for held in cells_of(alone, "", lookups, listed=False):
        meaning = explained(Model, held.path)
        page.line(
            [title_of(held.path), held.cell.value, *(held.cell.extras.get(one) for one in EXTRAS), meaning]
        )


def vars_of(model: Model) -> dict[str, Any]:
    """The fields of a model."""
    return {one.name: getattr(model, one.name) for one in declared(Model).values()}


def _owners(sheet: Sheet, model: Model) -> Iterator[tuple[Names, Component, str]]:
    """What may have entries in a sheet: its names, itself and its place."""
    found: list[tuple[Names, Component, str]] = [((), model, "")]
    for key in sheet.path[:-1]:
        inner: list[tuple[Names, Component, str]] = []
        for names, owner, place in found:
            start = f"{place}.{key}" if place else key
            held = getattr(owner, declared(type(owner))[key].name)
            if isinstance(held, dict):
                inner += [((*names, name), one, f"{start}.{name}") for name, one in held.items()]
            elif isinstance(held, list):
                inner += [((*names, route_name(one)), one, f"{start}.{route_name(one)}") for one in held]
            elif held is not None:
                inner.append((names, held, start))
        found = inner
    yield from found


def _write_sheet(book: Any, sheet: Sheet, model: Model, lookups: Lookups) -> None:
    lines: list[tuple[list[Any], list[Held]]] = []
    for names, owner, place in _owners(sheet, model):
        start = [text_cell(name) for name in names]
        for key in sheet.what or (sheet.path[-1],):
            one = declared(type(owner))[key]
            held = getattr(owner, one.name) or {}
            inside = f"{place}.{key}" if place else key
            what = [*start, key] if sheet.what else start
            try:
                lines += _lines(sheet, held, what, inside, lookups)
            except MeguruError as error:
                raise error.at(place=inside) from None
    if lines or (len(sheet.path) == 1 and sheet.one.attribute.required):
        _write_lines(Page(book, sheet.title), sheet, lines)


def _lines(
    sheet: Sheet, held: Any, start: list[Any], place: str, lookups: Lookups
) -> Iterator[tuple[list[Any], list[Held]]]:
    listed = is_listed(sheet)
    if isinstance(held, list):
        own = sheet.one.attribute.form == "unit_data"
        for index, entry in enumerate(held):
            if not isinstance(entry, Component):
                yield [*start, text_cell(entry)], []
                continue
            name = str(index) if listed else route_name(entry)  # type: ignore[arg-type]
            cells = list(cells_of(entry, f"{place}.{name}", lookups, listed=listed))
            yield [*start, *([None] if own else [])], cells
        return
    for name, entry in held.items():
        inside = f"{place}.{name}"
        if isinstance(entry, Component):
            yield [*start, text_cell(name)], list(cells_of(entry, inside, lookups, listed=False))
        elif sheet.holds == "numbers":
            cell = Cell("rest") if entry is None else quantity_cell(entry, inside, lookups)
            yield [*start, text_cell(name)], [Held((), ("value",), cell)]
        else:
            yield [*start, text_cell(name)], [Held((), ("value",), Cell(_any(entry, inside, lookups)))]


def _any(value: Any, place: str, lookups: Lookups) -> Any:
    """A new value of a measure: a series goes to the sheet of series if nothing is lost by it."""
    if isinstance(value, dict) and "values" in value:
        try:
            lossless = flow(write_quantity(read_quantity(value))) == flow(value)  # the order of keys counts
        except MeguruError:
            lossless = False  # it stays as it is, to be refused where the model is checked
        if lossless:
            return lookups.add_series(place, value)
    return value_cell(value)


def _write_lines(page: Page, sheet: Sheet, lines: list[tuple[list[Any], list[Held]]]) -> None:
    keys = [*sheet.keys, *(["unit data"] if sheet.one.attribute.form == "unit_data" else [])]
    kind = sheet.kind
    columns = _columns([held for _, cells in lines for held in cells])
    if kind is not None and not lines:  # for whoever fills the sheet
        columns = [((key,), "") for key, one in declared(kind).items() if one.attribute.required]
    titles = dict.fromkeys(keys, "")
    for path, extra in columns:
        title = extra if kind is None and extra else title_of(path, extra)
        titles[title] = "" if kind is None or extra else explained(kind, path)
    page.titles(titles, fixed=len(keys))
    if kind is not None:
        page.offer_choices(kind, [path for path, _ in columns], len(keys))
    for start, cells in lines:
        held = {path: cell for _, path, cell in cells}
        empty = [None] * (len(keys) - len(start))
        page.line([*start, *empty, *(_of(held.get(path), extra) for path, extra in columns)])


def _columns(cells: list[Held]) -> list[tuple[Names, str]]:
    """The columns that the cells need, in the order of the declarations, each followed by those beside it."""
    orders: dict[Names, tuple[int, ...]] = {}
    extras: dict[Names, set[str]] = {}
    for order, path, cell in cells:
        orders.setdefault(path, order)
        extras.setdefault(path, set()).update(cell.extras)
    return [
        (path, extra)
        for path in sorted(orders, key=lambda path: orders[path])
        for extra in ("", *(one for one in EXTRAS if one in extras[path]))
    ]


def _of(cell: Cell | None, extra: str) -> Any:
    if cell is None:
        return None
    return cell.extras.get(extra) if extra else cell.value


def _write_bom(book: Any, model: Model, lookups: Lookups) -> None:
    rows = list(bom_rows(model, lookups))
    if not rows:
        return
    page = Page(book, BOM)
    depth = max(row.level for row in rows)
    levels = [f"{LEVEL}{number}" for number in range(1, depth + 1)]
    used = [
        one for one in EXTRAS if one == "unit" or any(row.amount and one in row.amount.extras for row in rows)
    ]
    page.titles(
        {**dict.fromkeys(levels, ""), AMOUNT: "in one unit of the item above", **dict.fromkeys(used, "")}
    )
    for row in rows:
        names = [row.name if number == row.level else None for number in range(1, depth + 1)]
        page.line([*names, *(_of(row.amount, extra) for extra in ("", *used))], level=row.level - 1)


def _write_lookups(book: Any, lookups: Lookups) -> None:
    for sheet, key in ((SERIES, "series"), (TABLES, "table")):
        lines = lookups.lines[sheet]
        if not lines:
            continue
        used = [one for one in SETTINGS if any(one in line for line in lines.values())]
        numbers = sorted({one for line in lines.values() for one in line if not isinstance(one, str)})
        page = Page(book, sheet)
        page.titles({key: "", **dict.fromkeys([*used, *numbers], "")})
        for name, line in lines.items():
            page.line([name, *(line.get(one) for one in (*used, *numbers))])


def _write_read_me(book: Any) -> None:
    page = Page(book, READ_ME, first=True)
    text = """A model of meguru. Edit it here and read it back: meguru import <this workbook> --out model.yaml
Each sheet holds one kind of thing, one line each; the first columns say what a line belongs to.
A number has its unit in the column beside it; a number without unit is a ratio. '12 kg' in a cell is fine.
'series: name' points to a line of the sheet 'series' with a number for each year.
'table: name' points to a line of the sheet 'tables'.
'= 1 - rate' as text is a formula of the model, over the sheet 'parameters'.
A cell in braces holds what a model file may hold: {distribution: normal, mean: 12, sd: 2, unit: year}.
Several names in a cell are separated by commas. What begins with a bracket or quote stands in double quotes.
The sheet 'bom' is indented: each item stands in the column of its level and is opened once.
Formulas of the spreadsheet are read by their stored values; a cell formatted as % is read as it is shown.
Sheets and columns whose titles begin with '_' are yours: they are left unread."""
    for line in text.splitlines():
        page.line([line])
