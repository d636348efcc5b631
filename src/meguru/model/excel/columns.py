"""The titles of columns: ``demand.sales``, ``exchanges.electricity``, ``exchanges.electricity unit``."""

from __future__ import annotations

import re

from meguru.errors import UnknownKeyError, did_you_mean
from meguru.files.attribute import Declared, declared
from meguru.files.tree import Mark
from meguru.model.components import Component
from meguru.model.excel.layout import EXTRAS
from meguru.model.excel.text import quoted, text_cell, text_node
from meguru.model.walk import COMPONENTS

Path = tuple[str, ...]
WITH_NAMES = ("label", "quantities", "split")
_EXTRA = re.compile(rf"(.*\S) ({'|'.join(EXTRAS)})\Z", re.DOTALL)


def title_of(path: Path, extra: str = "") -> str:
    """The title of a column; a name that would be misread stands in double quotes."""
    *keys, last = path
    if keys and (text_cell(last) != last or _EXTRA.match(last)):
        last = quoted(last)
    title = ".".join((*keys, last))
    return f"{title} {extra}" if extra else title


def read_title(title: str, kind: type[Component], mark: Mark) -> tuple[Path, str, Declared]:
    """The path that a title names, the extra column that it is ('' for none), and the attribute."""
    extra = ""
    if found := _EXTRA.match(title):
        title, extra = found[1], found[2]
    path: list[str] = []
    known = declared(kind)
    while True:
        key, _, rest = title.partition(".")
        one = known.get(key)
        path.append(key)
        form = one.attribute.form if one else ""
        fits = not rest or form == "component" or form in WITH_NAMES
        if one is None or not fits or (extra and form not in ("quantity", *WITH_NAMES, "component")):
            raise _unknown(title if not extra else f"{title} {extra}", known, mark)
        if form == "component" and rest:
            known, title = declared(COMPONENTS[one.attribute.component]), rest
            continue
        if rest:
            path.append(str(text_node(rest, mark).value))
        return tuple(path), extra, one


def _unknown(title: str, known: dict[str, Declared], mark: Mark) -> UnknownKeyError:
    return UnknownKeyError(
        "unknown column",
        file=mark[0],
        found=title,
        expected=list(known),
        hint=did_you_mean(title, known) or "A column whose title begins with '_' is left unread.",
    )
