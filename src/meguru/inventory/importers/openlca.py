"""openLCA JSON-LD packages, schema version 1 and 2, as inventory libraries."""

from __future__ import annotations

import math
import os
from collections.abc import Container
from pathlib import Path
from typing import TypeAlias

import olca_schema as olca

from meguru.errors import NotReadableError, UnitError
from meguru.inventory.checks import check_library
from meguru.inventory.components import Activity, Exchange, Factor, Flow, Impact, Library
from meguru.inventory.conversion import in_flow_unit, unit_per
from meguru.inventory.importers.naming import free_name, impact_unit, known_unit
from meguru.inventory.importers.openlca_package import Package
from meguru.inventory.importers.openlca_uncertainty import amount_of
from meguru.quantity import Quantity, convert, same_dimension

NAME_TAG, KIND_TAG, UNIT_TAG = "meguru:name=", "meguru:kind=", "meguru:unit="
ASSUMED_TAG = "assumed"
# The category of emissions and resources that name none, so that they stand where openLCA has them.
NATURAL = {"emission": "Elementary flows/Emission", "resource": "Elementary flows/Resource"}
Named: TypeAlias = olca.Flow | olca.Process | olca.ImpactCategory
KINDS = {olca.FlowType.PRODUCT_FLOW: "product", olca.FlowType.WASTE_FLOW: "waste"}


def import_openlca(path: str | os.PathLike[str]) -> Library:
    """Read an openLCA package: flows, processes and impact categories.

    A process whose reference is not marked is taken to be run for the only product that it gives. Parameters
    and formulas of openLCA are not read: amounts are taken as the package holds them.

    Parameters
    ----------
    path
        A zip, or a folder that one was unpacked into; schema version 1 or 2.

    Raises
    ------
    NotReadableError
        Not a package.
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
        self.name = name
        self.units = _Units(package)
        self.locations = {uid: one.code or one.name for uid, one in package.all(olca.Location).items()}
        self.sources = package.all(olca.Source)
        self.flow_names: dict[str, str] = {}
        self.activity_names: dict[str, str] = {}
        self.flows: dict[str, Flow] = {}

    def library(self) -> Library:
        library = Library(name=self.name, flows=self.flows)
        for uid, flow in self.package.all(olca.Flow).items():
            self.flow_names[uid] = name = _own_name(flow, self.flows, _last(flow.category))
            self.flows[name] = self._flow(flow, name)
        processes = self.package.all(olca.Process)
        for uid, process in processes.items():
            place = self.locations.get(_id(process.location))
            name = _own_name(process, self.activity_names.values(), place)
            self.activity_names[uid] = name
        for uid, process in processes.items():
            name = self.activity_names[uid]
            library.activities[name] = self._activity(process, name)
        self._impacts(library)
        return library

    # -- flows --

    def _flow(self, flow: olca.Flow, name: str) -> Flow:
        reference, others = None, []
        for one in flow.flow_properties or ():
            if one.is_ref_flow_property or len(flow.flow_properties or ()) == 1:
                reference = _id(one.flow_property)
            else:
                others.append(one)
        theirs, times = self.units.reference(reference, f"flows.{name}.unit")
        unit = _tag(flow, UNIT_TAG) or theirs
        kind = KINDS[flow.flow_type] if flow.flow_type in KINDS else _natural(flow.category)
        synonyms = [one.strip() for one in (flow.synonyms or "").split(";")]
        properties = {}
        for one in others:
            other = _id(one.flow_property)
            per, per_times = self.units.reference(other, f"flows.{name}.properties")
            if one.conversion_factor and not same_dimension(per, unit):
                number = one.conversion_factor * per_times / times * convert(1.0, unit, theirs)
                properties[self.units.name_of_property(other)] = Quantity(number, unit_per(per, unit))
        return Flow(
            label=_label(flow.name, name),
            note=flow.description,
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
        return Activity(
            label=_label(process.name, name),
            note=process.description,
            flow=self._flow_name(reference, place),
            amount=self._amount(reference, place)[0],
            takes=bool(reference.is_input),
            exchanges=[
                self._exchange(one, f"{place}.exchanges.{number}")
                for number, one in enumerate(one for one in exchanges if one is not reference)
            ],
            region=self.locations.get(_id(process.location)),
            first=_year(documentation.valid_from),
            last=_year(documentation.valid_until),
            category=process.category,
            source=self._source(documentation),
            licence=documentation.restrictions_description,
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

    def _exchange(self, one: olca.Exchange, place: str) -> Exchange:
        amount, negative = self._amount(one, place)
        provider = self.activity_names.get(_id(one.default_provider))
        note = one.description
        if one.default_provider is not None and provider is None:
            missing = f"provider not in the package: {one.default_provider.name}"
            note = f"{note}; {missing}" if note else missing
        base = one.base_uncertainty
        return Exchange(
            note=note,
            flow=self._flow_name(one, place),
            amount=amount,
            direction="input" if one.is_input else "output",
            provider=provider,
            region=self.locations.get(_id(one.location)),
            avoided=bool(one.is_avoided_product) != negative,
            pedigree=one.dq_entry.strip("()") if one.dq_entry and "n" not in one.dq_entry else None,
            basic_variance=Quantity(math.log(base) ** 2) if base and base > 1.0 else None,
        )

    def _amount(self, one: olca.Exchange, place: str) -> tuple[Quantity, bool]:
        """The amount of an exchange, above zero, and whether it was below."""
        return amount_of(one, *self.units.unit(_id(one.unit), f"{place}.amount", _ref_name(one.unit)))

    def _flow_name(self, one: olca.Exchange, place: str) -> str:
        uid = _id(one.flow)
        if uid not in self.flow_names:
            raise NotReadableError(
                "a flow that is not in the package",
                file=str(self.package.path),
                place=place,
                found=_ref_name(one.flow),
            )
        return self.flow_names[uid]

    def _source(self, documentation: olca.ProcessDocumentation) -> str | None:
        found = []
        for reference in (*(documentation.sources or ()), documentation.publication):
            source = self.sources.get(_id(reference))
            if source is not None:
                found.append(source.text_reference or source.name)
        return "; ".join(dict.fromkeys(text for text in found if text)) or None

    # -- impacts --

    def _impacts(self, library: Library) -> None:
        methods = {
            _id(reference): method.name
            for method in self.package.all(olca.ImpactMethod).values()
            for reference in method.impact_categories or ()
        }
        for uid, category in self.package.all(olca.ImpactCategory).items():
            name = _own_name(category, library.impacts, methods.get(uid))
            unit = impact_unit(category.ref_unit or "", place=f"impacts.{name}.unit")
            library.impacts[name] = Impact(
                label=_label(category.name, name),
                note=category.description,
                unit=unit,
                method=methods.get(uid),
                id=uid,
            )
            for one in category.impact_factors or ():
                self._factor(name, unit, one)

    def _factor(self, impact: str, unit: str, one: olca.ImpactFactor) -> None:
        flow = self.flows[self.flow_names[_id(one.flow)]]
        place = f"impacts.{impact}.{_ref_name(one.flow)}"
        per, times = self.units.unit(_id(one.unit), place, _ref_name(one.unit))
        per_flow_unit = (one.value or 0.0) / (times * in_flow_unit(flow, per, place=place))
        flow.factors.append(
            Factor(
                impact=impact,
                amount=Quantity(per_flow_unit, unit_per(unit, flow.unit)),
                region=self.locations.get(_id(one.location)),
            )
        )


class _Units:
    """Units of a package as meguru writes them: by name, else by the reference unit of their group."""

    def __init__(self, package: Package) -> None:
        self.file = str(package.path)
        self.properties = package.all(olca.FlowProperty)
        self.groups = package.all(olca.UnitGroup)
        self.of_unit = {
            str(unit.id): (unit, group) for group in self.groups.values() for unit in group.units or ()
        }

    def unit(self, uid: str, place: str, name: str = "") -> tuple[str, float]:
        """A unit, and how many of it one is; one that is not in the package is known by its name."""
        if uid not in self.of_unit:
            return known_unit(name, place=place), 1.0
        unit, group = self.of_unit[uid]
        try:
            return known_unit(unit.name or "", place=place), 1.0
        except UnitError:
            reference = next((one for one in group.units or () if one.is_ref_unit), None)
            if reference is None or reference is unit or not unit.conversion_factor:
                raise
            return known_unit(reference.name or "", place=place), unit.conversion_factor

    def reference(self, uid: str | None, place: str) -> tuple[str, float]:
        """The reference unit of a flow property, and how many of what is written one is."""
        group = self.groups.get(_id(self.properties[uid].unit_group)) if uid in self.properties else None
        for unit in (group.units or ()) if group is not None else ():
            if unit.is_ref_unit:
                return self.unit(str(unit.id), place)
        raise NotReadableError("a flow without a reference unit", file=self.file, place=place, found=uid)

    def name_of_property(self, uid: str) -> str:
        return self.properties[uid].name or uid


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


def _id(reference: olca.Ref | None) -> str:
    return "" if reference is None or reference.id is None else reference.id


def _ref_name(reference: olca.Ref | None) -> str:
    return "" if reference is None else reference.name or ""


def _year(date: str | None) -> int | None:
    return int(date[:4]) if date and date[:4].isdigit() else None
