"""Units as openLCA writes them: its own reference data where they hold the unit, else groups of our own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from uuid import UUID, uuid5

import olca_schema as olca
from olca_schema import units as reference_data

from meguru.quantity import convert, dimension_of

NAMESPACE = UUID("6d656775-7275-5000-8000-696e76656e74")
# Units of openLCA's reference data in which a dimension is written, where a library's own unit is not among
# them. Left as openLCA spells them, right as meguru does.
STANDARD = {
    "kg": "kg", "MJ": "MJ", "m3": "m3", "m2": "m2", "m": "m", "h": "hour", "Item(s)": "piece",
    "t*km": "tkm", "m2*a": "m2*year", "p*km": "pkm", "v*km": "vkm",
}  # fmt: skip
SPELLED = {own: theirs for theirs, own in STANDARD.items()}


@lru_cache(maxsize=1)
def _standard_units() -> dict[object, str]:
    """Dimension → unit of openLCA's reference data."""
    return {dimension_of(own): theirs for theirs, own in STANDARD.items()}


class Units:
    """Unit groups and flow properties, made when first met."""

    def __init__(self) -> None:
        self.groups: dict[str, olca.UnitGroup] = {}
        self.quantities: dict[str, olca.FlowProperty] = {}

    def entities(self) -> Iterator[olca.RootEntity]:
        yield from self.groups.values()
        yield from self.quantities.values()

    def written(self, unit: str) -> tuple[olca.Ref, float]:
        """The unit in which amounts are written, and how many of it one of the library's unit is."""
        group = self.groups[self._met(unit)]
        spelled = SPELLED.get(unit, unit)
        for one in group.units or ():
            if one.name == spelled:
                return _ref(one), 1.0
        reference = next(one for one in group.units or () if one.is_ref_unit)
        own = STANDARD.get(str(reference.name), str(reference.name))
        uid = _unit_id(spelled, group)
        if uid is None or any(one.id == uid for one in group.units or ()):
            return _ref(reference), convert(1.0, unit, own)
        assert group.units is not None
        factor = convert(1.0, unit, own)
        group.units.append(olca.Unit(id=uid, name=spelled, conversion_factor=factor, is_ref_unit=False))
        return _ref(group.units[-1]), 1.0

    def property(self, unit: str) -> olca.Ref:
        """The flow property of a unit, as mass."""
        return self.quantities[self._met(unit)].to_ref()

    def named_property(self, name: str, unit: str) -> olca.Ref:
        """A property of its own name, as a heating value, in a group whose reference is its unit."""
        key = f"{name} in {unit}"
        if key not in self.quantities:
            self.groups[key] = _own_group(key, unit)
            self.quantities[key] = _own_property(name, self.groups[key])
        return self.quantities[key].to_ref()

    def _met(self, unit: str) -> str:
        """The key of a unit's dimension; its group and property exist from then on."""
        key = f"dimension {dimension_of(unit)}"
        if key not in self.groups:
            standard = _standard_units().get(dimension_of(unit))
            if standard is None:
                self.groups[key] = _own_group(key, unit)
                self.quantities[key] = _own_property(unit, self.groups[key])
            else:
                self.groups[key], self.quantities[key] = _standard(standard)
        return key


def _standard(unit: str) -> tuple[olca.UnitGroup, olca.FlowProperty]:
    """Group and property of openLCA's reference data, with one unit."""
    group, quantity = reference_data.group_ref(unit), reference_data.property_ref(unit)
    own = reference_data.unit_ref(unit)
    assert group is not None and quantity is not None and own is not None
    units = [olca.Unit(id=own.id, name=unit, conversion_factor=1.0, is_ref_unit=True)]
    made = olca.UnitGroup(id=group.id, name=group.name, units=units)
    kind = olca.FlowPropertyType.PHYSICAL_QUANTITY
    return made, olca.FlowProperty(
        id=quantity.id, name=quantity.name, flow_property_type=kind, unit_group=made.to_ref()
    )


def _own_group(key: str, unit: str) -> olca.UnitGroup:
    spelled = SPELLED.get(unit, unit)
    own = olca.Unit(
        id=str(uuid5(NAMESPACE, f"{key}/{spelled}")), name=spelled, conversion_factor=1.0, is_ref_unit=True
    )
    return olca.UnitGroup(id=str(uuid5(NAMESPACE, f"group/{key}")), name=f"Units of {unit}", units=[own])


def _own_property(name: str, group: olca.UnitGroup) -> olca.FlowProperty:
    return olca.FlowProperty(
        id=str(uuid5(NAMESPACE, f"property/{group.id}/{name}")),
        name=name,
        flow_property_type=olca.FlowPropertyType.PHYSICAL_QUANTITY,
        unit_group=group.to_ref(),
    )


def _unit_id(spelled: str, group: olca.UnitGroup) -> str | None:
    """The identifier of a further unit of a group; None if openLCA's own group does not hold it."""
    if not _is_standard(group):
        return str(uuid5(NAMESPACE, f"{group.id}/{spelled}"))
    home, own = reference_data.group_ref(spelled), reference_data.unit_ref(spelled)
    return own.id if own is not None and home is not None and home.id == group.id else None


def _is_standard(group: olca.UnitGroup) -> bool:
    known = (reference_data.group_ref(unit) for unit in STANDARD)
    return any(one is not None and one.id == group.id for one in known)


def _ref(unit: olca.Unit) -> olca.Ref:
    return olca.Ref(ref_type=olca.RefType.Unit, id=unit.id, name=unit.name)
