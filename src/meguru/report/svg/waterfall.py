"""A waterfall of lying bars: what adds up to a total, one step a row, so that long names have room."""

from __future__ import annotations

from collections.abc import Sequence

from meguru.report.both import Both
from meguru.report.numbers import Scale, nice_ticks, tick_texts
from meguru.report.svg.canvas import Canvas, width_of

UP, DOWN, TOTAL = "#D55E00", "#0072B2", "#444444"
WIDTH, ROW, TOP = 520.0, 30.0, 26.0
NAME = 168.0
SIZE = 11.5


def draw_waterfall(
    steps: Sequence[tuple[Both, float]],
    total: Both,
    scale: Scale,
    reach: tuple[float, float],
    alt: Both,
    *,
    signed: bool = True,
) -> str:
    """The picture as SVG.

    Parameters
    ----------
    steps
        Name and value of each step.
    total
        Name of the last row, the sum.
    reach
        Lowest and highest place that any waterfall beside this one comes to, so that they can be compared.
    signed
        Values are changes: write a plus.
    """
    ticks = nice_ticks(reach[0] / scale.size, reach[1] / scale.size)
    sheet = Canvas(WIDTH, TOP + ROW * (len(steps) + 1) + 30.0)
    longest = (
        max(width_of(scale.text(v), SIZE) for v in [*(v for _, v in steps), sum(v for _, v in steps)]) + 18.0
    )
    left, right = NAME + (longest if reach[0] < 0 else 8.0), WIDTH - longest
    bottom = TOP + ROW * (len(steps) + 1)

    def x(value: float) -> float:
        return left + (value / scale.size - ticks[0]) / (ticks[-1] - ticks[0]) * (right - left)

    _draw_axis(sheet, ticks, [x(tick * scale.size) for tick in ticks], bottom)
    sheet.text(2, 14, scale.unit, class_="soft", font_size=11)
    at = 0.0
    for index, (name, value) in enumerate(steps):
        y = TOP + ROW * index
        _draw_row(sheet, y, name, value, (x(at), x(at + value)), UP if value > 0 else DOWN, scale, signed)
        at += value
        sheet.line(x(at), y + ROW - 5, x(at), y + ROW + 5, class_="link")
    _draw_row(sheet, TOP + ROW * len(steps), total, at, (x(0.0), x(at)), TOTAL, scale, signed, strong=True)
    return sheet.svg(alt)


def _draw_axis(sheet: Canvas, ticks: Sequence[float], places: Sequence[float], bottom: float) -> None:
    texts = tick_texts(ticks)
    widest = max(width_of(text, 10.5) for text in texts) + 6
    every = 1 if len(places) < 2 or places[1] - places[0] > widest else 2
    zero = ticks.index(0.0) if 0.0 in ticks else 0
    for index, (tick, place, text) in enumerate(zip(ticks, places, texts, strict=True)):
        sheet.line(place, TOP - 4, place, bottom, class_="axis" if tick == 0 else "grid")
        if (index - zero) % every == 0:
            sheet.text(place, bottom + 14, text, class_="soft", text_anchor="middle", font_size=10.5)


def _draw_row(
    sheet: Canvas,
    y: float,
    name: Both,
    value: float,
    ends: tuple[float, float],
    colour: str,
    scale: Scale,
    signed: bool,
    *,
    strong: bool = False,
) -> None:
    low, high = sorted(ends)
    kind = "strong" if strong else ""
    with sheet.hover(name + ": " + scale.full(value, signed=signed)):
        sheet.rect(low, y + 4, max(1.0, high - low), ROW - 9, fill=colour, class_="piece")
    sheet.lines(2, y + ROW / 2, name, NAME - 8, size=SIZE - 0.5, most=2, class_=kind or "name")
    text = ("+" if signed and value > 0 else "") + scale.text(value)
    if value < 0:
        sheet.text(
            low - 4, y + ROW / 2 + 4, text, text_anchor="end", font_size=SIZE, class_=f"{kind} halo".strip()
        )
    else:
        sheet.text(high + 4, y + ROW / 2 + 4, text, font_size=SIZE, class_=f"{kind} halo".strip())
