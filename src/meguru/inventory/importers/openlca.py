"""openLCA JSON-LD packages, schema version 1 and 2, as inventory libraries."""

from __future__ import annotations

import math
import os
from collections.abc import Container
from pathlib import Path
from typing import TypeAlias

import olca_schema as olca

from meguru.errors import NotReadableError
from meguru.inventory.checks import check_library
from meguru.inventory.components import Activity, Exchange, Factor, Flow, Impact, Library
from meguru.inventory.conversion import in_flow_unit, unit_per
from meguru.inventory.importers.naming import finite, free_name, impact_unit, joined, own_unit_note
from meguru.inventory.importers.openlca_measures import Units, id_of, name_of
from meguru.inventory.importers.openlca_package import Package
from meguru.inventory.importers.openlca_uncertainty import amount_of, distribution_of
from meguru.inventory.importers.spreads import spread_around
from meguru.inventory.links import is_run_for
from meguru.inventory.pedigree import is_pedigree
from meguru.quantity import Quantity, convert, same_dimension

NAME_TAG, KIND_TAG, UNIT_TAG = "meguru:name=", "meguru:kind=", "meguru:unit="
ASSUMED_TAG = "assumed"
# Of the source that says what holds for the whole library, and of a process that takes its licence from it.
LIBRARY_TAG, LICENCE_TAG, SHARED_TAG = "meguru:library", "meguru:licence=", "meguru:licence of the library"
# Identifier and name of the matrix of ecoinvent among openLCA's reference data.
PEDIGREE = ("e7ac7cf6-5457-453e-99f9-d889826fffe8", "ecoinvent Data Quality System")
# The category of emissions and resources that name none, so that they stand where openLCA has them.
NATURAL = {"emission": "Elementary flows/Emission", "resource": "Elementary flows/Resource"}
Named: TypeAlias = olca.Flow | olca.Process | olca.ImpactCategory | olca.Source
Measured: TypeAlias = olca.Exchange | olca.ImpactFactor
KINDS = {olca.FlowType.PRODUCT_FLOW: "product", olca.FlowType.WASTE_FLOW: "waste"}


def import_openlca(path: str | os.PathLike[str]) -> Library:
    """Read an openLCA package: flows, processes and impact categories.

    A process whose reference is not marked is taken to be run for the only product that it gives; one whose
    reference amount is below zero is run the other way round. Parameters and formulas of openLCA are not
    read: amounts are taken as the package holds them. Units that are not known are counted by themselves
    (:func:`unknown_units`); an amount told in a second property of a flow of the same dimension (dry mass
    beside mass) comes in the flow's own unit.

    Parameters
    ----------
    path
        A zip, or a folder that one was unpacked into; schema version 1 or 2.

    Raises
    ------
    NotReadableError
        Not a package; too large; an entity that is none.
    DuplicateKeyError
        Two entities have the same identifier.
    ModelError
        What it holds makes no library: a unit that nothing leads to, a process without reference flow.
    """
    library = _Importing(Package(path), Path(path).stem).library()
    check_library(library)
    return library


class _Importing:
    """Turns one package into a library."""

    def __init__(self, package: Package, name: str) -> None:
        self.package = package
        self.units = Units(package)
        self.locations = {uid: one.code or one.name for uid, one in package.all(olca.Location).items()}
        self.sources = package.all(olca.Source)
        self.flow_names: dict[str, str] = {}
        self.activity_names: dict[str, str] = {}
        self.flows: dict[str, Flow] = {}
        # Flow → its reference property; → its other properties, with how many of each one reference unit is.
        self.reference: dict[str, str] = {}
        self.others: dict[str, dict[str, float]] = {}
        tagged = [one for one in self.sources.values() if LIBRARY_TAG in (one.tags or ())]
        self.about = tagged[0] if tagged else olca.Source(name=name)
        self.name = _tag(self.about, NAME_TAG) or name

    def library(self) -> Library:
        library = Library(
            name=self.name,
            label=_label(self.about.name, self.name),
            note=self.about.description,
            source=self.about.text_reference,
            licence=_tag(self.about, LICENCE_TAG),
            flows=self.flows,
        )
        for uid, flow in self.package.all(olca.Flow).items():
            self.flow_names[uid] = name = _own_name(flow, self.flows, _last(flow.category))
            self.flows[name] = self._flow(uid, flow, name)
        processes = self.package.all(olca.Process)
        for uid, process in processes.items():
            name = _own_name(process, self.activity_names.values(), self._place(process.location))
            self.activity_names[uid] = name
        for uid, process in processes.items():
            name = self.activity_names[uid]
            library.activities[name] = self._activity(process, name)
        self._drop_unfit_providers(library)
        self._impacts(library)
        return library

    def _place(self, reference: olca.Ref | None) -> str | None:
        """The code of a location; that of one which is not in the package is not known, but its name is."""
        return self.locations.get(id_of(reference)) or name_of(reference) or None

    def _drop_unfit_providers(self, library: Library) -> None:
        """A provider that gives the flow beside its own reference flow can not be solved: it is noted."""
        for activity in library.activities.values():
            for one in activity.exchanges:
                provider = library.activities.get(one.provider or "")
                if provider is not None and not is_run_for(library, provider, one.flow):
                    one.note = joined(one.note, f"provider not run for this flow: {one.provider}")
                    one.provider = None

    # -- flows --

    def _flow(self, uid: str, flow: olca.Flow, name: str) -> Flow:
        reference, others = "", []
        for one in flow.flow_properties or ():
            if one.is_ref_flow_property or len(flow.flow_properties or ()) == 1:
                reference = id_of(one.flow_property)
            else:
                others.append(one)
        theirs = self.units.reference(reference, f"flows.{name}.unit")
        self.reference[uid], self.others[uid] = reference, {}
        unit = _tag(flow, UNIT_TAG) or theirs
        kind = KINDS[flow.flow_type] if flow.flow_type in KINDS else _natural(flow.category)
        synonyms = [one.strip() for one in (flow.synonyms or "").split(";")]
        properties = {}
        for one in others:
            other, place = id_of(one.flow_property), f"flows.{name}.properties"
            per = self.units.reference(other, place)
            if not one.conversion_factor:
                continue
            self.others[uid][other] = factor = finite(one.conversion_factor, place)
            if not same_dimension(per, unit):
                number = factor * convert(1.0, unit, theirs)
                called = self.units.name_of_property(other)
                key = called if called not in properties else f"{called} {other}"
                properties[key] = Quantity(number, unit_per(per, unit))
        return Flow(
            label=_label(flow.name, name),
            note=flow.description or own_unit_note(unit, self.units.spelled(reference)),
            unit=unit,
            kind=_tag(flow, KIND_TAG) or kind,
            category=None if flow.category == NATURAL.get(_tag(flow, KIND_TAG) or "") else flow.category,
            aliases=[one for one in synonyms if one],
            cas=flow.cas,
            properties=properties,
            id=flow.id,
        )

    # -- activities --

    def _activity(self, process: olca.Process, name: str) -> Activity:
        place = f"activities.{name}"
        exchanges = process.exchanges or []
        reference = self._reference(exchanges, place)
        documentation = process.process_documentation or olca.ProcessDocumentation()
        amount, negative = self._amount(reference, place)
        rated = self._pedigree_is_known(process)
        return Activity(
            label=_label(process.name, name),
            note=process.description,
            flow=self._flow_name(reference, place),
            amount=amount,
            takes=bool(reference.is_input) != negative,
            exchanges=[
                self._exchange(one, f"{place}.exchanges.{number}", rated)
                for number, one in enumerate(one for one in exchanges if one is not reference)
            ],
            region=self._place(process.location),
            first=_year(documentation.valid_from),
            last=_year(documentation.valid_until),
            category=process.category,
            source=self._source(documentation),
            licence=None if SHARED_TAG in (process.tags or ()) else _licence(documentation),
            assumed=ASSUMED_TAG in (process.tags or ()),
            id=process.id,
        )

    def _reference(self, exchanges: list[olca.Exchange], place: str) -> olca.Exchange:
        """The quantitative reference: the exchange marked as such, else the only product that is given."""
        marked = [one for one in exchanges if one.is_quantitative_reference]
        given = [
            one
            for one in exchanges
            if not one.is_input
            and not one.is_avoided_product
            and self.flows[self._flow_name(one, place)].kind == "product"
        ]
        found = marked or given
        if len(found) != 1:
            raise NotReadableError(
                "a process without one quantitative reference",
                file=str(self.package.path),
                place=place,
                found=len(found),
                expected="one",
            )
        return found[0]

    @staticmethod
    def _pedigree_is_known(process: olca.Process) -> bool:
        """Whether scores are those of ecoinvent's matrix: other systems have other indicators."""
        system = process.exchange_dq_system
        return system is None or system.id == PEDIGREE[0] or "ecoinvent" in name_of(system).lower()

    def _exchange(self, one: olca.Exchange, place: str, rated: bool) -> Exchange:
        amount, negative = self._amount(one, place)
        provider = self.activity_names.get(id_of(one.default_provider))
        note, scores = one.description, (one.dq_entry or "").strip()
        if one.default_provider is not None and provider is None:
            note = joined(note, f"provider not in the package: {one.default_provider.name}")
        if scores and not (rated and is_pedigree(scores)):
            note = joined(note, f"data quality: {scores}")
            scores = ""
        base = one.base_uncertainty
        return Exchange(
            note=note,
            flow=self._flow_name(one, place),
            amount=amount,
            direction="input" if one.is_input else "output",
            provider=provider,
            region=self._place(one.location),
            avoided=bool(one.is_avoided_product) != negative,
            pedigree=scores.strip("()") or None,
            basic_variance=Quantity(math.log(base) ** 2) if scores and base and base > 1.0 else None,
        )

    def _amount(self, one: olca.Exchange, place: str) -> tuple[Quantity, bool]:
        """The amount of an exchange, above zero, and whether it was below."""
        self._flow_name(one, place)
        return amount_of(one, *self._measure(one, f"{place}.amount"), f"{place}.amount")

    def _measure(self, one: Measured, place: str) -> tuple[str, float]:
        """The unit of an amount, and how many of it one of the package's is.

        An amount told in a property of the flow keeps its unit where that says which one is meant, else it
        comes in the reference unit of the flow.
        """
        unit, times = self.units.unit(id_of(one.unit), place, name_of(one.unit))
        uid, told = id_of(one.flow), id_of(one.flow_property)
        others = self.others[uid]
        if told not in others:
            return unit, times
        per = self.units.reference(told, place)
        alike = [other for other in others if same_dimension(self.units.reference(other, place), per)]
        own = self.units.reference(self.reference[uid], place)
        if len(alike) == 1 and not same_dimension(per, own):
            return unit, times
        return own, times * convert(1.0, unit, per, place=place) / others[told]

    def _flow_name(self, one: Measured, place: str) -> str:
        uid = id_of(one.flow)
        if uid not in self.flow_names:
            raise NotReadableError(
                "a flow that is not in the package",
                file=str(self.package.path),
                place=place,
                found=name_of(one.flow),
            )
        return self.flow_names[uid]

    def _source(self, documentation: olca.ProcessDocumentation) -> str | None:
        found: dict[str | None, None] = {}
        for reference in (*(documentation.sources or ()), documentation.publication):
            source = self.sources.get(id_of(reference))
            if source is None:
                found[name_of(reference)] = None
            elif source is not self.about:
                found[source.text_reference or source.name] = None
        return joined(*found)

    # -- impacts --

    def _impacts(self, library: Library) -> None:
        methods = {
            id_of(reference): method.name
            for method in self.package.all(olca.ImpactMethod).values()
            for reference in method.impact_categories or ()
        }
        for uid, category in self.package.all(olca.ImpactCategory).items():
            name = _own_name(category, library.impacts, methods.get(uid))
            unit = impact_unit(category.ref_unit or "")
            library.impacts[name] = Impact(
                label=_label(category.name, name),
                note=category.description or own_unit_note(unit, category.ref_unit or ""),
                unit=unit,
                method=methods.get(uid),
                id=uid,
            )
            for one in category.impact_factors or ():
                self._factor(name, unit, one)

    def _factor(self, impact: str, unit: str, one: olca.ImpactFactor) -> None:
        place = f"impacts.{impact}.{name_of(one.flow)}"
        flow = self.flows[self._flow_name(one, place)]
        per, times = self._measure(one, place)
        scale = 1.0 / (times * in_flow_unit(flow, per, place=place))
        number, own = finite(one.value or 0.0, place) * scale, unit_per(unit, flow.unit)
        spread = distribution_of(one.uncertainty, number, scale, place)
        amount = Quantity(number, own)
        if spread is not None:
            amount = spread_around(abs(number), own, spread, negative=number < 0.0)
        flow.factors.append(Factor(impact=impact, amount=amount, region=self._place(one.location)))


def _own_name(entity: Named, taken: Container[str], *apart: str | None) -> str:
    """The name of an entity in the library: the one it had when meguru wrote it, else made from its own."""
    return _tag(entity, NAME_TAG) or free_name(str(entity.name or entity.id), taken, *apart)


def _tag(entity: Named, start: str) -> str | None:
    """What meguru wrote into the tags of an entity."""
    for tag in entity.tags or ():
        if tag.startswith(start):
            return str(tag.removeprefix(start))
    return None


def _label(label: str | None, name: str) -> str | None:
    return None if label == name else label


def _last(category: str | None) -> str | None:
    return None if category is None else category.rpartition("/")[2]


def _natural(category: str | None) -> str:
    """Elementary flows are emissions unless they stand among the resources."""
    return "resource" if "resource" in (category or "").lower() else "emission"


def _licence(documentation: olca.ProcessDocumentation) -> str | None:
    """The restrictions stated, else that there is a copyright."""
    copyrighted = "protected by copyright" if documentation.is_copyright_protected else None
    return documentation.restrictions_description or copyrighted


def _year(date: str | None) -> int | None:
    return int(date[:4]) if date and date[:4].isdigit() else None
