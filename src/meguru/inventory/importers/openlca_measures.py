"""Units and flow properties of an openLCA package as meguru writes them."""

from __future__ import annotations

import math

import olca_schema as olca

from meguru.errors import NotReadableError, UnitError
from meguru.inventory.importers.naming import finite, known_or_own, known_unit
from meguru.inventory.importers.openlca_package import Package
from meguru.quantity import convert, same_dimension

SAME = 1e-6  # relative difference up to which a unit of the package is meguru's of the same name


class Units:
    """Units of a package: by name where it means the same, else by the reference unit of their group."""

    def __init__(self, package: Package) -> None:
        self.file = str(package.path)
        self.properties = package.all(olca.FlowProperty)
        self.groups = package.all(olca.UnitGroup)
        self.of_unit = {
            str(unit.id): (unit, group) for group in self.groups.values() for unit in group.units or ()
        }

    def unit(self, uid: str, place: str, name: str = "") -> tuple[str, float]:
        """A unit, and how many of it one is; one that is not in the package is known by its name.

        Raises
        ------
        NotReadableError
            Neither unit nor name.
        """
        if uid not in self.of_unit:
            if not name:
                raise NotReadableError("an amount without unit", file=self.file, place=place)
            return known_or_own(name), 1.0
        unit, group = self.of_unit[uid]
        reference = next((one for one in group.units or () if one.is_ref_unit), unit)
        theirs = known_or_own(reference.name or "")
        times = finite(unit.conversion_factor or 1.0, place) if reference is not unit else 1.0
        try:
            own = known_unit(unit.name or "")
        except UnitError:
            return theirs, times
        if not same_dimension(own, theirs):
            return theirs, times
        # A year of 365 days, a ton of 907 kg: the package's own factor counts, not meguru's.
        alike = math.isclose(convert(1.0, own, theirs), times, rel_tol=SAME)
        return (own, 1.0) if alike else (theirs, times)

    def reference(self, uid: str, place: str) -> str:
        """The reference unit of a flow property."""
        group = self.groups.get(id_of(self.properties[uid].unit_group)) if uid in self.properties else None
        for unit in (group.units or ()) if group is not None else ():
            if unit.is_ref_unit:
                return known_or_own(unit.name or "")
        raise NotReadableError("a flow without a reference unit", file=self.file, place=place, found=uid)

    def spelled(self, uid: str) -> str:
        """How the package writes the reference unit of a flow property."""
        group = self.groups[id_of(self.properties[uid].unit_group)]
        return next((unit.name or "" for unit in group.units or () if unit.is_ref_unit), "")

    def name_of_property(self, uid: str) -> str:
        return self.properties[uid].name or uid


def id_of(reference: olca.Ref | None) -> str:
    """The identifier that a reference holds; an empty text if there is none."""
    return "" if reference is None or reference.id is None else reference.id


def name_of(reference: olca.Ref | None) -> str:
    """The name that a reference holds; an empty text if there is none."""
    return "" if reference is None else reference.name or ""
