"""Checks of edges: their form, polarity and lag, and what stands twice."""

from __future__ import annotations

import math
from collections.abc import Iterator

from meguru.errors import (
    DuplicateKeyError,
    MissingValueError,
    ModelError,
    PolarityError,
    RangeError,
    UnsupportedError,
)
from meguru.files.document import default_of
from meguru.foresight.checks.fault import CausalWarning, fault, named_edges, warning
from meguru.foresight.checks.time import WHOLE
from meguru.foresight.model import CausalModel, Edge

SHAPE = ("cap", "steepness", "threshold", "second", "second_reference", "gate")
SHAPE_OF = {
    "linear": (),
    "saturating": ("cap",),
    "threshold": ("steepness", "threshold"),
    "product": ("second", "second_reference", "gate"),
}


def shapes(model: CausalModel) -> Iterator[ModelError]:
    """An edge has what its form needs, and nothing that its form does not read."""
    for place, edge in named_edges(model):
        if edge.form == "product" and not edge.second:
            yield fault(
                MissingValueError,
                model,
                f"{place}.second",
                "a product without its second source",
                expected="a node",
            )
        used = SHAPE_OF[edge.form]
        if edge.form == "product" and edge.gate == "threshold":
            used = (*used, "steepness", "threshold")
        for key in SHAPE:
            if key not in used and getattr(edge, key) != default_of(Edge, key):
                form = f"{edge.form} with a {edge.gate} gate" if edge.form == "product" else edge.form
                yield fault(
                    UnsupportedError,
                    model,
                    f"{place}.{key}",
                    f"an edge of the form {form} does not read it",
                    found=getattr(edge, key),
                    expected="nothing",
                )


def polarity(model: CausalModel) -> Iterator[ModelError]:
    """The polarity that was drawn agrees with the sign of the strength."""
    for place, edge in named_edges(model):
        low, high = edge.strength.low, edge.strength.high
        if (edge.polarity == "+" and low < 0.0) or (edge.polarity == "-" and high > 0.0):
            found = f"{low:g}" if edge.strength.is_constant else f"{low:g} to {high:g}"
            yield fault(
                PolarityError,
                model,
                f"{place}.strength",
                f"polarity '{edge.polarity}' but another sign",
                found=found,
                expected="0 or more" if edge.polarity == "+" else "0 or less",
            )


def opposite_edges(model: CausalModel) -> Iterator[ModelError]:
    """Two edges of opposite sign between the same nodes at the same lag contradict each other."""
    first: dict[tuple[object, ...], tuple[str, int]] = {}
    for place, edge in named_edges(model):
        sign = _sign(edge)
        if sign == 0 or edge.form == "product":
            continue
        key = (edge.source, edge.target, edge.lag)
        known = first.setdefault(key, (place, sign))
        if known[1] != sign:
            line = model.where(known[0])[1]
            yield fault(
                PolarityError,
                model,
                place,
                "two edges of opposite polarity" + (f", the first on line {line}" if line else ""),
                found="+" if sign > 0 else "-",
                expected="one polarity",
                hint="Write one edge whose strength spreads over both signs, or give them different lags.",
            )


def _sign(edge: Edge) -> int:
    if edge.strength.low >= 0.0 and edge.strength.high > 0.0:
        return 1
    return -1 if edge.strength.high <= 0.0 and edge.strength.low < 0.0 else 0


MEANING = ("source", "target", "form", "second", "lag", *SHAPE[:3], "gate", "reference", "second_reference")


def duplicates(model: CausalModel) -> Iterator[ModelError]:
    """No edge stands twice: the same nodes, form and lag."""
    first: dict[tuple[object, ...], str] = {}
    for place, edge in named_edges(model):
        before = first.setdefault((_sign(edge), *(getattr(edge, name) for name in MEANING)), place)
        if before == place:
            continue
        line = model.where(before)[1]
        yield fault(
            DuplicateKeyError,
            model,
            place,
            "edge stands twice" + (f", first on line {line}" if line else ""),
            found=f"{edge.source} → {edge.target}",
            expected="each edge once",
            hint="Join them to one.",
        )


def parallel_edges(model: CausalModel) -> Iterator[CausalWarning]:
    """Several edges of one form between the same nodes may be meant, but add up."""
    seen: dict[tuple[object, ...], int] = {}
    for place, edge in named_edges(model):
        key = (edge.source, edge.target, edge.form, edge.second)
        seen[key] = seen.get(key, 0) + 1
        if seen[key] == 2:
            text = f"more than one {edge.form} edge from '{edge.source}' to '{edge.target}': they add up"
            yield warning("parallel_edges", model, place, text, edge.source, edge.target)


def long_lags(model: CausalModel) -> Iterator[ModelError]:
    """No lag is longer than the run: the edge would never see anything but the start value."""
    span = model.last - model.first
    for place, edge in named_edges(model):
        if edge.lag.high > span:
            yield fault(
                RangeError,
                model,
                f"{place}.lag",
                "a lag longer than the run",
                found=f"{edge.lag.high:g} years",
                expected=f"at most {span:g} years",
            )


def lost_lags(model: CausalModel) -> Iterator[CausalWarning]:
    """A lag that rounds to no step at all is no lag."""
    for place, edge in named_edges(model):
        if edge.lag.high > 0.0 and edge.lag.high < model.step / 2:
            text = f"a lag of {edge.lag.high:g} years rounds to no step of {model.step:.3g} years"
            yield warning("lost_lags", model, f"{place}.lag", text, edge.source, hint="Take shorter steps.")


def rounded_lags(model: CausalModel) -> Iterator[CausalWarning]:
    """A lag that is no whole number of steps is taken as the nearest one; of a spread each draw is."""
    for place, edge in named_edges(model):
        steps = edge.lag.mode / model.step
        nearest = math.floor(steps + 0.5)
        if edge.lag.is_constant and nearest >= 1 and abs(steps - nearest) > WHOLE:
            used = f"{nearest * model.step:.3g} is used"
            text = f"a lag of {edge.lag.mode:g} years is no whole number of steps: {used}"
            hint = "Take shorter steps."
            yield warning("rounded_lags", model, f"{place}.lag", text, edge.source, hint=hint)


def weak_edges(model: CausalModel) -> Iterator[CausalWarning]:
    """An edge without strength does nothing."""
    for place, edge in named_edges(model):
        if edge.strength.low == 0.0 == edge.strength.high:
            yield warning(
                "weak_edges", model, f"{place}.strength", "strength 0: the edge does nothing", edge.target
            )
