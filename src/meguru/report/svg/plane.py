"""Points and curves over a number: a Pareto front, a curve that crosses zero."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from meguru.report.both import Both
from meguru.report.numbers import Scale, nice_ticks, tick_texts
from meguru.report.svg.axes import TICK_SIZE, Frame
from meguru.report.svg.canvas import PALETTE, REFERENCE, short

WIDTH, HEIGHT = 520.0, 320.0
INSET = 8.0
FAINT = "#b9c0c7"


@dataclass(frozen=True, slots=True)
class Dot:
    """A point with what is said when it is pointed at; ``look`` is faint, best, now or mark."""

    x: float
    y: float
    title: Both
    look: str = "best"


@dataclass(frozen=True, slots=True)
class Axis:
    """What stands along the bottom."""

    label: Both
    scale: Scale


def draw_plane(
    dots: Sequence[Dot],
    curve: Sequence[tuple[float, float]],
    across: Axis,
    up: Scale,
    alt: Both,
    *,
    stepped: bool = False,
) -> str:
    """The picture as SVG.

    Parameters
    ----------
    dots
        Drawn in their order.
    curve
        Joined by a line; a NaN parts it. ``stepped``: no line is drawn, the dots stand for themselves.
    across, up
        Axes.
    """
    every = [(dot.x, dot.y) for dot in dots] + [one for one in curve if not math.isnan(one[1])]
    frame = Frame([y for _, y in every], up, width=WIDTH, height=HEIGHT, from_zero=False)
    place = _across(frame, [x for x, _ in every], across)
    if not stepped:
        _draw_curve(frame, place, curve)
    for dot in dots:
        _draw_dot(frame, place(dot.x), frame.y(dot.y), dot)
    return frame.sheet.svg(alt)


class _Place:
    """Places along the bottom."""

    def __init__(self, frame: Frame, low: float, high: float) -> None:
        self.left, self.width = frame.left + INSET, frame.right - frame.left - 2 * INSET
        self.low, self.high = low, high

    def __call__(self, x: float) -> float:
        return self.left + (x - self.low) / (self.high - self.low) * self.width


def _across(frame: Frame, values: Sequence[float], axis: Axis) -> _Place:
    shown = [value / axis.scale.size for value in values]
    ticks = nice_ticks(min(shown), max(shown), 5)
    place = _Place(frame, ticks[0] * axis.scale.size, ticks[-1] * axis.scale.size)
    for tick, text in zip(ticks, tick_texts(ticks), strict=True):
        x = place(tick * axis.scale.size)
        frame.sheet.line(x, frame.bottom, x, frame.bottom + 4, class_="axis")
        more = {"class_": "soft", "text_anchor": "middle", "font_size": TICK_SIZE}
        frame.sheet.text(x, frame.bottom + 17, text, **more)
    middle = (frame.left + frame.right) / 2
    label = axis.label + ", " + axis.scale.unit
    frame.sheet.text(
        middle, frame.bottom + 35, label, class_="soft", text_anchor="middle", font_size=TICK_SIZE
    )
    return place


def _draw_curve(frame: Frame, place: _Place, curve: Sequence[tuple[float, float]]) -> None:
    d, pen = "", "M"
    for x, y in curve:
        if math.isnan(y):
            pen = "M"
            continue
        d += f"{pen}{short(place(x))},{short(frame.y(y))}"
        pen = "L"
    if d:
        frame.sheet.path(d, fill="none", stroke=PALETTE[0], stroke_width="2.2", stroke_linejoin="round")


def _draw_dot(frame: Frame, x: float, y: float, dot: Dot) -> None:
    with frame.sheet.hover(dot.title, class_="point"):
        if dot.look == "faint":
            frame.sheet.circle(x, y, 2.2, fill=FAINT)
        elif dot.look == "now":
            far = 6.5
            frame.sheet.polygon([(x, y - far), (x - far, y), (x, y + far), (x + far, y)], fill=REFERENCE)
        else:
            colour = PALETTE[1] if dot.look == "mark" else PALETTE[0]
            frame.sheet.circle(x, y, 4.2, fill=colour)
        frame.sheet.circle(x, y, 7, fill="transparent")
