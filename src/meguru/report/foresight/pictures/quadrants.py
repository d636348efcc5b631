"""Two driving forces as axes, four futures as fields, the groups in each as a bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from meguru.foresight.telling.words import percent
from meguru.report.both import Both
from meguru.report.svg.canvas import Canvas, width_of

WIDTH, LEFT, TOP, WIDE, HIGH, GAP, FOOT = 1100.0, 96.0, 10.0, 490.0, 130.0, 12.0, 56.0


@dataclass(frozen=True, slots=True)
class Force:
    """An axis and the words at its ends."""

    label: Both
    cut: Both
    high: Both
    low: Both


@dataclass(frozen=True, slots=True)
class Cell:
    """One of the four; ``groups`` are shares of its futures."""

    first_high: bool
    second_high: bool
    share: float
    groups: Sequence[float]
    name: Both


def draw_quadrants(
    forces: tuple[Force, Force],
    cells: Sequence[Cell],
    codes: Sequence[str],
    colours: Sequence[str],
    alt: Both,
) -> str:
    """The picture as SVG: the first force to the right, the second upward."""
    sheet = Canvas(WIDTH, TOP + 2 * HIGH + GAP + FOOT)
    for one in cells:
        x = LEFT + (WIDE + GAP if one.first_high else 0.0)
        y = TOP + (0.0 if one.second_high else HIGH + GAP)
        sheet.rect(x, y, WIDE, HIGH, fill="#f5f7f9", rx="6")
        sheet.text(x + 16, y + 36, percent(one.share), class_="strong", font_size=22)
        sheet.lines(x + 92, y + 30, one.name, WIDE - 108, size=13, most=2)
        _bar(sheet, one, codes, colours, x + 16, y + HIGH - 52, WIDE - 32)
    middle, bottom = LEFT + WIDE + GAP / 2, TOP + 2 * HIGH + GAP
    for x, word in ((LEFT + WIDE / 2, forces[0].low), (LEFT + 1.5 * WIDE + GAP, forces[0].high)):
        sheet.text(x, bottom + 18, word, class_="soft", text_anchor="middle", font_size=13)
    told = forces[0].label + "  " + forces[0].cut
    sheet.text(middle, bottom + 42, told, class_="strong", text_anchor="middle", font_size=12.5)
    for y, word in ((TOP + HIGH / 2, forces[1].high), (TOP + 1.5 * HIGH + GAP, forces[1].low)):
        sheet.text(LEFT - 10, y + 5, word, class_="soft", text_anchor="end", font_size=13)
    y = TOP + HIGH + GAP / 2
    for x, text, kind in ((20, forces[1].label, "strong"), (38, forces[1].cut, "soft")):
        turn = f"rotate(-90 {x} {y:.1f})"
        sheet.text(x, y, text, text_anchor="middle", font_size=12.5, class_=kind, transform=turn)
    return sheet.svg(alt)


def _bar(
    sheet: Canvas, one: Cell, codes: Sequence[str], colours: Sequence[str], x: float, y: float, wide: float
) -> None:
    for code, colour, share in zip(codes, colours, one.groups, strict=False):
        if share == 0:
            continue
        with sheet.hover(Both.of(f"{code}  {percent(share)}")):
            sheet.rect(x, y, share * wide, 30, fill=colour, class_="piece")
        text = f"{code} {percent(share)}"
        if share * wide > width_of(text, 11) + 6:
            sheet.text(
                x + share * wide / 2,
                y + 20,
                text,
                class_="on-colour strong",
                text_anchor="middle",
                font_size=11,
            )
        x += share * wide
