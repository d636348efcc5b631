"""Data sets of EcoSpold 1.

A spread is stated as the square of the geometric standard deviation (lognormal) or twice the standard
deviation (normal), as in Frischknecht et al. 2005, doi:10.1065/lca2004.10.181.1.
"""

from __future__ import annotations

import math
from xml.etree.ElementTree import Element

from meguru.errors import MeguruError, MissingValueError
from meguru.inventory.components import Activity, Exchange, Flow, Library
from meguru.inventory.importers.naming import free_name, known_unit
from meguru.quantity import Distribution, Quantity

SPACE = "{http://www.EcoInvent.org/EcoSpold01}"
NATURE = "4"  # input group: from nature; output group: to nature
REFERENCE, AVOIDED, WASTE = "0", "1", "3"  # output groups
UNCERTAINTY = {"1": "lognormal", "2": "normal", "3": "triangular", "4": "uniform"}


def add_version_1(library: Library, root: Element, flows: dict[tuple[str, ...], str], file: str) -> None:
    """Add the data sets of a file to a library; ``flows`` remembers which flow is which."""
    for dataset in root.iter(f"{SPACE}dataset"):
        try:
            _add(library, dataset, flows)
        except MeguruError as error:
            raise error.at(file=file, place=f"dataset {dataset.get('number', '?')}") from None


def _add(library: Library, dataset: Element, flows: dict[tuple[str, ...], str]) -> None:
    function = dataset.find(f".//{SPACE}referenceFunction")
    if function is None:
        raise MissingValueError("no reference function")
    region = _attribute(dataset, "geography", "location")
    name = free_name(function.get("name", ""), library.activities, region)
    exchanges = []
    for element in dataset.iter(f"{SPACE}exchange"):
        if _child(element, "outputGroup") != REFERENCE:
            exchanges.append(_exchange(library, element, flows))
    unit = known_unit(function.get("unit", ""))
    library.activities[name] = Activity(
        label=_label(function.get("name", ""), name),
        note=function.get("generalComment"),
        flow=_flow(library, flows, function.get("name", ""), unit),
        amount=Quantity(float(function.get("amount", "1")), unit),
        exchanges=exchanges,
        region=region,
        first=_year(dataset, "startYear", "startDate"),
        last=_year(dataset, "endYear", "endDate"),
        category=_joined(function.get("category"), function.get("subCategory")),
        source=_source(dataset),
    )


def _exchange(library: Library, element: Element, flows: dict[tuple[str, ...], str]) -> Exchange:
    into, out = _child(element, "inputGroup"), _child(element, "outputGroup")
    unit = known_unit(element.get("unit", ""))
    natural = NATURE in (into, out)
    kind = "product"
    if natural:
        kind = "resource" if into is not None else "emission"
    elif out == WASTE:
        kind = "waste"
    category = _joined(element.get("category"), element.get("subCategory")) if natural else None
    flow = _flow(library, flows, element.get("name", ""), unit, kind, category, element.get("CASNumber"))
    amount, negative = _amount(element, unit)
    return Exchange(
        note=element.get("generalComment"),
        flow=flow,
        amount=amount,
        direction="output" if out is not None else "input",
        region=None if natural else element.get("location"),
        avoided=(out == AVOIDED) != negative,
    )


def _flow(
    library: Library,
    flows: dict[tuple[str, ...], str],
    label: str,
    unit: str,
    kind: str = "product",
    category: str | None = None,
    cas: str | None = None,
) -> str:
    """The name of a flow, which is added where it is met for the first time."""
    key = (label, unit, kind, category or "")
    if key not in flows:
        name = free_name(label, library.flows, category, unit)
        flows[key] = name
        library.flows[name] = Flow(
            label=_label(label, name), unit=unit, kind=kind, category=category, cas=cas
        )
    return flows[key]


def _amount(element: Element, unit: str) -> tuple[Quantity, bool]:
    """The amount of an exchange, above zero, with its spread, and whether it was below."""
    mean = float(element.get("meanValue", "0"))
    size, negative = abs(mean), mean < 0.0
    form = UNCERTAINTY.get(element.get("uncertaintyType", ""))
    spread = float(element.get("standardDeviation95", "0") or "0")
    if form == "lognormal" and size and spread > 1.0:
        factor = Distribution("lognormal", median=1.0, gsd=math.sqrt(spread))
        return Quantity(size, unit, uncertain=factor), negative
    if form == "normal" and spread > 0.0:
        return Quantity(unit=unit, distribution=Distribution("normal", mean=size, sd=spread / 2)), negative
    bounds = [element.get(key) for key in ("minValue", "mostLikelyValue", "maxValue")]
    if form in ("triangular", "uniform") and bounds[0] is not None and bounds[2] is not None:
        low, high = sorted((abs(float(bounds[0])), abs(float(bounds[2]))))
        # The mean is what is stated: the mode follows from it where it is not.
        mode = abs(float(bounds[1])) if bounds[1] is not None else 3 * size - low - high
        shape = {"mode": mode} if form == "triangular" else {}
        return Quantity(unit=unit, distribution=Distribution(form, low=low, high=high, **shape)), negative
    return Quantity(size, unit), negative


def _child(element: Element, name: str) -> str | None:
    found = element.find(f"{SPACE}{name}")
    return None if found is None else (found.text or "").strip()


def _attribute(dataset: Element, name: str, attribute: str) -> str | None:
    found = dataset.find(f".//{SPACE}{name}")
    return None if found is None else found.get(attribute)


def _year(dataset: Element, *names: str) -> int | None:
    for name in names:
        found = dataset.find(f".//{SPACE}timePeriod/{SPACE}{name}")
        if found is not None and found.text and found.text.strip()[:4].isdigit():
            return int(found.text.strip()[:4])
    return None


def _source(dataset: Element) -> str | None:
    found = []
    for one in dataset.iter(f"{SPACE}source"):
        authors = ", ".join(filter(None, (one.get("firstAuthor"), one.get("additionalAuthors"))))
        found.append(" ".join(filter(None, (authors, one.get("year"), one.get("title")))))
    return "; ".join(found) or None


def _joined(*parts: str | None) -> str | None:
    return "/".join(part for part in parts if part) or None


def _label(label: str, name: str) -> str | None:
    return None if label == name else label
