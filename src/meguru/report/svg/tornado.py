"""A tornado: how far an output moves with each input by itself, the furthest on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from meguru.report.both import Both
from meguru.report.numbers import Scale, nice_ticks, tick_texts
from meguru.report.svg.canvas import Canvas, width_of

AT_LOW, AT_HIGH = "#56B4E9", "#0072B2"
WIDTH, ROW, TOP = 640.0, 30.0, 26.0
NAME = 250.0
SIZE = 11.5


@dataclass(frozen=True, slots=True)
class Swing:
    """One input: where the output is with it at its low and at its high end; None where undefined."""

    name: Both
    at_low: float | None
    at_high: float | None


def draw_tornado(
    swings: Sequence[Swing], base: float, scale: Scale, words: tuple[Both, Both, Both], alt: Both
) -> str:
    """The picture as SVG.

    Parameters
    ----------
    swings
        In the order drawn.
    base
        The output with everything in the middle, in the unit of the data.
    words
        For the low end, the high end, and what is undefined.
    """
    ends = [end for swing in swings for end in (swing.at_low, swing.at_high) if end is not None]
    low, high = min([base, *ends]) / scale.size, max([base, *ends]) / scale.size
    room = 0.02 * (high - low or abs(high) or 1.0)
    ticks = nice_ticks(low - room, high + room)
    bottom = TOP + ROW * len(swings)
    sheet = Canvas(WIDTH, bottom + 30.0)
    longest = max(width_of(scale.text(end), SIZE) for end in [base, *ends]) + 10.0
    left, right = NAME + longest, WIDTH - longest

    def x(value: float) -> float:
        return left + (value / scale.size - ticks[0]) / (ticks[-1] - ticks[0]) * (right - left)

    texts = tick_texts(ticks)
    every = 1 if len(ticks) < 2 or (right - left) / (len(ticks) - 1) > max(map(width_of, texts)) else 2
    for index, (tick, text) in enumerate(zip(ticks, texts, strict=True)):
        place = x(tick * scale.size)
        sheet.line(place, TOP - 4, place, bottom, class_="grid")
        if index % every == 0:
            sheet.text(place, bottom + 14, text, class_="soft", text_anchor="middle", font_size=10.5)
    sheet.text(2, 14, scale.unit, class_="soft", font_size=11)
    for index, swing in enumerate(swings):
        _draw_swing(sheet, TOP + ROW * index, swing, base, x, scale, words)
    sheet.line(x(base), TOP - 4, x(base), bottom, class_="axis")
    sheet.text(x(base), 14, scale.text(base), class_="strong", text_anchor="middle", font_size=SIZE)
    return sheet.svg(alt)


def _draw_swing(
    sheet: Canvas,
    y: float,
    swing: Swing,
    base: float,
    x: object,
    scale: Scale,
    words: tuple[Both, Both, Both],
) -> None:
    assert callable(x)
    sheet.lines(2, y + ROW / 2, swing.name, NAME - 8, size=SIZE - 0.5, most=2, class_="name")
    known = [end for end in (swing.at_low, swing.at_high) if end is not None]
    for end, colour, word in ((swing.at_low, AT_LOW, words[0]), (swing.at_high, AT_HIGH, words[1])):
        if end is None:
            sheet.text(x(base) + 6, y + ROW / 2 + 4, words[2], class_="soft", font_size=SIZE)
            continue
        near, far = sorted((x(base), x(end)))
        with sheet.hover(swing.name + "\n" + word + ": " + scale.full(end)):
            sheet.rect(near, y + 5, max(1.0, far - near), ROW - 11, fill=colour, class_="piece")
    for end, anchor, shift in ((min(known, default=base), "end", -4), (max(known, default=base), "start", 4)):
        if end != base:
            sheet.text(
                x(end) + shift,
                y + ROW / 2 + 4,
                scale.text(end),
                text_anchor=anchor,
                font_size=SIZE,
                class_="halo",
            )
