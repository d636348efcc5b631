"""Checks of numbers: finite, inside what is possible, in order."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from meguru.errors import ModelError, RangeError, UnsupportedError
from meguru.files.attribute import declared
from meguru.foresight.checks.fault import CausalWarning, fault, parts, warning
from meguru.foresight.model import CausalModel, Spread
from meguru.model.checks.numbers import ANY, NOT_NEGATIVE, POSITIVE, SMALLEST, Range

# Component → key → range; what is not listed may be any finite number.
RANGES: dict[str, dict[str, Range]] = {
    "CausalModel": {"step": POSITIVE},
    "Node": {"scale": POSITIVE, "pull": NOT_NEGATIVE, "noise": NOT_NEGATIVE},
    "Edge": {"lag": NOT_NEGATIVE, "cap": POSITIVE, "steepness": POSITIVE, "confidence": (0.0, 1.0)},
    "Event": {"hazard": NOT_NEGATIVE, "lasting": POSITIVE},
}
ENDLESS = {"Node": ("low", "high")}  # may be infinite
NUMERIC = ("number", "spread", "numbers", "years", "step")


def ranges(model: CausalModel) -> Iterator[ModelError]:
    """Every number is finite and inside what is possible."""
    for place, owner in parts(model):
        kind = type(owner).__name__
        for key, one in declared(type(owner)).items():
            if one.attribute.form not in NUMERIC:
                continue
            low, high = RANGES.get(kind, {}).get(key, ANY)
            for inner, number in _numbers(getattr(owner, one.name), f"{place}.{key}" if place else key):
                endless = math.isinf(number) and key in ENDLESS.get(kind, ())
                if not endless and not (math.isfinite(number) and low <= number <= high):
                    yield fault(
                        RangeError,
                        model,
                        inner,
                        "outside what is possible",
                        found=number,
                        expected=_bounds(low, high),
                    )


def _numbers(value: Any, place: str) -> Iterator[tuple[str, float]]:
    if isinstance(value, Spread):
        for name in ("low", "mode", "high"):
            yield place if value.is_constant else f"{place}.{name}", getattr(value, name)
    elif isinstance(value, dict):
        yield from ((f"{place}.{key}", number) for key, number in value.items())
    elif value is not None:
        yield place, value


def _bounds(low: float, high: float) -> str:
    if low == -math.inf:
        return "a finite number"
    below = "above 0" if low == SMALLEST else f"at least {low:g}"
    return below if math.isinf(high) else f"{below}, at most {high:g}"


def spreads(model: CausalModel) -> Iterator[ModelError]:
    """Spreads are in order."""
    for place, owner in parts(model):
        for key, one in declared(type(owner)).items():
            value = getattr(owner, one.name)
            if isinstance(value, Spread) and not value.low <= value.mode <= value.high:
                found = f"{value.low:g}, {value.mode:g}, {value.high:g}"
                yield fault(
                    RangeError,
                    model,
                    f"{place}.{key}",
                    "a spread out of order",
                    found=found,
                    expected="low ≤ mode ≤ high",
                )


def bounds(model: CausalModel) -> Iterator[ModelError]:
    """Bounds are in order, and nodes start between them."""
    for name, node in model.nodes.items():
        place = f"nodes.{name}"
        if not node.low < node.high:
            found = f"{node.low:g} to {node.high:g}"
            yield fault(
                RangeError, model, f"{place}.low", "bounds out of order", found=found, expected="low < high"
            )
        elif node.start.low < node.low or node.start.high > node.high:
            yield fault(
                RangeError,
                model,
                f"{place}.start",
                "starts outside its bounds",
                found=_spread_text(node.start),
                expected=f"{node.low:g} to {node.high:g}",
            )


def _spread_text(spread: Spread) -> str:
    return f"{spread.mode:g}" if spread.is_constant else f"{spread.low:g} to {spread.high:g}"


OWN_KEYS = {"drift": ("drift",), "relax": ("pull", "rest"), "hold": ()}


def own_dynamics(model: CausalModel) -> Iterator[ModelError]:
    """Numbers of own dynamics that a node does not have would be read by nobody."""
    for name, node in model.nodes.items():
        for dynamics, keys in OWN_KEYS.items():
            for key in keys:
                if node.dynamics != dynamics and getattr(node, key) != 0.0:
                    yield fault(
                        UnsupportedError,
                        model,
                        f"nodes.{name}.{key}",
                        f"belongs to other dynamics than '{node.dynamics}'",
                        found=getattr(node, key),
                        expected="nothing",
                        hint=f"Write 'dynamics: {dynamics}', or leave it out.",
                    )


def idle_dynamics(model: CausalModel) -> Iterator[CausalWarning]:
    """A node that is said to drift or relax does so; it relaxes to where it can get."""
    for name, node in model.nodes.items():
        place = f"nodes.{name}"
        if node.dynamics == "drift" and node.drift == 0.0:
            yield warning("idle_dynamics", model, place, "drifts by 0 per year", name)
        if node.dynamics == "relax" and node.pull == 0.0:
            yield warning("idle_dynamics", model, place, "relaxes with pull 0: it stays", name)
        elif node.dynamics == "relax" and not node.low <= node.rest <= node.high:
            text = f"relaxes to {node.rest:g}, outside its bounds {node.low:g} to {node.high:g}"
            yield warning("idle_dynamics", model, f"{place}.rest", text, name)
        if node.dynamics == "relax" and 1.0 < node.pull * model.step <= 2.0:
            text = (
                f"jumps over its rest: it makes good {node.pull * model.step:.3g} of the distance in a step"
            )
            yield warning("idle_dynamics", model, f"{place}.pull", text, name, hint="Take shorter steps.")
        elif node.dynamics == "relax" and node.pull * model.step > 2.0:
            text = (
                "swings ever wider about its rest, as far as its bounds: it makes good "
                f"{node.pull * model.step:.3g} times the distance in a step"
            )
            yield warning("idle_dynamics", model, f"{place}.pull", text, name, hint="Take shorter steps.")
