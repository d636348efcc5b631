"""The road to a group: a line for each condition, with the year in which it is met and its deadline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from meguru.report.both import Both
from meguru.report.svg.canvas import Canvas

WIDTH, LEFT, RIGHT, TOP, ROW, BOTTOM = 1100.0, 380.0, 60.0, 16.0, 46.0, 34.0


@dataclass(frozen=True, slots=True)
class Milestone:
    """A condition on the road; ``deadline`` None: it has none."""

    label: Both
    bound: Both
    year: float
    deadline: float | None
    cause: bool


def draw_road(milestones: Sequence[Milestone], span: tuple[int, int], colour: str, alt: Both) -> str:
    """The picture as SVG."""
    bottom = TOP + ROW * len(milestones)
    sheet = Canvas(WIDTH, bottom + BOTTOM)
    first, last = span

    def x(year: float) -> float:
        return LEFT + (year - first) / max(last - first, 1) * (WIDTH - LEFT - RIGHT)

    for year in range(first, last + 1):
        if year % 5 == 0:
            sheet.line(x(year), TOP - 6, x(year), bottom + 4, class_="grid")
            sheet.text(x(year), bottom + 22, year, class_="soft", text_anchor="middle")
    for row, one in enumerate(milestones):
        y = TOP + (row + 0.5) * ROW
        sheet.lines(
            LEFT - 22, y - 8, one.label, LEFT - 30, size=13, most=1, text_anchor="end", class_="strong"
        )
        sheet.lines(
            LEFT - 22, y + 9, one.bound, LEFT - 30, size=11.5, most=1, text_anchor="end", class_="soft"
        )
        with sheet.hover(one.label + "\n" + one.bound):
            _draw(sheet, one, x, y, colour)
    return sheet.svg(alt)


def _draw(sheet: Canvas, one: Milestone, x: Callable[[float], float], y: float, colour: str) -> None:
    at = x(one.year)
    if not one.cause:
        sheet.circle(at, y, 7, fill="#fff", stroke=colour, stroke_width="2")
        sheet.text(at + 13, y + 4, f"{one.year:g}", class_="soft", font_size=12)
        return
    if one.deadline is None:
        sheet.circle(at, y, 8, fill=colour)
        sheet.text(at + 14, y + 4, f"{one.year:g}", font_size=12)
        return
    end = x(one.deadline)
    begin = min(at, end)
    sheet.rect(begin, y - 5, max(at, end) - begin, 10, fill=colour, fill_opacity="0.35")
    sheet.circle(at, y, 8, fill=colour)
    sheet.line(end, y - 17, end, y + 9, stroke="#1c2024", stroke_width="2")
    sheet.polygon([(end, y - 17), (end + 15, y - 12), (end, y - 7)], fill="#1c2024")
    sheet.text(end + 8, y + 10, f"{one.deadline:g}", class_="strong", font_size=13)
