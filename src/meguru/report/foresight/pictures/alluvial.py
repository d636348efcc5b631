"""Final groups as streams that overtake each other from year to year."""

from __future__ import annotations

from collections.abc import Sequence

from meguru.foresight.analysis import Standing
from meguru.report.both import Both
from meguru.report.foresight.pictures.curves import ribbon
from meguru.report.svg.canvas import Canvas

WIDTH, LEFT, RIGHT, TOP, HEIGHT, GAP, REST = 1100.0, 34.0, 34.0, 16.0, 260.0, 16.0, 30.0


def draw_alluvial(
    found: Standing, shares: Sequence[float], colours: Sequence[str], names: Sequence[Both], alt: Both
) -> str:
    """The picture as SVG; a stream is as wide as the share of its group, the best score above.

    Parameters
    ----------
    found
        Mean scores by year and group.
    shares, colours, names
        Of the groups.
    alt
        What the picture is called.
    """
    bottom = TOP + HEIGHT + GAP * (len(found.codes) - 1)
    sheet = Canvas(WIDTH, bottom + 30)
    step = (WIDTH - LEFT - RIGHT - REST) / max(len(found.years) - 1, 1)
    tops = [_tops(found.order(at), shares) for at in range(len(found.years))]
    for at, year in enumerate(found.years):
        x = LEFT + at * step + REST / 2
        sheet.line(x, TOP - 8, x, bottom + 6, class_="grid")
        sheet.text(x, bottom + 24, f"{year:g}", class_="soft", text_anchor="middle")
    for group, code in enumerate(found.codes):
        high = shares[group] * HEIGHT
        for at, year in enumerate(found.years):
            x, y = LEFT + at * step, tops[at][group]
            last = at + 1 == len(found.years)
            after = (x + REST, y) if last else (x + step, tops[at + 1][group])
            path = ribbon((x + REST, y), after, high)
            with sheet.hover(names[group] + f"\n{year:g}: {found.scores[at, group]:+.2f}"):
                sheet.rect(x, y, REST, high, fill=colours[group], fill_opacity="0.85")
                if not last:
                    sheet.path(path, fill=colours[group], fill_opacity="0.55")
        for x, side, anchor in ((LEFT - 8, 0, "end"), (WIDTH - RIGHT + 8, -1, "start")):
            y = tops[side][group] + high / 2 + 5
            sheet.text(x, y, code, class_="strong", text_anchor=anchor, font_size=14, fill=colours[group])
    return sheet.svg(alt)


def _tops(order: Sequence[int], shares: Sequence[float]) -> dict[int, float]:
    """Upper edge of the stream of each group in a year."""
    found, y = {}, TOP
    for group in order:
        found[group] = y
        y += shares[group] * HEIGHT + GAP
    return found
