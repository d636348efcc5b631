"""Outcomes side by side: an upright axis for each KPI, a line for each group and for some of its futures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from meguru.report.both import Both
from meguru.report.svg.canvas import Canvas, short

WIDTH, LEFT, RIGHT, TOP, HEIGHT, LABELS = 1100.0, 66.0, 50.0, 34.0, 300.0, 96.0
LINE = 13.0  # between two labels
REACH = 3.0  # standard deviations shown to either side


@dataclass(frozen=True, slots=True)
class Column:
    """A KPI and its field."""

    label: Both
    field: Both


def draw_parallel(
    columns: Sequence[Column],
    single: Sequence[Sequence[Sequence[float]]],
    mean: Sequence[Sequence[float]],
    colours: Sequence[str],
    names: Sequence[Both],
    alt: Both,
) -> str:
    """The picture as SVG.

    Parameters
    ----------
    columns
        KPIs from left to right.
    single, mean
        By group: some futures (future, KPI), and the mean (KPI,), in standard deviations.
    colours, names
        By group.
    """
    sheet = Canvas(WIDTH, TOP + HEIGHT + LABELS)
    step = (WIDTH - LEFT - RIGHT) / max(len(columns) - 1, 1)
    x = [LEFT + place * step for place in range(len(columns))]
    for tick in (-2, -1, 0, 1, 2):
        sheet.line(x[0], _y(tick), x[-1], _y(tick), class_="axis" if tick == 0 else "grid")
        sheet.text(
            x[0] - 34,
            _y(tick) + 4,
            f"{tick:+d}".replace("-", "−") if tick else "0",
            class_="soft",
            font_size=11,
        )
    for place, column in enumerate(columns):
        sheet.line(x[place], TOP, x[place], TOP + HEIGHT, class_="axis")
        first = place == 0 or columns[place - 1].field != column.field
        if first:
            sheet.text(x[place], TOP - 14, column.field, class_="strong", font_size=12, text_anchor="start")
        sheet.lines(
            x[place],
            TOP + HEIGHT + 44,
            column.label,
            step - 4,
            size=10.5,
            most=5,
            text_anchor="middle",
            class_="soft",
        )
    for many, colour in zip(single, colours, strict=True):
        d = "".join(_line(x, one) for one in many)
        sheet.path(d, fill="none", stroke=colour, stroke_width="0.8", stroke_opacity="0.28")
    for row, colour, name in zip(mean, colours, names, strict=True):
        with sheet.hover(name):
            sheet.path(_line(x, row), fill="none", stroke="#fff", stroke_width="5", stroke_linejoin="round")
            sheet.path(_line(x, row), fill="none", stroke=colour, stroke_width="3", stroke_linejoin="round")
    heights = _apart([_y(row[-1]) for row in mean])
    for y, name in zip(heights, names, strict=True):
        sheet.text(x[-1] + 10, y + 4, name.en[0], class_="strong", font_size=12)
    return sheet.svg(alt)


def _apart(heights: Sequence[float]) -> list[float]:
    """Heights moved so far that labels there can be read."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    found, free = list(heights), TOP
    for place in order:
        found[place] = max(heights[place], free)
        free = found[place] + LINE
    return found


def _y(value: float) -> float:
    inside = max(-REACH, min(REACH, value))
    return TOP + HEIGHT / 2 - inside / REACH * HEIGHT / 2


def _line(x: Sequence[float], row: Sequence[float]) -> str:
    points = [f"{short(one)},{short(_y(value))}" for one, value in zip(x, row, strict=True)]
    return f"M{'L'.join(points)}"
