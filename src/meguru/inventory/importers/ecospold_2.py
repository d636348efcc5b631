"""Data sets of EcoSpold 2.

Amounts below zero are how EcoSpold 2 writes what goes the other way: a treatment has the waste it takes as
reference product of −1, a process that gives waste to treatment has it as an input below zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from meguru.errors import MeguruError, MissingValueError
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
from meguru.quantity import Distribution, Quantity

SPACE = "{http://www.EcoInvent.org/EcoSpold02}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
REFERENCE = "0"
NATURAL = ("emission", "resource")
ACCESS = {"0": "public", "1": "licensees", "2": "results only", "3": "restricted"}
# Parameters of a distribution → as EcoSpold calls them.
BOUNDS = {
    "triangular": {"low": "minValue", "mode": "mostLikelyValue", "high": "maxValue"},
    "uniform": {"low": "minValue", "high": "maxValue"},
}
SCORES = (
    "reliability",
    "completeness",
    "temporalCorrelation",
    "geographicalCorrelation",
    "furtherTechnologyCorrelation",
)
Waiting = list[tuple[str, int, str]]


def add_version_2(library: Library, root: Element, flows: dict[tuple[str, ...], str], file: str) -> Waiting:
    """Add the data sets of a file; returns (activity, number of the exchange, identifier of its provider)."""
    waiting: Waiting = []
    for tag in ("activityDataset", "childActivityDataset"):
        for number, dataset in enumerate(root.iter(f"{SPACE}{tag}")):
            try:
                waiting += _add(library, dataset, flows)
            except MeguruError as error:
                error.place = joined(f"{tag} {number + 1}", error.place, by=", ")
                raise error.at(file=file) from None
    return waiting


def _add(library: Library, dataset: Element, flows: dict[tuple[str, ...], str]) -> Waiting:
    activity = dataset.find(f".//{SPACE}activity")
    elements = list(_exchange_elements(dataset))
    references = [one for one in elements if _text(one, "outputGroup") == REFERENCE and _amount_of(one)]
    if activity is None or len(references) != 1:
        raise MissingValueError("not one reference product", found=len(references), expected="one")
    reference = references[0]
    region = _text(dataset, f"activityDescription/{SPACE}geography/{SPACE}shortname")
    label = _text(activity, "activityName") or ""
    name = free_name(label, library.activities, _text(reference, "name"), region)
    taken = _amount_of(reference) < 0.0
    flow, unit = _flow(library, reference, flows, "waste" if taken else None)
    others = [one for one in elements if one is not reference and _amount_of(one)]
    library.activities[name] = Activity(
        label=None if label == name else label,
        note=_comment(activity),
        flow=flow,
        amount=Quantity(abs(_amount_of(reference)), unit),
        takes=taken,
        exchanges=[_exchange(library, one, flows) for one in others],
        region=region,
        first=_year(dataset, "startDate"),
        last=_year(dataset, "endDate"),
        category=_text(dataset, f"activityDescription/{SPACE}classification/{SPACE}classificationValue"),
        source=_source(dataset),
        licence=_licence(dataset),
        id=activity.get("id"),
    )
    links = [(number, one.get("activityLinkId")) for number, one in enumerate(others)]
    return [(name, number, uid) for number, uid in links if uid is not None]


def _exchange_elements(dataset: Element) -> Iterator[Element]:
    for tag in ("intermediateExchange", "elementaryExchange"):
        yield from dataset.iter(f"{SPACE}{tag}")


def _exchange(library: Library, element: Element, flows: dict[tuple[str, ...], str]) -> Exchange:
    size = _amount_of(element)
    out = _text(element, "outputGroup") is not None
    natural = element.tag.endswith("elementaryExchange")
    kind = None
    if natural:
        kind = "emission" if out else "resource"
    elif size < 0.0 and not out:
        kind, out, size = "waste", True, -size  # given to treatment
    flow, unit = _flow(library, element, flows, kind)
    pedigree = _pedigree(element)
    variance = _spread(element, "variance")
    return Exchange(
        note=_text(element, "comment"),
        flow=flow,
        amount=_quantity(element, unit),
        direction="output" if out else "input",
        avoided=size < 0.0,
        pedigree=pedigree,
        basic_variance=None if pedigree is None or variance is None else Quantity(variance),
    )


def _flow(
    library: Library, element: Element, flows: dict[tuple[str, ...], str], kind: str | None
) -> tuple[str, str]:
    """Name and unit of a flow, which is added where it is met for the first time.

    What is a waste anywhere is one everywhere, whichever data set is read first; what is taken from nature
    and what is given to it are two flows.
    """
    label, found = _text(element, "name") or "", _text(element, "unitName") or ""
    unit = known_or_own(found)
    kind = kind or _technical_kind(element)
    compartment = element.find(f"{SPACE}compartment")
    category = None
    if compartment is not None:
        parts = (_text(compartment, "compartment"), _text(compartment, "subcompartment"))
        category = joined(*parts, by="/")
    uid = element.get("intermediateExchangeId") or element.get("elementaryExchangeId") or label
    key = (uid, unit, kind if kind in NATURAL else "")
    if key not in flows:
        name = free_name(label, library.flows, category, unit)
        flows[key] = name
        library.flows[name] = Flow(
            label=None if label == name else label,
            note=own_unit_note(unit, found),
            unit=unit,
            kind=kind,
            category=category,
            aliases=[one.text.strip() for one in element.iter(f"{SPACE}synonym") if one.text],
            cas=element.get("casNumber"),
            id=element.get("intermediateExchangeId") or element.get("elementaryExchangeId"),
        )
    if kind == "waste":
        library.flows[flows[key]].kind = kind
    return flows[key], unit


def _technical_kind(element: Element) -> str:
    """Waste where the data set classifies it as such, else a product."""
    for one in element.iter(f"{SPACE}classification"):
        if _text(one, "classificationSystem") == "By-product classification":
            return "waste" if _text(one, "classificationValue") == "Waste" else "product"
    return "product"


def _quantity(element: Element, unit: str) -> Quantity:
    """An amount, of zero or more, with its spread: that with the pedigree where both are stated."""
    amount = _amount_of(element)
    size, negative = abs(amount), amount < 0.0
    variance = _spread(element, "varianceWithPedigreeUncertainty")
    if variance and size:
        spread = Distribution("lognormal", median=size, gsd=math.exp(math.sqrt(variance)))
        return spread_around(size, unit, spread)
    normal = element.find(f"{SPACE}uncertainty/{SPACE}normal")
    if normal is not None:
        place = f"uncertainty of '{_text(element, 'name')}'"
        total = normal.get("varianceWithPedigreeUncertainty", normal.get("variance", "0"))
        deviation = math.sqrt(max(finite(total, place), 0.0))
        if deviation > 0.0:
            return spread_around(size, unit, Distribution("normal", mean=size, sd=deviation))
    for form, keys in BOUNDS.items():
        found = element.find(f"{SPACE}uncertainty/{SPACE}{form}")
        if found is not None:
            place = f"uncertainty of '{_text(element, 'name')}'"
            numbers = turned(negative, *(finite(found.get(key), f"{place}, {key}") for key in keys.values()))
            spread = Distribution(form, **dict(zip(keys, numbers, strict=True)))
            return spread_around(size, unit, spread)
    return Quantity(size, unit)


def _spread(element: Element, attribute: str) -> float | None:
    found = element.find(f"{SPACE}uncertainty/{SPACE}lognormal")
    number = None if found is None else found.get(attribute)
    return None if number is None else finite(number, f"uncertainty of '{_text(element, 'name')}'")


def _pedigree(element: Element) -> str | None:
    found = element.find(f"{SPACE}uncertainty/{SPACE}pedigreeMatrix")
    return None if found is None else ";".join(found.get(score, "5") for score in SCORES)


def _amount_of(element: Element) -> float:
    return finite(element.get("amount", "0"), f"exchange '{_text(element, 'name')}'")


def _text(element: Element, path: str) -> str | None:
    """The text of a child, in English where it stands in several languages."""
    found = element.findall(f"{SPACE}{path}")
    english = [one for one in found if one.get(LANGUAGE, "en") == "en"]
    chosen = (english or found)[:1]
    text = chosen[0].text if chosen else None
    return text.strip() or None if text else None


def _comment(activity: Element) -> str | None:
    found = activity.find(f"{SPACE}generalComment/{SPACE}text")
    return found.text.strip() if found is not None and found.text else None


def _year(dataset: Element, attribute: str) -> int | None:
    found = dataset.find(f".//{SPACE}timePeriod")
    date = "" if found is None else found.get(attribute, "")
    return int(date[:4]) if date[:4].isdigit() else None


def _source(dataset: Element) -> str | None:
    found = dataset.find(f".//{SPACE}dataGeneratorAndPublication")
    if found is None:
        return None
    return joined(found.get("publishedSourceFirstAuthor"), found.get("publishedSourceYear"), by=" ")


def _licence(dataset: Element) -> str | None:
    """What a data set says of copyright and access; it names no licence."""
    found = dataset.find(f".//{SPACE}dataGeneratorAndPublication")
    if found is None:
        return None
    return access_of(found.get("isCopyrightProtected"), found.get("accessRestrictedTo"), ACCESS)
