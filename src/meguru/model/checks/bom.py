"""Checks of bills of materials."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from meguru.errors import BomError, ModelError
from meguru.model.bom_units import bom_unit
from meguru.model.checks.fault import fault
from meguru.model.checks.numbers import Evaluation
from meguru.model.components import Model
from meguru.quantity import convert

TOLERANCE = 1e-6  # relative: masses are written with a few digits


def what_has_a_bom(model: Model) -> Iterator[ModelError]:
    """A material is made of nothing else; products hold parts and materials, not products."""
    for name, item in model.items.items():
        if item.kind == "material" and item.bom:
            yield fault(
                BomError,
                model,
                f"items.{name}.bom",
                "a material has no BOM",
                found=", ".join(item.bom),
                expected="kind: part, or no BOM",
            )
        for child in item.bom:
            if child in model.items and model.items[child].kind == "product":
                yield fault(
                    BomError,
                    model,
                    f"items.{name}.bom.{child}",
                    "a product inside another item",
                    found=f"{child}: a product",
                    expected="a part or a material",
                )


def circles(model: Model) -> Iterator[ModelError]:
    """Nothing contains itself, at any depth."""
    try:
        TopologicalSorter({name: list(item.bom) for name, item in model.items.items()}).prepare()
    except CycleError as error:
        circle = list(error.args[1])[::-1]
        yield fault(
            BomError,
            model,
            f"items.{circle[0]}.bom.{circle[1]}",
            "a BOM that contains itself",
            found=" → ".join(circle),
            expected="parts that end in materials",
        )


def declared_masses(model: Model) -> Iterator[ModelError]:
    """A declared mass is the sum of the BOM, in every year."""
    if all(item.mass is None for item in model.items.values()):
        return
    evaluation = Evaluation(model, history=True)
    known: dict[str, NDArray[np.float64]] = {}

    def mass_of(name: str) -> NDArray[np.float64]:
        if name not in known:
            item = model.items[name]
            one = convert(1.0, item.unit, "kg") if item.kind == "material" else 0.0
            total = np.full((1, 1), one)
            for child, quantity in item.bom.items():
                unit = bom_unit(quantity.unit, model.items[child].unit, item.unit)
                amount = evaluation.array(quantity, unit, f"items.{name}.bom.{child}")
                # A negative amount is refused by the engine: no mass is compared with it.
                total = total + np.where(amount < 0.0, np.nan, amount) * mass_of(child)
            known[name] = total
        return known[name]

    for name, item in model.items.items():
        if item.mass is None:
            continue
        place = f"items.{name}.mass"
        declared = evaluation.array_in_one_of(item.mass, ("kg", f"kg/({item.unit})"), place)
        wrong = np.abs(declared - mass_of(name)) > TOLERANCE * np.maximum(np.abs(declared), mass_of(name))
        if wrong.any():
            at = int(np.flatnonzero(wrong.any(axis=0))[0])
            found, expected = (np.broadcast_to(a, wrong.shape)[0, at] for a in (declared, mass_of(name)))
            yield fault(
                BomError,
                model,
                place,
                "the declared mass is not that of the BOM",
                found=f"{found:.6g} kg",
                expected=f"{expected:.6g} kg, the sum of the BOM",
            )
