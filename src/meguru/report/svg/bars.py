"""Stacked bars, over the years or over scenarios; parts below zero are stacked downwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from meguru.report.both import Both
from meguru.report.numbers import Scale
from meguru.report.svg.axes import BOTTOM, HEIGHT, WIDTH, Frame, Years
from meguru.report.svg.canvas import Canvas, width_of, wrap
from meguru.report.svg.lines import mark


@dataclass(frozen=True, slots=True)
class Layer:
    """One colour of a stack: a value for each bar."""

    label: Both
    colour: str
    values: Sequence[float]


def exact_sum(values: Sequence[float]) -> float:
    """A sum that is zero where only rounding is left."""
    total = sum(values)
    return 0.0 if abs(total) <= 1e-9 * sum(map(abs, values)) else total


def _reach(layers: Sequence[Layer], count: int) -> list[float]:
    return [
        sum(v for layer in layers if (v := layer.values[bar]) * sign > 0)
        for bar in range(count)
        for sign in (1, -1)
    ]


def _stack(frame: Frame, layers: Sequence[Layer], bar: int, x: float, width: float, name: Both) -> None:
    ends = {1: 0.0, -1: 0.0}
    for layer in layers:
        value = layer.values[bar]
        if value == 0.0:
            continue
        sign = 1 if value > 0 else -1
        start = ends[sign]
        ends[sign] += value
        top, bottom = sorted((frame.y(start), frame.y(ends[sign])))
        with frame.sheet.hover(name + "\n" + layer.label + ": " + frame.scale.full(value)):
            frame.sheet.rect(x, top, width, bottom - top, fill=layer.colour, class_="piece")


def draw_bars_by_year(
    layers: Sequence[Layer], years: Sequence[int], scale: Scale, year_word: Both, alt: Both
) -> str:
    """Stacked bars over the years, as SVG."""
    frame = Frame(_reach(layers, len(years)), scale)
    axis = Years(frame, years, year_word, bars=True)
    width = axis.step * (0.72 if axis.step > 5 else 0.9)
    for index, year in enumerate(years):
        _stack(frame, layers, index, axis.x(index) - width / 2, width, Both.of(year))
    return frame.sheet.svg(alt)


def draw_bars_by_name(
    layers: Sequence[Layer], names: Sequence[Both], scale: Scale, net: Both | None, alt: Both
) -> str:
    """Stacked bars side by side, their sum marked and written where ``net`` names it, as SVG."""
    totals = [exact_sum([layer.values[bar] for layer in layers]) for bar in range(len(names))]
    width = max(WIDTH, 70.0 + 118.0 * len(names))
    lines = max(len(wrap(text, 108.0, 11, 4)) for name in names for text in (name.en, name.ja))
    frame = Frame(
        _reach(layers, len(names)),
        scale,
        width=width,
        height=HEIGHT + 44.0 + 14.0 * lines,
        bottom=BOTTOM - 20.0 + 14.0 * lines,
    )
    step = (frame.right - frame.left) / len(names)
    for bar, name in enumerate(names):
        middle = frame.left + (bar + 0.5) * step
        _stack(frame, layers, bar, middle - min(30.0, step * 0.3), min(60.0, step * 0.6), name)
        frame.sheet.lines(
            middle, frame.bottom + 10.0 + 6.6 * lines, name, 108.0, size=11, most=4, text_anchor="middle"
        )
        if net is not None:
            _draw_net(frame, middle, step, totals[bar], name + "\n" + net)
    return frame.sheet.svg(alt)


def _draw_net(frame: Frame, middle: float, step: float, total: float, name: Both) -> None:
    with frame.sheet.hover(name + ": " + frame.scale.full(total, signed=True)):
        mark(
            frame.sheet, "diamond", middle, frame.y(total), 5.0, fill="#fff", stroke="#111", stroke_width="2"
        )
    frame.sheet.text(
        middle + min(30.0, step * 0.3) + 5,
        frame.y(total) + 4,
        frame.scale.signed(float(f"{total:.3g}")),
        class_="strong halo",
        font_size=11,
    )


def percent(share: float) -> str:
    """A share in %, never rounded to 0 or 100 where it is neither."""
    for decimals in (1, 2, 3):
        text = f"{100 * share:.{decimals}f}"
        if float(text) not in (0.0, 100.0):
            return f"{text} %"
    return f"{100 * share:.0f} %"


def draw_shares(
    rows: Sequence[tuple[Both, Sequence[float]]], kinds: Sequence[tuple[Both, str]], alt: Both
) -> str:
    """A bar of 100 % for each row, divided by kinds, as SVG; rows without anything stay empty."""
    width, bar, left = 620.0, 24.0, 4.0
    sheet = Canvas(width, 10.0 + 52.0 * len(rows) + 26.0)
    span = width - 2 * left
    for index, (name, shares) in enumerate(rows):
        y = 20.0 + 52.0 * index
        sheet.text(left, y, name, font_size=12, class_="strong")
        x = left
        for (kind, colour), share in zip(kinds, shares, strict=True):
            text = percent(share)
            with sheet.hover(name + "\n" + kind + ": " + text):
                sheet.rect(x, y + 6, span * share, bar, fill=colour, class_="piece")
            if span * share > width_of(text, 11) + 6:
                sheet.text(
                    x + span * share / 2,
                    y + 22,
                    text,
                    text_anchor="middle",
                    font_size=11,
                    class_="on-colour strong",
                )
            x += span * share
    bottom = 14.0 + 52.0 * len(rows)
    for tick in range(0, 101, 25):
        x = left + span * tick / 100
        anchor = "start" if tick == 0 else "end" if tick == 100 else "middle"
        sheet.line(x, bottom - 4, x, bottom, class_="axis")
        sheet.text(x, bottom + 14, f"{tick} %", class_="soft", font_size=11, text_anchor=anchor)
    return sheet.svg(alt)


def swatch(colour: str, dash: str = "", marker: str = "") -> str:
    """A sign for the legend, as SVG."""
    sheet = Canvas(26, 12)
    if marker:
        sheet.line(1, 6, 25, 6, stroke=colour, stroke_width="2.4", stroke_dasharray=dash or None)
        mark(sheet, marker, 13, 6, 3.4, fill=colour)
    else:
        sheet.rect(6, 0, 14, 12, fill=colour)
    return sheet.svg(None)
