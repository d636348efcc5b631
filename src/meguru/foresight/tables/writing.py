"""A causal model as tables: a workbook, or a folder of CSV files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from meguru.errors import WriteError
from meguru.files.attribute import Declared, declared
from meguru.files.document import default_of
from meguru.files.writing import write_beside
from meguru.foresight.model import CausalModel, Spread
from meguru.foresight.tables.words import SPREAD, TABLES, attributes
from meguru.foresight.write import component_data, shortest
from meguru.model.excel.style import Page, new_workbook
from meguru.model.excel.text import flow, quoted, text_cell, value_cell

ALWAYS = {
    "nodes": ("name", "label.ja", "label.en", "field", "unit", "start", "scale", "role"),
    "edges": ("from", "to", "strength", "polarity", "lag", "form", "basis", "citation"),
    "events": ("name", "label.ja", "label.en", "hazard", "jump", "conditions"),
}  # columns written even if nothing stands in them
Row = dict[str, Any]


def save_tables(model: CausalModel, path: Path) -> None:
    """Write a causal model as a workbook (.xlsx), or as CSV files into a folder.

    Raises
    ------
    WriteError
        A file can not be written, or a text is too long for a cell.
    """
    tables = {
        "nodes": _table("nodes", model.nodes.values()),
        "edges": _table("edges", model.edges),
        "events": _table("events", model.events.values()),
        "settings": _settings(model),
    }
    if not model.events:
        del tables["events"]
    if path.suffix.lower() == ".xlsx":
        _workbook(tables, path)
    else:
        _folder(tables, path)


def _table(table: str, entries: Iterable[Any]) -> list[Row]:
    """The titles as the first row, with their explanations; then a row for each entry."""
    entries = list(entries)
    titles: dict[str, str] = {"name": "as edges and events call it"} if table != "edges" else {}
    for key, one in attributes(table).items():
        about = (
            f"{one.attribute.doc} [{one.attribute.dimension}]"
            if one.attribute.dimension
            else one.attribute.doc
        )
        for title in _titles(table, key, one, entries):
            titles[title] = about
    return [titles, *(_row(table, entry) for entry in entries)]


def _titles(table: str, key: str, one: Declared, entries: list[Any]) -> list[str]:
    values = [getattr(entry, one.name) for entry in entries]
    always = ALWAYS[table]
    if one.attribute.form == "label":
        languages = dict.fromkeys(("ja", "en", *(language for value in values for language in value)))
        return [f"{key}.{language}" for language in languages]
    used = any(value != default_of(TABLES[table], one.name) for value in values)
    if key not in always and not used:
        return []
    unit = _unit(one)
    if one.attribute.form == "spread" and not all(value.is_constant for value in values):
        return [f"{key}.{part}{unit}" for part in SPREAD]
    return [f"{key}{unit}"]


def _unit(one: Declared) -> str:
    """What stands behind the title of a column of times."""
    return " (years)" if one.attribute.dimension == "year" else ""


def _row(table: str, entry: Any) -> Row:
    row: Row = {} if table == "edges" else {"name": text_cell(entry.name)}
    for key, one in attributes(table).items():
        value, unit = getattr(entry, one.name), _unit(one)
        if value == default_of(TABLES[table], one.name) or value is None:
            continue
        if isinstance(value, Spread):
            if not value.is_constant:
                row |= {f"{key}.{part}{unit}": shortest(getattr(value, part)) for part in SPREAD}
            else:
                row |= dict.fromkeys((f"{key}{unit}", f"{key}.mode{unit}"), shortest(value.mode))
        elif one.attribute.form == "label":
            row |= {f"{key}.{language}": text_cell(text) for language, text in value.items()}
        elif one.attribute.form == "number":
            row[f"{key}{unit}"] = shortest(value) if abs(value) != float("inf") else None
        elif one.attribute.form in ("numbers", "years"):
            row[key] = flow({name: shortest(number) for name, number in value.items()})
        elif one.attribute.form == "list":
            row[key] = flow([component_data(inner, "", {}) for inner in value])
        else:
            row[key] = text_cell(value)
    return row


def _settings(model: CausalModel) -> list[Row]:
    rows: list[Row] = [{"key": "", "value": ""}]
    for key, one in declared(CausalModel).items():
        value = getattr(model, one.name)
        if one.attribute.form == "label":
            rows += [{"key": f"{key}.{name}", "value": text_cell(text)} for name, text in value.items()]
        elif one.attribute.form == "text":
            rows += [{"key": key, "value": text_cell(value)}] if value else []
        elif one.attribute.form in ("number", "step"):
            rows.append({"key": key, "value": component_data(model, "", {key: 0})[key]})
    for name, value in model.settings.items():
        held = quoted(value) if isinstance(value, str) else value_cell(value)
        rows.append({"key": text_cell(f"settings.{name}"), "value": held})
    return rows


def _workbook(tables: dict[str, list[Row]], path: Path) -> None:
    book = new_workbook()
    for table, (titles, *rows) in tables.items():
        page = Page(book, table)
        page.titles(titles, fixed=2 if table == "edges" else 1)
        for row in rows:
            page.line([row.get(title) for title in titles])
    stream = io.BytesIO()
    book.save(stream)
    write_beside(path, stream.getvalue())


def _folder(tables: dict[str, list[Row]], path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"can not be made: {error.strerror or error}", file=str(path)) from error
    for table, (titles, *rows) in tables.items():
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(titles)
        writer.writerows([row.get(title) for title in titles] for row in rows)
        # With a byte-order mark, by which spreadsheet programs know that it is UTF-8.
        write_beside(path / f"{table}.csv", stream.getvalue().encode("utf-8-sig"))
    if "events" not in tables:
        (path / "events.csv").unlink(missing_ok=True)
