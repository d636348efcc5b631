"""Checks of the network: what nothing reaches, prices of what is carried."""

from __future__ import annotations

from collections.abc import Iterator

from meguru.errors import DimensionError, ModelError, NetworkError, UnknownNameError
from meguru.files.marks import locate
from meguru.model.checks.dimensions import number_of
from meguru.model.checks.fault import fault
from meguru.model.components import Model, Money, Route
from meguru.model.network import Network, resolve, route_name
from meguru.model.scenario import apply
from meguru.quantity import Quantity, describe_dimension, same_dimension

FORWARD = ("supply", "make")


def joined_ends(model: Model) -> Iterator[ModelError]:
    """Routes join ports and processes that can be joined."""
    try:
        resolve(model)
    except NetworkError as error:
        yield locate(model, error)


def idle(model: Model) -> Iterator[ModelError]:
    """Every process and route does something in the model or in one of its scenarios."""
    found = _idle(model)
    for name in model.scenarios:
        if not found:
            return
        still = _idle(apply(model, name))
        found = {place: one for place, one in found.items() if place in still}
    yield from found.values()


def _idle(model: Model) -> dict[str, ModelError]:
    network = resolve(model)
    found = [*_idle_processes(model, network), *_idle_recovery(model, network)]
    lost = {one.place for one in found}
    carrying = {flow.name for flow in network.flows}
    for route in model.routes:
        ends = {f"processes.{route.source.partition('.')[0]}", f"processes.{route.target}"}
        # A route of an idle process is idle because of it.
        if route_name(route) not in carrying and not ends & lost:
            found.append(_idle_route(model, route))
    return {str(one.place): one for one in found}


def _idle_processes(model: Model, network: Network) -> Iterator[ModelError]:
    drawn = {flow.source for flow in network.flows if flow.side == "pull"}
    for name, process in model.processes.items():
        place = f"processes.{name}"
        if process.kind in FORWARD and name not in drawn:
            yield fault(
                NetworkError,
                model,
                place,
                "nothing is drawn from this process",
                found="no route",
                expected=f"a route from '{name}' to what needs it",
            )
        elif process.kind not in (*FORWARD, "use") and name not in network.arriving:
            yield fault(
                NetworkError,
                model,
                place,
                "nothing reaches this process",
                found="no route that carries anything",
                expected=f"a route to '{name}'",
            )


def _idle_recovery(model: Model, network: Network) -> Iterator[ModelError]:
    """What a process recovers is in what it gets."""
    for name, process in model.processes.items():
        arriving = network.arriving.get(name)
        if not arriving:
            continue
        inside = list(dict.fromkeys(child for item in arriving for child in model.items[item].bom))
        for child in process.recover:
            if child not in inside:
                yield fault(
                    NetworkError,
                    model,
                    f"processes.{name}.recover.{child}",
                    "nothing that arrives holds this",
                    found=child,
                    expected=inside or "an item with a BOM",
                )
        materials = [one for one in process.yields if model.items[one].kind != "material"]
        for one in materials:
            yield fault(
                UnknownNameError,
                model,
                f"processes.{name}.yield.{one}",
                "not a material",
                found=one,
                expected=[n for n, item in model.items.items() if item.kind == "material"],
            )


def _idle_route(model: Model, route: Route) -> ModelError:
    return fault(
        NetworkError,
        model,
        f"routes.{route_name(route)}",
        "this route carries nothing",
        found=route.source,
        expected="a port at which something leaves that the target takes",
    )


def prices_of_what_is_carried(model: Model) -> Iterator[ModelError]:
    """A price per unit fits each item that the route carries."""
    try:
        flows = resolve(model).flows
    except NetworkError:
        return  # said by joined_ends
    currency = (model.money or Money()).currency
    for flow in flows:
        unit = model.items[flow.item].unit
        place = f"routes.{flow.name}"
        given: dict[str, Quantity | None] = {f"{place}.price": flow.route.price}
        given |= {f"{place}.fees.{i}.amount": fee.amount for i, fee in enumerate(flow.route.fees)}
        given |= {
            f"{place}.transport.{i}.cost_per_unit": t.cost_per_unit
            for i, t in enumerate(flow.route.transport)
        }
        for at, quantity in given.items():
            if quantity is None or not quantity.unit:
                continue
            if not any(same_dimension(quantity.unit, f"({currency})/({one})") for one in (unit, "kg")):
                yield fault(
                    DimensionError,
                    model,
                    at,
                    f"the route carries '{flow.item}', counted in {unit}",
                    found=f"{number_of(quantity)} {quantity.unit}",
                    expected=describe_dimension(f"{currency}/{unit}"),
                )
