"""How the sheets look."""

from __future__ import annotations

from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from meguru.files.attribute import declared
from meguru.model.components import Component
from meguru.model.walk import COMPONENTS

_TITLE = Font(bold=True, color="FF1F3B34")
_QUIET = Font(italic=True, color="FF7A8783")
_SHADE = PatternFill("solid", fgColor="FFE3EEEA")
_WIDEST = 46
_MOST_OFFERED = 255  # characters of a list of choices
_DEEPEST_OUTLINE = 7


def new_workbook() -> Any:
    """A workbook without sheets."""
    book = Workbook()
    book.remove(book.active)
    book.properties.creator = "meguru"
    return book


def explained(kind: type[Component], path: tuple[str, ...]) -> str:
    """What an attribute means, with its dimension."""
    one = declared(kind).get(path[0])
    if one is None:
        return ""
    if one.attribute.form == "component" and len(path) > 1:
        return explained(COMPONENTS[one.attribute.component], path[1:])
    return (
        f"{one.attribute.doc} [{one.attribute.dimension}]" if one.attribute.dimension else one.attribute.doc
    )


class Page:
    """A sheet being written from the top."""

    def __init__(self, book: Any, title: str, *, first: bool = False) -> None:
        self.sheet = book.create_sheet(title, 0 if first else None)
        self.row = 0
        self.sheet.sheet_properties.outlinePr.summaryBelow = False

    def titles(self, titles: dict[Any, str], *, fixed: int = 1) -> None:
        """The row of titles, each with its explanation; ``fixed`` columns stay when scrolling."""
        self.line(list(titles))
        for column, (title, about) in enumerate(titles.items(), 1):
            cell = self.sheet.cell(1, column)
            cell.font, cell.fill = (_QUIET if str(title).startswith("_") else _TITLE), _SHADE
            if about:
                cell.comment = Comment(about, "meguru", height=90, width=280)
        self.sheet.freeze_panes = self.sheet.cell(2, fixed + 1)

    def line(self, values: list[Any], *, level: int = 0) -> None:
        """A row; texts stay texts whatever they begin with."""
        self.row += 1
        for column, value in enumerate(values, 1):
            if value is None:
                continue
            cell = self.sheet.cell(self.row, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
                cell.quotePrefix = value.startswith(
                    "="
                )  # or editing would make it a formula of the spreadsheet
                cell.alignment = Alignment(vertical="top", wrap_text=len(value) > _WIDEST and self.row > 1)
            else:
                cell.alignment = Alignment(vertical="top")
                if isinstance(value, float):  # openpyxl alone would write 16 digits, one too few
                    cell.value, cell.data_type = repr(value), "n"
            self._widen(column, str(value))
        if level:
            self.sheet.row_dimensions[self.row].outlineLevel = min(level, _DEEPEST_OUTLINE)

    def _widen(self, column: int, text: str) -> None:
        dimension = self.sheet.column_dimensions[get_column_letter(column)]
        longest = max(map(len, text.split("\n")))
        wanted = min(_WIDEST, 2 + longest)
        dimension.width = max(wanted, dimension.width if dimension.customWidth else 8)

    def offer_choices(self, kind: type[Component], paths: list[tuple[str, ...]], keys: int) -> None:
        """Lists to choose from, for attributes that have a few values."""
        known = declared(kind)
        for column, path in enumerate(paths, keys + 1):
            choices = known[path[0]].attribute.choices if path[0] in known else ()
            text = f'"{",".join(choices)}"'
            if choices and len(path) == 1 and len(text) <= _MOST_OFFERED:
                rule = DataValidation(type="list", formula1=text, allow_blank=True)
                letter = get_column_letter(column)
                rule.add(f"{letter}2:{letter}1000")
                self.sheet.add_data_validation(rule)
