"""Basic indicators: what formulas can ask of a scenario. Filters narrow what is summed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce, wraps
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.errors import DimensionError, FormulaError, MissingValueError, UnknownNameError, did_you_mean
from meguru.indicators.scene import Scene
from meguru.indicators.value import Operations, Value, value_of, zero
from meguru.quantity import dimension_of

Filters = Mapping[str, str]
ARITHMETIC = Operations()
FLOW = {
    "route": "route",
    "item": "item",
    "source": "process",
    "target": "process",
    "port": "port",
}
ENTRY = {
    "process": "process",
    "route": "route",
    "group": "group",
    "actor": "actor",
    "stage": "stage",
    "kind": "entry kind",
}
PAYMENT = {
    "actor": "actor",
    "group": "group",
    "process": "process",
    "route": "route",
    "item": "item",
    "stage": "stage",
    "exchange": "exchange",
    "kind": "payment kind",
}


@dataclass(frozen=True, slots=True)
class Function:
    """A function of formulas.

    Attributes
    ----------
    filters
        Keyword → kind of the names that it takes.
    options
        Keyword → texts that it may be; the first is the default.
    first
        Keyword that may also stand first, without its name; it must be given.
    """

    compute: Callable[[Scene, Filters], Value]
    filters: Mapping[str, str]
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    first: str | None = None

    def arguments(
        self, name: str, positional: tuple[Any, ...], keywords: Mapping[str, Any]
    ) -> dict[str, str]:
        """The arguments by keyword.

        Raises
        ------
        UnknownNameError
            A keyword or an option that the function does not have.
        FormulaError
            Something that is no text, or an argument too many.
        MissingValueError
            The first argument is not given.
        """
        given = dict(keywords)
        if positional:
            if self.first is None or len(positional) > 1 or self.first in given:
                wanted = ", ".join(f"{key}=…" for key in (*self.filters, *self.options))
                raise FormulaError(
                    f"{name}() has an argument too many", expected=f"named arguments: {wanted}"
                )
            given[self.first] = positional[0]
        for key, text in given.items():
            known = [*self.filters, *self.options]
            if key not in known:
                raise UnknownNameError(
                    f"{name}() has no such filter", found=key, expected=known, hint=did_you_mean(key, known)
                )
            if not isinstance(text, str):
                raise FormulaError(f"'{key}' of {name}() must be a text", expected=f'as {key}="…"')
        if self.first is not None and self.first not in given:
            raise MissingValueError(f"{name}() needs '{self.first}'", expected=f'as {name}("…")')
        for key, choices in self.options.items():
            text = given.setdefault(key, choices[0])
            if text not in choices:
                raise UnknownNameError(
                    f"'{key}' of {name}() can not be this",
                    found=text,
                    expected=list(choices),
                    hint=did_you_mean(text, choices),
                )
        return given


def rows_of(
    scene: Scene, array: str, filters: Filters, kinds: Mapping[str, str], **fixed: str
) -> NDArray[np.int64]:
    """Rows of an array whose labels fit all filters. ``fixed``: label → what it must be."""
    labels = scene.labels(array)
    fits = np.ones(len(next(iter(labels.values()))), dtype=bool)
    for label, text in fixed.items():
        fits &= labels[label] == text
    for key, text in filters.items():
        wanted = scene.select(kinds[key], text)
        if key in ("process", "route") and "where" in labels:
            fits &= (labels["where"] == key) & _among(labels["name"], wanted)
        elif key == "port":
            fits &= np.array([port_fits(port, wanted) for port in labels["port"]], dtype=bool)
        else:
            fits &= _among(labels[key], wanted)
    return np.flatnonzero(fits)


def _among(labels: NDArray[Any], wanted: set[str]) -> NDArray[np.bool_]:
    return np.array([label in wanted for label in labels], dtype=bool)


def port_fits(port: str, wanted: set[str]) -> bool:
    """Whether a port, or a wider one that it belongs to, is among those wanted."""
    return port in wanted or any(port.startswith(f"{one}.") for one in wanted)


def mass_of(scene: Scene, filters: Filters) -> Value:
    """Mass that flows, per year."""
    of_flows = {key: text for key, text in filters.items() if key in FLOW}
    rows = rows_of(scene, "units", of_flows, FLOW)
    materials = sorted(scene.select("material", filters["material"])) if "material" in filters else None
    origins = sorted(scene.select("origin", filters["origin"])) if "origin" in filters else None
    return scene.mass(rows, materials, origins)


def by_country(compute: Callable[[Scene, Filters], Value]) -> Callable[[Scene, Filters], Value]:
    """The same with a filter ``country``: what supplies give counts with the share of the country."""

    @wraps(compute)
    def narrowed(scene: Scene, filters: Filters) -> Value:
        if "country" not in filters:
            return compute(scene, filters)
        others = {key: text for key, text in filters.items() if key != "country"}
        wanted = scene.select("country", filters["country"])
        sources = scene.select("process", filters.get("source", "*"))
        parts = [
            ARITHMETIC.operate("*", (value_of(share, "1"), compute(scene, {**others, "source": name})))
            for name, share in scene.country_shares(wanted).items()
            if name in sources
        ]
        if not parts:  # none in any year, in the unit asked for
            return ARITHMETIC.operate("*", (value_of(np.zeros((1, 1)), "1"), compute(scene, others)))
        return reduce(lambda left, right: ARITHMETIC.operate("+", (left, right)), parts)

    return narrowed


def _counted(array: str, kinds: Mapping[str, str], **fixed: str) -> Callable[[Scene, Filters], Value]:
    """Something counted in the items' own units, which must be of one dimension."""

    def compute(scene: Scene, filters: Filters) -> Value:
        rows = rows_of(scene, array, filters, kinds, **fixed)
        units = _units_in(scene, array, rows) or _units_elsewhere(scene, array, filters, kinds, **fixed)
        if not units:
            return zero()
        require_one_dimension(units, "things counted in different units", "Name the item, or take mass().")
        return scene.total(array, rows, units if len(rows) else units[0])

    return compute


def _units_in(scene: Scene, array: str, rows: NDArray[np.int64]) -> list[str]:
    return [str(unit) for unit in scene.labels(array)["unit"][rows]]


def _units_elsewhere(
    scene: Scene, array: str, filters: Filters, kinds: Mapping[str, str], **fixed: str
) -> list[str]:
    """Units of what fits in other scenarios; if none has such a thing, of the items named."""
    units = [
        unit
        for other in scene.elsewhere
        for unit in _units_in(other, array, rows_of(other, array, filters, kinds, **fixed))
    ]
    if units:
        return units
    return units_of_items(scene, filters["item"]) if "item" in filters else []


def units_of_items(scene: Scene, text: str) -> list[str]:
    """Units of the items that a filter fits, here or in the first scenario that has some."""
    there = _first_with(scene, "item", text)
    return [there.model.items[name].unit for name in sorted(there.select("item", text))]


def require_one_dimension(units: list[str], message: str, hint: str) -> None:
    """Raise :class:`DimensionError` if units differ in dimension."""
    different = {dimension_of(unit): unit for unit in units}
    if len(different) > 1:
        raise DimensionError(
            message, found=" and ".join(sorted(different.values())), expected="one unit", hint=hint
        )


def _stock_mass(scene: Scene, filters: Filters) -> Value:
    """Mass that is held at the end of each year."""
    of_holders = {key: text for key, text in filters.items() if key != "material"}
    rows = rows_of(scene, "stock", of_holders, {"process": "process", "item": "item"})
    materials = scene.select("material", filters.get("material", "*")) if scene.names("material") else set()
    return scene.held_mass(rows, sorted(materials))


def _entries(array: str, unit: str) -> Callable[[Scene, Filters], Value]:
    """Sum of entries in one unit; credits only if asked for."""

    def compute(scene: Scene, filters: Filters) -> Value:
        return scene.total(array, entry_rows(scene, array, filters), unit)

    return compute


def entry_rows(scene: Scene, array: str, filters: Filters) -> NDArray[np.int64]:
    """Entries that the filters fit; an avoided burden is in no sum unless its kind is asked for."""
    kinds = {**ENTRY, "exchange": "exchange"}
    for key, text in filters.items():
        scene.select(kinds[key], text)  # also where there are no rows to select from
    rows = rows_of(scene, array, filters, kinds)
    if "kind" in filters:
        return rows
    kept: NDArray[np.int64] = rows[scene.labels(array)["kind"][rows] != "credit"]
    return kept


def _exchange(scene: Scene, filters: Filters) -> Value:
    """Amount of exchanges, per year, in the unit of the exchange."""
    there = _first_with(scene, "exchange", filters["exchange"])
    every = [
        there.model.exchanges[name].unit for name in sorted(there.select("exchange", filters["exchange"]))
    ]
    require_one_dimension(every, "exchanges counted in different units", "Name one exchange.")
    rows = entry_rows(scene, "exchanges", filters)
    units = [scene.model.exchanges[str(name)].unit for name in scene.labels("exchanges")["exchange"][rows]]
    return scene.total("exchanges", rows, units or every[0])


def _first_with(scene: Scene, kind: str, text: str) -> Scene:
    """The scene itself if a filter fits something in it, else the first scenario in which it does."""
    if scene.select(kind, text):
        return scene
    return next(other for other in scene.elsewhere if other.select(kind, text))


def _impact(scene: Scene, filters: Filters) -> Value:
    """An impact, per year."""
    of_entries = {key: text for key, text in filters.items() if key != "category"}
    rows = entry_rows(scene, "impacts", of_entries)
    there = _first_with(scene, "category", filters["category"])
    names = sorted(there.select("category", filters["category"]))
    if there is not scene:  # none here, in the unit that it has there
        return value_of(np.zeros((1, 1)), f"({there.model.impacts[names[0]].unit})/year")
    return reduce(
        lambda left, right: ARITHMETIC.operate("+", (left, right)),
        (scene.impact(rows, name) for name in names),
    )


def money_of(side: str) -> Callable[[Scene, Filters], Value]:
    """Money that actors pay (``payer``) or receive (``payee``), per year."""

    def compute(scene: Scene, filters: Filters) -> Value:
        kinds = {**PAYMENT, side: "actor"}
        named = {side if key == "actor" else key: text for key, text in filters.items()}
        for key, text in named.items():
            scene.select(kinds[key], text)
        return scene.total("money", rows_of(scene, "money", named, kinds), scene.currency)

    return compute


def _gain(scene: Scene, filters: Filters) -> Value:
    """Income less cost, per year."""
    return ARITHMETIC.operate("-", (money_of("payee")(scene, filters), money_of("payer")(scene, filters)))


_FROM = {"country": "country"}
_USE = {"process": "process", "item": "item"}
BASIC: dict[str, Function] = {
    "mass": Function(by_country(mass_of), {**FLOW, **_FROM, "material": "material", "origin": "origin"}),
    "units": Function(by_country(_counted("units", FLOW)), {**FLOW, **_FROM}),
    "stock": Function(_counted("stock", _USE), _USE),
    "stock_mass": Function(_stock_mass, {**_USE, "material": "material"}),
    **{
        kind: Function(_counted("events", _USE, kind=kind), _USE)
        for kind in ("sales", "demand", "failed", "spares", "unmet")
    },
    "retired": Function(
        _counted("events", {**_USE, "cause": "cause"}, kind="retired"), {**_USE, "cause": "cause"}
    ),
    "energy": Function(_entries("energy", "kWh"), {**ENTRY, "exchange": "exchange"}),
    "exchange": Function(_exchange, {"exchange": "exchange", **ENTRY}, first="exchange"),
    "impact": Function(_impact, {"category": "category", **ENTRY}, first="category"),
    "time_worked": Function(_entries("work", "hour"), ENTRY),
    "cost": Function(money_of("payer"), PAYMENT),
    "revenue": Function(money_of("payee"), PAYMENT),
    "gain": Function(_gain, PAYMENT, first="actor"),  # of all actors together it is always zero
}
