"""Reading Vensim model files (.mdl)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from meguru.errors import NotReadableError
from meguru.files.tree import LARGEST_FILE
from meguru.foresight.importers.algebra import canonical, unescaped
from meguru.foresight.importers.report import ImportReport
from meguru.foresight.importers.system import System, Variable, translate

SKETCH = re.compile(r"^\\+---///", re.MULTILINE)  # what follows are pictures
CONTROL = {"initial time": "start", "final time": "stop", "time step": "step"}
_INTEG = re.compile(r"INTEG\s*\((.*)\)\s*\Z", re.IGNORECASE | re.DOTALL)
_LEFT = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^=(\[:<|~]+?)\s*(\[|\(|:=|:|==|=|<->|\Z)', re.DOTALL)


def import_vensim(path: str | os.PathLike[str]) -> ImportReport:
    """Read the structure of a Vensim model.

    Stocks become nodes; flows and auxiliaries are inlined into terms that a step says exactly. What can not
    be said is listed in the report with its place.

    Raises
    ------
    NotReadableError
        The file can not be opened, or is no Vensim model with stocks.
    """
    path = Path(path)
    text = _text(path)
    system = System(path.stem, str(path), spaced=True)
    for line, entry in _entries(SKETCH.split(text, maxsplit=1)[0]):
        _take(system, line, entry)
    for key, name in CONTROL.items():
        variable = system.variables.pop(key, None)
        if variable is None:
            raise NotReadableError(
                f"no {key.upper()}", file=str(path), expected="a Vensim model with its control variables"
            )
        setattr(system, name, variable.equation)
        system.time_unit = variable.unit or system.time_unit
    system.variables.pop("saveper", None)
    return translate(system)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NotReadableError(f"can not be opened: {error.strerror or error}", file=str(path)) from error
    if len(data) > LARGEST_FILE:
        raise NotReadableError("file too large", file=str(path), found="more", expected="at most 32 MiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp932", errors="strict") if _is_cp932(data) else data.decode("latin-1")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"\A\s*\{UTF-8\}", "", text)


def _is_cp932(data: bytes) -> bool:
    try:
        data.decode("cp932")
    except UnicodeDecodeError:
        return False
    return True


def _entries(text: str) -> Iterator[tuple[int, str]]:
    """What stands between bars, with the line at which it begins; headings of groups are left away."""
    line = 1
    for entry in text.split("|"):
        begin = line + entry[: len(entry) - len(entry.lstrip())].count("\n")
        line += entry.count("\n")
        body = entry.strip()
        if body and not body.startswith("***"):
            yield begin, body


def _take(system: System, line: int, entry: str) -> None:
    """One equation with its units and comment."""
    equation, *rest = [part.strip() for part in entry.split("~")]
    equation = re.sub(r"\\\s*\n\s*", " ", re.sub(r"\{[^}]*\}", "", equation)).strip()
    if not equation:
        return
    if equation.upper().startswith((":MACRO:", ":END OF MACRO:")):
        system.lose("macro", equation.split("\n")[0], line)
        return
    found = _LEFT.match(equation)
    name = " ".join(unescaped(found[1].strip('"')).split()) if found else equation[:40]
    sign = found[2] if found else ""
    right = equation[found.end() :].strip() if found else ""
    construct = _KINDS.get(sign)
    if construct is not None:
        system.lose(name, construct, line)
        return
    key = canonical(name)
    if key in system.variables:
        system.lose(name, "a second equation of the same name", line)
        return
    unit = re.sub(r"\s*\[[^\]]*\]\s*\Z", "", rest[0]) if rest else ""
    about = re.sub(r"\\\s*\n|\s+", " ", rest[1]).strip() if len(rest) > 1 else ""
    system.variables[key] = _variable(name, right, unit, " ".join(about.split()), line)


_KINDS = {
    "[": "subscripts",
    "(": "a lookup table",
    ":": "a range of subscripts",
    ":=": "data",
    "==": "an unchangeable constant or equation to be solved",
    "<->": "a mapping of subscripts",
    "": "no equation (data from elsewhere)",
}


def _variable(name: str, right: str, unit: str, about: str, line: int) -> Variable:
    stock = _INTEG.match(right)
    if stock is None:
        return Variable(name, right, unit=unit, about=about, line=line)
    change, initial = _arguments(stock[1])
    return Variable(name, change, is_stock=True, initial=initial, unit=unit, about=about, line=line)


def _arguments(text: str) -> tuple[str, str]:
    """Change and start of a stock: parted by the last comma outside brackets."""
    depth, last = 0, len(text)
    for index, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            last = index
    return text[:last].strip(), text[last + 1 :].strip()
