"""Coverage and density of the boxes on the way down (PRIM)."""

from __future__ import annotations

from collections.abc import Sequence

from meguru.foresight.telling.words import percent
from meguru.report.both import Both
from meguru.report.svg.canvas import Canvas, short

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 400.0, 260.0, 52.0, 20.0, 26.0, 44.0


def draw_peeling(
    peeled: Sequence[tuple[float, float]],
    chosen: tuple[float, float] | None,
    colour: str,
    words: tuple[Both, Both],
    alt: Both,
) -> str:
    """The picture as SVG; pairs are coverage, to the right, and density, upward; ``words`` name them."""
    sheet = Canvas(WIDTH, HEIGHT)

    def at(pair: tuple[float, float]) -> tuple[float, float]:
        x = LEFT + pair[0] * (WIDTH - LEFT - RIGHT)
        return x, HEIGHT - BOTTOM - pair[1] * (HEIGHT - TOP - BOTTOM)

    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        (x, y), bottom = at((tick, tick)), HEIGHT - BOTTOM
        sheet.line(LEFT, y, WIDTH - RIGHT, y, class_="axis" if tick == 0 else "grid")
        sheet.line(x, TOP, x, bottom, class_="axis" if tick == 0 else "grid")
        sheet.text(LEFT - 6, y + 4, percent(tick), class_="soft", text_anchor="end", font_size=11)
        sheet.text(x, bottom + 17, percent(tick), class_="soft", text_anchor="middle", font_size=11)
    sheet.text(
        (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, words[0], class_="soft", text_anchor="middle", font_size=11
    )
    sheet.text(2, 14, words[1], class_="soft", font_size=11)
    spots = [at(pair) for pair in peeled]
    d = "L".join(f"{short(x)},{short(y)}" for x, y in spots)
    sheet.path(f"M{d}", fill="none", stroke=colour, stroke_width="1.6")
    for (x, y), pair in zip(spots, peeled, strict=True):
        with sheet.hover(words[0] + f" {percent(pair[0])}\n" + words[1] + f" {percent(pair[1])}"):
            sheet.circle(x, y, 2.6, fill=colour)
    if chosen is not None:
        x, y = at(chosen)
        told = words[0] + f" {percent(chosen[0])}, " + words[1] + f" {percent(chosen[1])}"
        with sheet.hover(told):
            sheet.circle(x, y, 7, fill="none", stroke="#1c2024", stroke_width="2.4")
    return sheet.svg(alt)
