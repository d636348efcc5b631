"""Checks of an inventory library: names that lead somewhere, units that fit, numbers that can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any

from meguru.errors import (
    DimensionError,
    DuplicateKeyError,
    LibraryError,
    MissingValueError,
    ModelError,
    RangeError,
    UnitError,
    UnknownNameError,
    UnsupportedError,
    did_you_mean,
)
from meguru.files.attribute import declared
from meguru.files.component import Component
from meguru.files.marks import locate
from meguru.inventory.components import Activity, Exchange, Factor, Flow, Library
from meguru.inventory.conversion import in_flow_unit
from meguru.inventory.links import is_run_for
from meguru.inventory.pedigree import scores
from meguru.quantity import Quantity, describe_dimension, dimension_of, same_dimension

FORMAT = 1
Faults = Iterator[ModelError]


def library_faults(library: Library) -> list[ModelError]:
    """All faults of a library; what a later check looks at has come through the earlier ones."""
    found: list[ModelError] = []
    for stage in STAGES:
        found = [*chain.from_iterable(check(library) for check in stage)]
        if found:
            break
    return [locate(library, one) for one in found]


def check_library(library: Library) -> None:
    """Raise the first fault of a library.

    Raises
    ------
    ModelError
        A named one for each kind of fault, with place, what was found and what was expected.
    """
    for one in library_faults(library):
        raise one


def _version(library: Library) -> Faults:
    if library.inventory != FORMAT:
        yield UnsupportedError(
            "other version of the file format", place="inventory", found=library.inventory, expected=FORMAT
        )


def _form(library: Library) -> Faults:
    """What must be given is given, choices are among those declared: for libraries built in Python."""
    for place, owner in _components(library):
        for key, one in declared(type(owner)).items():
            value = getattr(owner, one.name)
            inner = f"{place}.{key}" if place else key
            choices = one.attribute.choices
            if value is None and one.attribute.required:
                yield MissingValueError("missing", place=inner, found="nothing", expected=one.attribute.doc)
            elif choices and value not in choices:
                hint = did_you_mean(str(value), choices)
                yield UnknownNameError(
                    "no such choice", place=inner, found=value, expected=choices, hint=hint
                )


def _names(library: Library) -> Faults:
    for place, _, factor in _factors(library):
        yield from _named(factor.impact, library.impacts, f"{place}.impact", "impact category")
    for place, activity in _activities(library):
        yield from _named(activity.flow, library.flows, f"{place}.flow", "flow")
        for impact in activity.impacts:
            yield from _named(impact, library.impacts, f"{place}.impacts.{impact}", "impact category")
    for place, _, exchange in _exchanges(library):
        yield from _named(exchange.flow, library.flows, f"{place}.flow", "flow")
        if exchange.provider is not None:
            yield from _named(exchange.provider, library.activities, f"{place}.provider", "activity")


def _providers(library: Library) -> Faults:
    """A provider is run for what is taken from it, or brought to it."""
    for place, _, exchange in _exchanges(library):
        if exchange.provider is None:
            continue
        provider = library.activities[exchange.provider]
        if not is_run_for(library, provider, exchange.flow):
            verb = "takes in" if provider.takes else "gives"
            wanted = "takes in" if library.flows[exchange.flow].kind == "waste" else "gives"
            yield LibraryError(
                "the provider is not run for this flow",
                place=f"{place}.provider",
                found=f"{exchange.provider}, which {verb} {provider.flow}",
                expected=f"an activity that {wanted} {exchange.flow}",
            )


def _properties(library: Library) -> Faults:
    for name, flow in library.flows.items():
        for key, amount in flow.properties.items():
            yield from _above(amount, f"flows.{name}.properties.{key}", "an amount above zero", zero=False)


def _named(name: str, table: Mapping[str, object], place: str, what: str) -> Faults:
    if name not in table:
        hint = did_you_mean(name, table)
        yield UnknownNameError(f"no such {what}", place=place, found=name, hint=hint)


def _units(library: Library) -> Faults:
    """Units that stand alone are units."""
    units = chain(
        ((f"impacts.{name}.unit", impact.unit) for name, impact in library.impacts.items()),
        ((f"flows.{name}.unit", flow.unit) for name, flow in library.flows.items()),
    )
    for place, unit in units:
        try:
            dimension_of(unit)
        except UnitError as error:
            yield error.at(place=place)


def _dimensions(library: Library) -> Faults:
    for place, flow, factor in _factors(library):
        wanted = f"({library.impacts[factor.impact].unit})/({flow.unit})"
        yield from _fits(factor.amount, wanted, f"{place}.amount")
    for name, flow in library.flows.items():
        yield from _money(flow.price, flow.unit, f"flows.{name}.price")
    for place, activity in _activities(library):
        yield from _amount(library.flows[activity.flow], activity.amount, f"{place}.amount")
        for impact, amount in activity.impacts.items():
            yield from _fits(amount, library.impacts[impact].unit, f"{place}.impacts.{impact}")
        yield from _money(activity.cost, None, f"{place}.cost")
        if activity.time is not None:
            yield from _fits(activity.time, "hour", f"{place}.time")
    for place, _, exchange in _exchanges(library):
        yield from _amount(library.flows[exchange.flow], exchange.amount, f"{place}.amount")
        if exchange.basic_variance is not None:
            yield from _fits(exchange.basic_variance, "", f"{place}.basic_variance")


def _fits(quantity: Quantity, unit: str, place: str) -> Faults:
    if not same_dimension(quantity.unit, unit):
        found = quantity.unit or "no unit"
        yield DimensionError("wrong dimension", place=place, found=found, expected=describe_dimension(unit))


def _amount(flow: Flow, quantity: Quantity, place: str) -> Faults:
    try:
        in_flow_unit(flow, quantity.unit, place=place)
    except ModelError as error:
        yield error


def _money(price: Quantity | None, below: str | None, place: str) -> Faults:
    """A price has a currency above the line and nothing but the flow's unit below it."""
    if price is None:
        return
    unit = price.unit if below is None or not price.unit else f"({price.unit})*({below})"
    paid = [name for name, _ in dimension_of(unit)]
    if len(paid) != 1 or len(paid[0]) != 3 or not paid[0].isupper():
        expected = "money, as '12 JPY'" if below is None else f"money per unit, as '12 JPY/{below}'"
        yield DimensionError("wrong dimension", place=place, found=price.unit or "no unit", expected=expected)


def _numbers(library: Library) -> Faults:
    """Amounts below zero are written as what they are: an output, or a burden avoided."""
    for place, activity in _activities(library):
        yield from _above(activity.amount, f"{place}.amount", "a reference amount above zero", zero=False)
        if activity.first is not None and activity.last is not None and activity.first > activity.last:
            yield RangeError(
                "the last year is before the first",
                place=f"{place}.last",
                found=activity.last,
                expected=f"{activity.first} or later",
            )
    hint = "Turn its direction, or write 'avoided: true' for a burden avoided elsewhere."
    for place, _, exchange in _exchanges(library):
        yield from _above(exchange.amount, f"{place}.amount", "an amount of zero or more", hint=hint)
        if exchange.pedigree is not None:
            try:
                scores(exchange.pedigree, f"{place}.pedigree")
            except ModelError as error:
                yield error


def _above(
    quantity: Quantity, place: str, expected: str, *, zero: bool = True, hint: str | None = None
) -> Faults:
    given = [quantity.value] if quantity.value is not None else list(quantity.values)
    if quantity.distribution is not None:
        given = [quantity.distribution.expected()]
    lowest = min((value for value in given if value is not None), default=1.0)
    if lowest < 0.0 or (lowest == 0.0 and not zero):
        what = "below zero" if lowest < 0.0 else "zero"
        yield RangeError(what, place=place, found=lowest, expected=expected, hint=hint)


def _formulas(library: Library) -> Faults:
    """A library has no parameters that a formula could refer to."""
    for place, owner in _components(library):
        for key, one in declared(type(owner)).items():
            for inner, quantity in _quantities(getattr(owner, one.name)):
                if quantity.formula is not None or any(other.formula for _, other in quantity.since):
                    where_it_is = ".".join(part for part in (place, key, inner) if part)
                    yield UnsupportedError(
                        "a library holds no formulas", place=where_it_is, found=quantity.formula
                    )


def _quantities(value: Any) -> Iterator[tuple[str, Quantity]]:
    if isinstance(value, Quantity):
        yield "", value
    elif isinstance(value, dict):
        yield from ((name, inner) for name, inner in value.items() if isinstance(inner, Quantity))


def _doubles(library: Library) -> Faults:
    """One factor for one impact, region and scope."""
    for name, flow in library.flows.items():
        seen: set[str | None] = set()
        for factor in flow.factors:
            own = factor.name_in_list()
            if own in seen:
                yield DuplicateKeyError("two factors for the same", place=f"flows.{name}.factors", found=own)
            seen.add(own)


STAGES: tuple[tuple[Callable[[Library], Faults], ...], ...] = (
    (_version, _form),
    (_names, _units, _formulas, _doubles),
    (_providers, _properties),
    (_dimensions,),
    (_numbers,),
)


# -- what a library holds, with places --


def _activities(library: Library) -> Iterator[tuple[str, Activity]]:
    for name, activity in library.activities.items():
        yield f"activities.{name}", activity


def _exchanges(library: Library) -> Iterator[tuple[str, Activity, Exchange]]:
    for place, activity in _activities(library):
        for index, exchange in enumerate(activity.exchanges):
            yield f"{place}.exchanges.{index}", activity, exchange


def _factors(library: Library) -> Iterator[tuple[str, Flow, Factor]]:
    for name, flow in library.flows.items():
        for index, factor in enumerate(flow.factors):
            yield f"flows.{name}.factors.{factor.name_in_list() or index}", flow, factor


def _components(library: Library) -> Iterator[tuple[str, Component]]:
    yield "", library
    yield from ((f"impacts.{name}", impact) for name, impact in library.impacts.items())
    yield from ((f"flows.{name}", flow) for name, flow in library.flows.items())
    yield from ((place, factor) for place, _, factor in _factors(library))
    yield from _activities(library)
    yield from ((place, exchange) for place, _, exchange in _exchanges(library))
