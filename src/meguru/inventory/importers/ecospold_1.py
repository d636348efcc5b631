"""Data sets of EcoSpold 1.

A spread is stated as the square of the geometric standard deviation (lognormal) or twice the standard
deviation (normal), as in Frischknecht et al. 2005, doi:10.1065/lca2004.10.181.1.
"""

from __future__ import annotations

import math
from xml.etree.ElementTree import Element

from meguru.errors import MeguruError, MissingValueError, NotReadableError, RangeError
from meguru.inventory.components import Activity, Exchange, Flow, Library
from meguru.inventory.importers.naming import (
    access_of,
    finite,
    free_name,
    joined,
    known_or_own,
    own_unit_note,
)
from meguru.inventory.importers.spreads import spread_around, turned
from meguru.quantity import Distribution, Quantity, convert, same_dimension

SPACE = "{http://www.EcoInvent.org/EcoSpold01}"
NATURE = "4"  # input group: from nature; output group: to nature
REFERENCE, AVOIDED, WASTE = "0", "1", "3"  # output groups
ACCESS = {"0": "public", "1": "ETH domain", "2": "ecoinvent 2000", "3": "institute"}
UNCERTAINTY = {"1": "lognormal", "2": "normal", "3": "triangular", "4": "uniform"}


def add_version_1(library: Library, root: Element, flows: dict[tuple[str, ...], str], file: str) -> None:
    """Add the data sets of a file to a library; ``flows`` remembers which flow is which."""
    for dataset in root.iter(f"{SPACE}dataset"):
        try:
            _add(library, dataset, flows)
        except MeguruError as error:
            error.place = joined(f"dataset {dataset.get('number', '?')}", error.place, by=", ")
            raise error.at(file=file) from None


def _add(library: Library, dataset: Element, flows: dict[tuple[str, ...], str]) -> None:
    function = dataset.find(f".//{SPACE}referenceFunction")
    if function is None:
        raise MissingValueError("no reference function")
    region = _attribute(dataset, "geography", "location")
    label = function.get("name", "")
    name = free_name(label, library.activities, region)
    reference = _reference(dataset, label)
    unit = known_or_own(function.get("unit", ""))
    amount = finite(function.get("amount", "1"), "amount of the reference function")
    if reference is not None:
        _refuse_other_amount(reference, amount, unit)
    others = (one for one in dataset.iter(f"{SPACE}exchange") if one is not reference)
    library.activities[name] = Activity(
        label=_label(label, name),
        note=function.get("generalComment"),
        flow=_flow(library, flows, label, function.get("unit", "")),
        amount=Quantity(amount, unit),
        exchanges=[_exchange(library, one, flows) for one in others],
        region=region,
        first=_year(dataset, "startYear", "startDate"),
        last=_year(dataset, "endYear", "endDate"),
        category=joined(function.get("category"), function.get("subCategory"), by="/"),
        source=_source(dataset),
        licence=_licence(dataset),
    )


def _reference(dataset: Element, label: str) -> Element | None:
    """The exchange of the reference function: that of its name, else the only reference product."""
    given = [one for one in dataset.iter(f"{SPACE}exchange") if _child(one, "outputGroup") == REFERENCE]
    named = [one for one in given if one.get("name") == label]
    found = named if len(named) == 1 else given
    if len(found) > 1:
        raise NotReadableError(
            "not one reference product", found=len(found), expected=f"one called '{label}'"
        )
    return found[0] if found else None


def _refuse_other_amount(reference: Element, amount: float, unit: str) -> None:
    """An error if the exchanges are told for another amount than the reference function says."""
    stated = finite(reference.get("meanValue", "0"), f"exchange '{reference.get('name')}'")
    own = known_or_own(reference.get("unit", unit))
    if not same_dimension(own, unit) or not math.isclose(convert(stated, own, unit), amount, rel_tol=1e-6):
        raise RangeError(
            "two reference amounts",
            found=f"{stated:g} {own} in the exchange",
            expected=f"{amount:g} {unit}, as the reference function says",
        )


def _exchange(library: Library, element: Element, flows: dict[tuple[str, ...], str]) -> Exchange:
    into, out = _child(element, "inputGroup"), _child(element, "outputGroup")
    found = element.get("unit", "")
    natural = NATURE in (into, out)
    kind = "product"
    if natural:
        kind = "resource" if into is not None else "emission"
    elif out == WASTE:
        kind = "waste"
    category = joined(element.get("category"), element.get("subCategory"), by="/") if natural else None
    flow = _flow(library, flows, element.get("name", ""), found, kind, category, element.get("CASNumber"))
    amount, negative = _amount(element, known_or_own(found))
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
    found: str,
    kind: str = "product",
    category: str | None = None,
    cas: str | None = None,
) -> str:
    """The name of a flow, which is added where it is met for the first time."""
    unit = known_or_own(found)
    key = (label, unit, kind, category or "")
    if key not in flows:
        name = free_name(label, library.flows, category, unit)
        flows[key] = name
        library.flows[name] = Flow(
            label=_label(label, name),
            note=own_unit_note(unit, found),
            unit=unit,
            kind=kind,
            category=category,
            cas=cas,
        )
    return flows[key]


def _amount(element: Element, unit: str) -> tuple[Quantity, bool]:
    """The amount of an exchange, of zero or more, with its spread, and whether it was below."""
    place = f"exchange '{element.get('name')}'"

    def number(key: str) -> float | None:
        text = element.get(key)
        return finite(text, f"{place}, {key}") if text else None

    mean = number("meanValue") or 0.0
    size, negative = abs(mean), mean < 0.0
    form, spread = UNCERTAINTY.get(element.get("uncertaintyType", "")), number("standardDeviation95") or 0.0
    low, mode, high = turned(negative, number("minValue"), number("mostLikelyValue"), number("maxValue"))
    distribution = None
    if form == "lognormal" and size and spread > 1.0:
        distribution = Distribution("lognormal", median=size, gsd=math.sqrt(spread))
    elif form == "normal" and spread > 0.0:
        distribution = Distribution("normal", mean=size, sd=spread / 2)
    elif form == "uniform" and low is not None and high is not None:
        distribution = Distribution("uniform", low=low, high=high)
    elif form == "triangular" and low is not None and high is not None:
        # The mean is what is stated: the mode follows from it where it is not.
        mode = min(max(3 * size - low - high, low), high) if mode is None else mode
        distribution = Distribution("triangular", low=low, mode=mode, high=high)
    return Quantity(size, unit) if distribution is None else spread_around(size, unit, distribution), negative


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
    return joined(*found)


def _licence(dataset: Element) -> str | None:
    """What a data set says of copyright and access; it names no licence."""
    found = dataset.find(f".//{SPACE}dataGeneratorAndPublication")
    return (
        None if found is None else access_of(found.get("copyright"), found.get("accessRestrictedTo"), ACCESS)
    )


def _label(label: str, name: str) -> str | None:
    return None if label == name else label
