"""An inventory library as an openLCA JSON-LD package, schema version 2."""

from __future__ import annotations

import math
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid5

import olca_schema as olca
from olca_schema import zipio

from meguru.errors import LibraryError, WriteError
from meguru.files.component import Component
from meguru.inventory.components import Activity, Exchange, Factor, Flow, Library
from meguru.inventory.conversion import in_flow_unit, one_number, without_spread
from meguru.inventory.importers.openlca import (
    ASSUMED_TAG,
    KIND_TAG,
    LIBRARY_TAG,
    LICENCE_TAG,
    NAME_TAG,
    NATURAL,
    PEDIGREE,
    SHARED_TAG,
    UNIT_TAG,
)
from meguru.inventory.importers.openlca_uncertainty import uncertainty_of
from meguru.inventory.importers.openlca_units import NAMESPACE, Units
from meguru.inventory.lookup import shown
from meguru.quantity import Quantity, convert, same_dimension

_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
FLOW_TYPES = {"product": olca.FlowType.PRODUCT_FLOW, "waste": olca.FlowType.WASTE_FLOW}


def export_openlca(library: Library, path: str | os.PathLike[str], *, year: float | None = None) -> list[str]:
    """Write a library as an openLCA package.

    Parameters
    ----------
    path
        The zip to write.
    year
        Where numbers change by year: openLCA holds one number.

    Returns
    -------
    What the library says and openLCA can not hold, each with its place: labels in other languages than
    English (or the only one); scope, year, source and licence of single factors; cost and time. What holds
    for the whole library (name, source, licence, note) stands in a source of its own.

    Raises
    ------
    LibraryError
        A number changes by year and no year is named; a flow has several factors for one impact and region.
    WriteError
        The file can not be written.
    """
    path = Path(path)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    exporting = _Exporting(library, year)
    entities = list(exporting.entities())
    try:
        try:
            with zipio.ZipWriter(beside) as package:
                for entity in entities:
                    package.write(entity)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise WriteError(f"can not be written: {error.strerror or error}", file=str(path)) from error
    return [*exporting.lost, *_lost(library)]


class _Exporting:
    """Turns one library into entities; what they refer to is made when it is first met."""

    def __init__(self, library: Library, year: float | None) -> None:
        self.library, self.year = library, year
        self.lost: list[str] = []
        self.units = Units()
        self.locations: dict[str, olca.Location] = {}
        self.sources: dict[str, olca.Source] = {}
        self.used: set[str] = set()
        self.about = self._about()
        self.flows = {name: self._id("flow", name, flow.id) for name, flow in library.flows.items()}
        self.processes = {
            name: self._id("process", name, activity.id) for name, activity in library.activities.items()
        }

    def entities(self) -> Iterator[olca.RootEntity]:
        flows = [self._flow(name, flow) for name, flow in self.library.flows.items()]
        processes = [self._process(name, one) for name, one in self.library.activities.items()]
        impacts = list(self._impacts())
        yield from self.units.entities()
        yield from self.locations.values()
        yield self.about
        yield from self.sources.values()
        yield from (*flows, *processes, *impacts)

    def _id(self, kind: str, name: str, own: str | None = None) -> str:
        """The identifier that something came with, else one that stays the same at every export.

        What is no UUID (a code of Brightway), or already another's, can not name a file of the package.
        """
        if own is not None and _UUID.fullmatch(own) and own not in self.used:
            self.used.add(own)
            return own
        if own is not None:
            self.lost.append(f"{kind} {name}: its identifier {own}")
        return str(uuid5(NAMESPACE, f"{self.library.name}/{kind}/{name}"))

    def _about(self) -> olca.Source:
        """What holds for the library as a whole, as a source."""
        library = self.library
        licence = [] if library.licence is None else [f"{LICENCE_TAG}{library.licence}"]
        return olca.Source(
            id=self._id("library", library.name),
            name=shown(library.name, library),
            description=library.note,
            text_reference=library.source,
            tags=[LIBRARY_TAG, f"{NAME_TAG}{library.name}", *licence],
        )

    # -- flows --

    def _flow(self, name: str, flow: Flow) -> olca.Flow:
        properties = [
            olca.FlowPropertyFactor(
                conversion_factor=1.0, flow_property=self.units.property(flow.unit), is_ref_flow_property=True
            )
        ]
        for key, amount in flow.properties.items():
            factor = self._property_factor(flow, key, amount, f"flows.{name}.properties.{key}")
            if factor is not None:
                properties.append(factor)
        return olca.Flow(
            id=self.flows[name],
            name=shown(name, flow),
            description=flow.note,
            category=flow.category or NATURAL.get(flow.kind),
            flow_type=FLOW_TYPES.get(flow.kind, olca.FlowType.ELEMENTARY_FLOW),
            cas=flow.cas,
            synonyms="; ".join(flow.aliases) or None,
            flow_properties=properties,
            tags=[f"{NAME_TAG}{name}", f"{KIND_TAG}{flow.kind}", f"{UNIT_TAG}{flow.unit}"],
        )

    def _property_factor(
        self, flow: Flow, key: str, amount: Quantity, place: str
    ) -> olca.FlowPropertyFactor | None:
        """A property as a second flow property: how many of its unit one reference unit is."""
        per = numerator(amount.unit, flow.unit)
        if per is None:
            self.lost.append(f"{place}: not an amount per {flow.unit}")
            return None
        number = one_number(amount, f"({per})/({flow.unit})", place, self.year)
        return olca.FlowPropertyFactor(
            conversion_factor=number / self.units.written(flow.unit)[1],
            flow_property=self.units.named_property(key, per),
        )

    def _flow_ref(self, name: str) -> olca.Ref:
        flow = self.library.flows[name]
        kind = FLOW_TYPES.get(flow.kind, olca.FlowType.ELEMENTARY_FLOW)
        return olca.Ref(
            ref_type=olca.RefType.Flow, id=self.flows[name], name=shown(name, flow), flow_type=kind
        )

    # -- processes --

    def _process(self, name: str, activity: Activity) -> olca.Process:
        place = f"activities.{name}"
        reference = Exchange(
            flow=activity.flow,
            amount=activity.amount,
            direction="input" if activity.takes else "output",
        )
        exchanges = [self._exchange(reference, f"{place}.amount", 1)]
        exchanges[0].is_quantitative_reference = True
        for number, one in enumerate(activity.exchanges):
            exchanges.append(self._exchange(one, f"{place}.exchanges.{number}", number + 2))
        shared = activity.licence is None and self.library.licence is not None
        scored = any(one.pedigree is not None for one in activity.exchanges)
        return olca.Process(
            id=self.processes[name],
            name=shown(name, activity),
            description=activity.note,
            category=activity.category,
            process_type=olca.ProcessType.UNIT_PROCESS,
            location=self._location(activity.region),
            process_documentation=olca.ProcessDocumentation(
                valid_from=None if activity.first is None else f"{activity.first:04d}-01-01",
                valid_until=None if activity.last is None else f"{activity.last:04d}-12-31",
                restrictions_description=activity.licence or self.library.licence,
                sources=[self.about.to_ref() if activity.source is None else self._source(activity.source)],
            ),
            exchange_dq_system=_pedigree_system() if scored else None,
            exchanges=exchanges,
            last_internal_id=len(exchanges),
            tags=[
                f"{NAME_TAG}{name}",
                *([ASSUMED_TAG] if activity.assumed else []),
                *([SHARED_TAG] if shared else []),
            ],
        )

    def _exchange(self, one: Exchange, place: str, number: int) -> olca.Exchange:
        flow = self.library.flows[one.flow]
        quantity = one.amount
        if not same_dimension(quantity.unit, flow.unit):  # told by a property: written in the flow's own unit
            size = one_number(quantity, quantity.unit, place, self.year)
            if not quantity.is_certain():
                self.lost.append(f"{place}: its uncertainty, told in {quantity.unit}")
            quantity = Quantity(size * in_flow_unit(flow, quantity.unit), flow.unit)
        unit, times = self.units.written(quantity.unit)
        amount = one_number(without_spread(quantity), quantity.unit, place, self.year) * times
        uncertainty, without = uncertainty_of(quantity, amount, times)
        if without is not None:
            self.lost.append(f"{place}: {without}")
        basic = one.basic_variance
        return olca.Exchange(
            internal_id=number,
            flow=self._flow_ref(one.flow),
            flow_property=self.units.property(flow.unit),
            amount=amount,
            unit=unit,
            is_input=one.direction == "input",
            is_avoided_product=one.avoided,
            is_quantitative_reference=False,
            default_provider=None if one.provider is None else self._process_ref(one.provider),
            location=self._location(one.region),
            description=one.note,
            dq_entry=None if one.pedigree is None else f"({one.pedigree.strip('() ')})",
            base_uncertainty=None
            if basic is None
            else math.exp(math.sqrt(one_number(basic, "", place, self.year))),
            uncertainty=uncertainty,
        )

    def _process_ref(self, name: str) -> olca.Ref:
        one = self.library.activities[name]
        return olca.Ref(ref_type=olca.RefType.Process, id=self.processes[name], name=shown(name, one))

    def _location(self, region: str | None) -> olca.Ref | None:
        if region is None:
            return None
        if region not in self.locations:
            uid = str(uuid5(NAMESPACE, f"location/{region}"))
            self.locations[region] = olca.Location(id=uid, code=region, name=region)
        return self.locations[region].to_ref()

    def _source(self, text: str) -> olca.Ref:
        if text not in self.sources:
            self.sources[text] = olca.Source(
                id=self._id("source", text), name=text[:200], text_reference=text
            )
        return self.sources[text].to_ref()

    # -- impacts --

    def _impacts(self) -> Iterator[olca.RootEntity]:
        self._refuse_doubles()
        methods: dict[str, list[olca.Ref]] = {}
        for name, impact in self.library.impacts.items():
            category = olca.ImpactCategory(
                id=self._id("impact", name, impact.id),
                name=shown(name, impact),
                description=impact.note,
                ref_unit=impact.unit,
                impact_factors=[
                    self._factor(flow, factor)
                    for flow, held in self.library.flows.items()
                    for factor in held.factors
                    if factor.impact == name
                ],
                tags=[f"{NAME_TAG}{name}"],
            )
            if impact.method is not None:
                methods.setdefault(impact.method, []).append(category.to_ref())
            yield category
        for method, categories in methods.items():
            yield olca.ImpactMethod(id=self._id("method", method), name=method, impact_categories=categories)

    def _refuse_doubles(self) -> None:
        """openLCA holds one factor for a flow, category and location."""
        for name, flow in self.library.flows.items():
            seen: set[tuple[str, str | None]] = set()
            for factor in flow.factors:
                if (factor.impact, factor.region) in seen:
                    raise LibraryError(
                        "openLCA can hold only one factor for an impact and region",
                        place=f"flows.{name}.factors",
                        found=", ".join(one.name_in_list() or "" for one in flow.factors),
                        expected="one of them",
                    )
                seen.add((factor.impact, factor.region))

    def _factor(self, name: str, factor: Factor) -> olca.ImpactFactor:
        flow = self.library.flows[name]
        place = f"flows.{name}.factors.{factor.name_in_list()}"
        unit = f"({self.library.impacts[factor.impact].unit})/({flow.unit})"
        value = one_number(without_spread(factor.amount), unit, place, self.year)
        per, times = self.units.written(flow.unit)
        scale = convert(1.0, factor.amount.unit, unit) / times
        uncertainty, without = uncertainty_of(factor.amount, value / times, scale)
        if without is not None:
            self.lost.append(f"{place}: {without}")
        return olca.ImpactFactor(
            flow=self._flow_ref(name),
            flow_property=self.units.property(flow.unit),
            unit=per,
            value=value / times,
            uncertainty=uncertainty,
            location=self._location(factor.region),
        )


def _pedigree_system() -> olca.Ref:
    """The matrix by which the five scores are read: one of openLCA's reference data."""
    uid, name = PEDIGREE
    return olca.Ref(ref_type=olca.RefType.DQSystem, id=uid, name=name)


def numerator(unit: str, below: str) -> str | None:
    """What stands above the line in a unit per another, as GJ in GJ/kL; None if the other is not below it."""
    above, line, _ = unit.partition("/")
    if not line or not above.strip() or not same_dimension(unit, f"({above})/({below})"):
        return None
    return above.strip()


def _languages(one: Component, place: str) -> Iterator[str]:
    """Labels in languages that are not written."""
    languages = list(one.label) if isinstance(one.label, dict) else []
    kept = "en" if "en" in languages else next(iter(languages), "")
    yield from (f"{place}label.{language}" for language in languages if language != kept)


def _lost(library: Library) -> Iterator[str]:
    """What no package can hold."""
    yield from _languages(library, "")
    tables: dict[str, dict[str, Any]] = {
        "impacts": library.impacts, "flows": library.flows, "activities": library.activities
    }  # fmt: skip
    for kind, table in tables.items():
        for name, one in table.items():
            yield from _languages(one, f"{kind}.{name}.")
    for name, flow in library.flows.items():
        if flow.price is not None:
            yield f"flows.{name}.price"
        if any(";" in alias for alias in flow.aliases):
            yield f"flows.{name}.aliases: those with a semicolon"
        for factor in flow.factors:
            keys = ("scope", "year", "source", "licence", "assumed", "note")
            told = [key for key in keys if getattr(factor, key)]
            if told:
                yield f"flows.{name}.factors.{factor.name_in_list()}: {', '.join(told)}"
    for name, activity in library.activities.items():
        for key in ("impacts", "cost", "time", "aliases"):
            if getattr(activity, key):
                yield f"activities.{name}.{key}"
