"""How far the two sides of a split differ in each driver, year by year: a heat map in two colours."""

from __future__ import annotations

from collections.abc import Sequence

from meguru.report.both import Both
from meguru.report.svg.canvas import Canvas

WIDTH, LEFT, RIGHT, TOP, ROW, BOTTOM = 1100.0, 300.0, 76.0, 12.0, 26.0, 34.0
MOST = 2.0  # standard deviations at which a colour is full
HIGH, LOW = (0, 86, 138), (179, 58, 30)


def draw_effects(
    sizes: Sequence[Sequence[float]],
    labels: Sequence[Both],
    years: Sequence[int],
    turn: float | None,
    alt: Both,
) -> str:
    """The picture as SVG; ``sizes`` are (driver, year), ``turn`` is the branch year."""
    bottom = TOP + ROW * len(labels)
    sheet = Canvas(WIDTH, bottom + BOTTOM)
    wide = (WIDTH - LEFT - RIGHT) / len(years)
    for row, (label, many) in enumerate(zip(labels, sizes, strict=True)):
        y = TOP + row * ROW
        sheet.lines(LEFT - 10, y + ROW / 2, label, LEFT - 16, size=12, most=1, text_anchor="end")
        for at, size in enumerate(many):
            with sheet.hover(label + f"\n{years[at]}: {size:+.2f}"):
                sheet.rect(LEFT + at * wide, y, wide + 0.3, ROW - 2, fill=_colour(size))
    for at, year in enumerate(years):
        if year % 5 == 0:
            sheet.text(
                LEFT + (at + 0.5) * wide, bottom + 18, year, class_="soft", text_anchor="middle", font_size=11
            )
    if turn is not None:
        x = LEFT + (turn - years[0] + 0.5) * wide
        sheet.line(x, TOP - 6, x, bottom + 2, stroke="#1c2024", stroke_width="2")
    _key(sheet, bottom)
    return sheet.svg(alt)


def _colour(size: float) -> str:
    """White for none, the darker the larger, in a colour for either sign."""
    part = min(abs(size) / MOST, 1.0)
    mixed = (round(255 + (one - 255) * part) for one in (HIGH if size > 0 else LOW))
    return "#" + "".join(f"{one:02x}" for one in mixed)


def _key(sheet: Canvas, bottom: float) -> None:
    steps = 9
    high = (bottom - TOP - 8) / steps
    for at in range(steps):
        value = MOST - at * 2 * MOST / (steps - 1)
        sheet.rect(WIDTH - RIGHT + 16, TOP + at * high, 12, high, fill=_colour(value))
        if at % 4 == 0:
            text = f"{value:+g}".replace("-", "−") if value else "0"
            sheet.text(WIDTH - RIGHT + 34, TOP + at * high + high / 2 + 4, text, class_="soft", font_size=11)
