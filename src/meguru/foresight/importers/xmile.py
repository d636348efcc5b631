"""Reading XMILE models (OASIS XMILE 1.0): the structure, not the pictures."""

from __future__ import annotations

import os
import re
from pathlib import Path

from meguru.errors import NotReadableError
from meguru.foresight.importers.algebra import canonical, unescaped
from meguru.foresight.importers.report import ImportReport
from meguru.foresight.importers.system import System, Variable, translate
from meguru.foresight.importers.xml_tree import Element, read_xml

DISPLAY = frozenset(
    (
        "doc",
        "documentation",
        "units",
        "format",
        "range",
        "scale",
        "eqn",
        "inflow",
        "outflow",
        "label",
        "access",
    )
)  # of a variable: read elsewhere, or about how it is shown
TOP = frozenset(
    (
        "header",
        "sim_specs",
        "model_units",
        "units",
        "equation_prefs",
        "prefs",
        "style",
        "data",
        "dimensions",
        "model",
    )
)
EULER = ("euler", "")


def import_xmile(path: str | os.PathLike[str]) -> ImportReport:
    """Read the structure of an XMILE model (Stella, Simlin, exports of others).

    Stocks become nodes; flows and auxiliaries are inlined into terms that a step says exactly. What can not
    be said is listed in the report with its place.

    Raises
    ------
    NotReadableError
        The file can not be opened, or is no XMILE model with stocks.
    """
    path = Path(path)
    root = read_xml(path)
    if root.name != "xmile":
        raise NotReadableError(
            "not XMILE", file=str(path), line=root.line, found=f"<{root.name}>", expected="<xmile>"
        )
    header = root.first("header")
    name = (header.text_of("name") if header else "") or path.stem
    system = System(" ".join(name.split()), str(path), spaced=False)
    _times(system, root)
    models = list(root.all("model"))
    if not models:
        raise NotReadableError("no model in it", file=str(path), line=root.line, expected="<model>")
    for child in root.children:
        if child.name not in TOP or (child.name == "dimensions" and child.children):
            system.lose(f"<{child.name}>", "a part of the file that is not read", child.line)
    for model in models[1:]:
        system.lose(model.attributes.get("name", "model"), "a submodel", model.line)
    variables = models[0].first("variables")
    for element in variables.children if variables else ():
        _take(system, element)
    return translate(system)


def _times(system: System, root: Element) -> None:
    specs = root.first("sim_specs")
    if specs is None:
        raise NotReadableError(
            "no <sim_specs>", file=system.file, line=root.line, expected="start, stop and dt"
        )
    system.start, system.stop = specs.text_of("start"), specs.text_of("stop")
    step = specs.first("dt")
    system.step = "1" if step is None else step.text.strip()  # by the standard
    if step is not None and step.attributes.get("reciprocal", "").lower() == "true":
        system.step = f"1/({system.step})"
    system.time_unit = specs.attributes.get("time_units", "") or specs.text_of("time_units")
    method = specs.attributes.get("method", "").lower()
    if method not in EULER:
        system.lose(
            "<sim_specs>", f"the method of integration {method}, read as Euler", specs.line, "changed"
        )


def _take(system: System, element: Element) -> None:
    """One variable."""
    name = " ".join(unescaped(element.attributes.get("name", "")).split()) or f"<{element.name}>"
    if element.name not in ("stock", "flow", "aux"):
        system.lose(name, f"<{element.name}>", element.line)
        return
    if (key := canonical(name)) in system.variables:
        system.lose(name, "a second variable of the same name", element.line)
        return
    for child in element.children:
        if child.name in DISPLAY or child.space != element.space:
            continue
        if child.name == "non_negative":
            system.lose(name, "a limit at 0 (non_negative)", child.line, "changed")
        elif child.name == "gf":
            system.lose(name, "a graphical function", child.line)
        elif not (child.name == "dimensions" and not child.children):
            system.lose(name, f"<{child.name}>", child.line)
    equation = re.sub(r"\{[^}]*\}", "", element.text_of("eqn")).strip()
    if element.first("gf") or element.first("element"):
        equation = ""  # no formula alone says it
    elif not equation:
        system.lose(name, "no equation", element.line)
    unit = element.text_of("units")
    about = " ".join((element.text_of("doc") or element.text_of("documentation")).split())
    if element.name != "stock":
        system.variables[key] = Variable(name, equation, unit=unit, about=about, line=element.line)
        return
    flows = [(1.0, _quoted(one.text)) for one in element.all("inflow")]
    flows += [(-1.0, _quoted(one.text)) for one in element.all("outflow")]
    system.variables[key] = Variable(
        name, "", is_stock=True, initial=equation, flows=flows, unit=unit, about=about, line=element.line
    )


def _quoted(name: str) -> str:
    text = name.strip()
    return text if text.startswith('"') else f'"{text}"'
