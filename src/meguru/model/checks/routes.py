"""Checks of routes: keys that go together, and with the side on which the route stands."""

from __future__ import annotations

import math
from collections.abc import Iterator

from meguru.errors import MissingValueError, ModelError, RangeError, UnknownKeyError
from meguru.model.checks.fault import fault
from meguru.model.checks.names import is_pull
from meguru.model.components import Model, Route, Transport
from meguru.model.network import route_name

PUSH_ONLY = ("share",)
PULL_ONLY = ("priority", "max_share", "exact_share", "claim")
BY_WORK = ("exchanges", "impacts", "cost")
BY_TRIP = ("trip_exchanges", "trip_impacts", "trip_cost", "load_factor")


def what_goes_together(model: Model) -> Iterator[ModelError]:
    """Nothing on a route stands there without what gives it a meaning."""
    for route in model.routes:
        place = f"routes.{route_name(route)}"
        if route.source.partition(".")[0] in model.processes:
            yield from _side(model, route, place)
        yield from _residual(model, route, place)
        for index, fee in enumerate(route.fees):
            if fee.amount is None and fee.fixed is None:
                yield fault(
                    MissingValueError,
                    model,
                    f"{place}.fees.{index}",
                    "a fee without an amount",
                    found="nothing",
                    expected="'amount' or 'fixed'",
                )
        for index, transport in enumerate(route.transport):
            yield from _transport(model, transport, f"{place}.transport.{index}")


def _side(model: Model, route: Route, place: str) -> Iterator[ModelError]:
    pull = is_pull(model, route.source)
    where_from = "supply, make or store" if pull else "any other port"
    for key in PUSH_ONLY if pull else PULL_ONLY:
        if getattr(route, key) not in (None, 1 if key == "claim" else None):
            other = PULL_ONLY if pull else PUSH_ONLY
            yield fault(
                UnknownKeyError,
                model,
                f"{place}.{key}",
                f"a route from {where_from} has no '{key}'",
                found=key,
                expected=other,
            )


def _residual(model: Model, route: Route, place: str) -> Iterator[ModelError]:
    if route.residual is None:
        return
    if route.price is None:
        yield fault(
            MissingValueError,
            model,
            f"{place}.residual",
            "a factor on no price",
            found="no price",
            expected="'price', what it is when new",
        )
    for age, factor in route.residual.items():
        if not (age >= 0 and factor >= 0 and math.isfinite(factor)):
            yield fault(
                RangeError,
                model,
                f"{place}.residual",
                "outside what is possible",
                found=f"{age:g}: {factor:g}",
                expected="ages and factors of at least 0",
            )


def _transport(model: Model, transport: Transport, place: str) -> Iterator[ModelError]:
    for keys, needed in ((BY_WORK, "distance"), (BY_TRIP, "load")):
        given = [key for key in keys if getattr(transport, key)]
        if given and getattr(transport, needed) is None:
            yield fault(
                MissingValueError,
                model,
                f"{place}.{needed}",
                f"missing for {', '.join(given)}",
                found="nothing",
                expected=f"the {needed} of a trip",
            )
