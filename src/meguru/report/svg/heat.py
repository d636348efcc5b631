"""Stock by age over the years: the darker, the more."""

from __future__ import annotations

from collections.abc import Sequence

from meguru.report.both import Both
from meguru.report.numbers import Scale, number
from meguru.report.svg.axes import TICK_SIZE
from meguru.report.svg.canvas import Canvas, short

SHADES = ("#eef4fa", "#d3e4f3", "#aed0e8", "#7fb8da", "#4f9bcb", "#2a7ab9", "#125ea2", "#08427d", "#052a52")
SEAM = 0.5  # cells overlap a little, so that no light shines between them
WIDTH, HEIGHT, LEFT, TOP, BOTTOM, KEY = 400.0, 262.0, 44.0, 26.0, 42.0, 58.0


def shade_of(value: float, largest: float) -> int:
    """Which of the shades; −1 for nothing."""
    if value <= 0.0 or largest <= 0.0:
        return -1
    return min(len(SHADES) - 1, int(value / largest * len(SHADES)))


def draw_heat(
    cells: Sequence[Sequence[float]],
    years: Sequence[int],
    ages: Sequence[str],
    scale: Scale,
    words: tuple[Both, Both],
    alt: Both,
) -> str:
    """The picture as SVG; ``cells`` are (year, age class), ``words`` those for year and age."""
    sheet = Canvas(WIDTH, HEIGHT)
    right, bottom = WIDTH - KEY, HEIGHT - BOTTOM
    wide, high = (right - LEFT) / len(years), (bottom - TOP) / len(ages)
    largest = max((value for row in cells for value in row), default=0.0)
    paths: dict[int, list[str]] = {}
    for index, row in enumerate(cells):
        for age, value in enumerate(row):
            shade = shade_of(value, largest)
            if shade >= 0:
                x, y = LEFT + index * wide, bottom - (age + 1) * high
                paths.setdefault(shade, []).append(
                    f"M{short(x)},{short(y)}h{wide + SEAM:.2f}v{high + SEAM:.2f}h-{wide + SEAM:.2f}z"
                )
    for shade, parts in sorted(paths.items()):
        sheet.path("".join(parts), fill=SHADES[shade])
    sheet.rect(LEFT, TOP, right - LEFT, bottom - TOP, fill="none", class_="axis")
    sheet.text(2, 14, words[1], class_="soft", font_size=TICK_SIZE)
    every = max(1, -(-len(ages) // 8))
    for age in range(0, len(ages), every):
        sheet.text(
            LEFT - 5,
            bottom - (age + 0.5) * high + 4,
            ages[age],
            class_="soft",
            text_anchor="end",
            font_size=TICK_SIZE,
        )
    every = max(1, -(-len(years) // 6))
    for index in range(0, len(years), every):
        sheet.text(
            LEFT + (index + 0.5) * wide,
            bottom + 16,
            years[index],
            class_="soft",
            text_anchor="middle",
            font_size=TICK_SIZE,
        )
    sheet.text(
        (LEFT + right) / 2, bottom + 33, words[0], class_="soft", text_anchor="middle", font_size=TICK_SIZE
    )
    _draw_key(sheet, scale, largest, right + 10, bottom)
    return sheet.svg(alt)


def _draw_key(sheet: Canvas, scale: Scale, largest: float, x: float, bottom: float) -> None:
    high = (bottom - TOP) / len(SHADES)
    for index, shade in enumerate(SHADES):
        sheet.rect(x, bottom - (index + 1) * high, 10, high, fill=shade)
    for part in (0.0, 0.5, 1.0):
        sheet.text(
            x + 14,
            bottom - part * (bottom - TOP) + 4,
            number(float(f"{largest * part / scale.size:.3g}")),
            class_="soft",
            font_size=10,
        )
    sheet.text(WIDTH - 2, 14, scale.unit, class_="soft", text_anchor="end", font_size=TICK_SIZE)
