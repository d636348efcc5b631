"""A factor with what acts on it on the left and what it acts on on the right, two steps either way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from meguru.foresight.model import CausalModel, Event
from meguru.report.both import Both
from meguru.report.foresight.pictures.curves import curve
from meguru.report.svg.canvas import Canvas

WIDTH, BOX, HIGH, STEP, EDGE, TOP = 1180.0, 176.0, 34.0, 46.0, 8.0, 14.0
HOPS, NEAR, FAR = 2, 7, 9  # steps either way; factors shown one step and two steps away
FILLS = {"lever": "#e2f1e4", "driver": "#eceef0", "kpi": "#fdf0d9", "state": "#ffffff"}
SIGNS = {"+": "#00568a", "-": "#b3261e"}


@dataclass(frozen=True, slots=True)
class Arrow:
    """An influence; ``size`` without its sign, ``event``: by way of an event."""

    source: str
    target: str
    sign: str
    size: float
    event: bool = False


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Factors around one.

    Attributes
    ----------
    columns
        From −2 to 2 steps: names.
    arrows
        Between neighbouring columns.
    hidden
        Factors at these distances that are not shown.
    """

    columns: dict[int, tuple[str, ...]]
    arrows: tuple[Arrow, ...]
    hidden: int


def neighbourhood(model: CausalModel, centre: str) -> Neighbourhood:
    """The strongest influences up to two steps before and after a factor; each factor stands once."""
    every = list(_arrows(model))
    columns: dict[int, tuple[str, ...]] = {0: (centre,)}
    placed, hidden = {centre}, 0
    for step, most in ((1, NEAR), (2, FAR)):
        for side in (-1, 1):
            inner = columns.get(side * (step - 1), ())
            reach: dict[str, float] = {}
            for one in every:
                here, there = (one.target, one.source) if side < 0 else (one.source, one.target)
                if here in inner and there not in placed:
                    reach[there] = max(reach.get(there, 0.0), one.size)
            ranked = sorted(reach, key=lambda name: (-reach[name], name))
            columns[side * step] = tuple(ranked[:most])
            placed |= set(ranked[:most])
            hidden += len(ranked[most:])
    shown = [
        one
        for one in every
        for step in range(-HOPS, HOPS)
        if one.source in columns[step] and one.target in columns[step + 1]
    ]
    return Neighbourhood(columns, tuple(shown), hidden)


def _arrows(model: CausalModel) -> Iterator[Arrow]:
    for edge in model.edges:
        sign = "-" if edge.strength.mode < 0 else "+"
        for source in filter(None, (edge.source, edge.second)):
            if source != edge.target:
                yield Arrow(source, edge.target, sign, abs(edge.strength.mode))
    for event in model.events.values():
        yield from _through(model, event)


def _through(model: CausalModel, event: Event) -> Iterator[Arrow]:
    """From the nodes of the conditions of an event to those that it changes."""
    for one in event.conditions:
        for target in {**event.jump, **event.push}:
            change = event.jump.get(target, 0.0) + event.push.get(target, 0.0)
            rises = (change > 0) == (one.above is not None)
            if one.node != target:
                size = abs(change) / model.nodes[target].scale
                yield Arrow(one.node, target, "+" if rises else "-", size, event=True)


def draw_around(model: CausalModel, found: Neighbourhood, label: Callable[[str], Both], alt: Both) -> str:
    """The picture as SVG."""
    rows = max(len(names) for names in found.columns.values())
    sheet = Canvas(WIDTH, 2 * TOP + rows * STEP)
    between = (WIDTH - 2 * EDGE - BOX) / (2 * HOPS)
    places: dict[str, tuple[float, float]] = {}
    for step, names in found.columns.items():
        for at, name in enumerate(names):
            middle = TOP + rows * STEP / 2 + (at - (len(names) - 1) / 2) * STEP
            places[name] = (EDGE + (step + HOPS) * between, middle)
    largest = max((one.size for one in found.arrows), default=1.0)
    for one in sorted(found.arrows, key=lambda arrow: arrow.size):
        _draw_arrow(sheet, one, places, largest, label)
    for name, (x, y) in places.items():
        centre = name == found.columns[0][0]
        sheet.rect(
            x, y - HIGH / 2, BOX, HIGH, rx="4", stroke="#47525d",
            fill=FILLS[model.nodes[name].role], stroke_width="2.4" if centre else "1",
        )  # fmt: skip
        kind = "strong" if centre else None
        sheet.lines(
            x + BOX / 2,
            y,
            label(name),
            BOX - (34 if centre else 12),
            size=10.5,
            most=2,
            text_anchor="middle",
            class_=kind,
        )
    return sheet.svg(alt)


def _draw_arrow(
    sheet: Canvas,
    one: Arrow,
    places: dict[str, tuple[float, float]],
    largest: float,
    label: Callable[[str], Both],
) -> None:
    (x1, y1), (x2, y2) = places[one.source], places[one.target]
    begin, end = (x1 + BOX, y1), (x2 - 7, y2)
    colour = SIGNS[one.sign]
    wide = 0.9 + 2.6 * one.size / largest
    with sheet.hover(
        label(one.source) + " → " + label(one.target) + f"\n{one.sign}{one.size:.3g}", class_="arrow"
    ):
        sheet.path(
            curve(begin, end), fill="none", stroke=colour, stroke_width=f"{wide:.1f}", stroke_opacity="0.75",
            stroke_dasharray="5 3" if one.event else None,
        )  # fmt: skip
        sheet.polygon([(x2, y2), (x2 - 8, y2 - 4), (x2 - 8, y2 + 4)], fill=colour)
