"""Futures by their final group, flowing between marks from year to year."""

from __future__ import annotations

from collections.abc import Sequence

from meguru.foresight.analysis import Standing
from meguru.foresight.telling.words import percent
from meguru.report.both import Both
from meguru.report.foresight.pictures.curves import ribbon
from meguru.report.svg.canvas import Canvas

WIDTH, LEFT, RIGHT, TOP, HEIGHT, GAP, BAR = 1100.0, 44.0, 30.0, 30.0, 320.0, 22.0, 14.0


def draw_alluvial(found: Standing, colours: Sequence[str], names: Sequence[Both], alt: Both) -> str:
    """The picture as SVG; a ribbon has the colour of the group in which its futures end."""
    sheet = Canvas(WIDTH, TOP + HEIGHT + 2 * GAP + 34)
    total = float(found.counts[0].sum())
    step = (WIDTH - LEFT - RIGHT - BAR) / max(len(found.years) - 1, 1)
    # Tops of the marks in each column; marks stand in the same order everywhere, the best above.
    tops = []
    for counts in found.counts:
        y, column = TOP, []
        for size in counts.sum(axis=0):
            column.append(y)
            y += float(size) / total * HEIGHT + GAP
        tops.append(column)
    for at in range(len(found.years) - 1):
        x = LEFT + at * step + BAR
        _flows(sheet, found, at, (x, x + step - BAR), (tops[at], tops[at + 1]), colours, names)
    for at, (year, counts) in enumerate(zip(found.years, found.counts, strict=True)):
        x = LEFT + at * step
        for kind, mark in enumerate(found.marks):
            size = float(counts[:, kind].sum())
            if size == 0:
                continue
            with sheet.hover(Both.of(f"{year:g}  {mark}  {percent(size / total)}")):
                sheet.rect(x, tops[at][kind], BAR, size / total * HEIGHT, fill="#2b333b")
            if at == 0:
                sheet.text(
                    x - 8,
                    tops[at][kind] + size / total * HEIGHT / 2 + 7,
                    mark,
                    text_anchor="end",
                    font_size=18,
                )
            else:
                y = tops[at][kind] - 6
                sheet.text(x + BAR / 2, y, mark, text_anchor="middle", font_size=13, class_="halo")
        sheet.text(x + BAR / 2, TOP + HEIGHT + 2 * GAP + 22, f"{year:g}", class_="soft", text_anchor="middle")
    return sheet.svg(alt)


def _flows(
    sheet: Canvas,
    found: Standing,
    at: int,
    ends: tuple[float, float],
    tops: tuple[Sequence[float], Sequence[float]],
    colours: Sequence[str],
    names: Sequence[Both],
) -> None:
    """Ribbons from one year to the next; at both ends they lie in the order of the marks, then the groups."""
    flows, total, kinds = found.flows[at], float(found.counts[0].sum()), range(len(found.marks))
    begins: dict[tuple[int, int, int], float] = {}
    stops: dict[tuple[int, int, int], float] = {}
    for one in kinds:
        out, into = tops[0][one], tops[1][one]
        for other in kinds:
            for group in range(len(found.codes)):
                begins[group, one, other] = out
                out += float(flows[group, one, other]) / total * HEIGHT
                stops[group, other, one] = into
                into += float(flows[group, other, one]) / total * HEIGHT
    for (group, one, other), y in begins.items():
        size = float(flows[group, one, other])
        if size == 0:
            continue
        high, end = size / total * HEIGHT, stops[group, one, other]
        marks = f"{found.marks[one]} → {found.marks[other]}  {int(size):,}"
        years = f"{found.years[at]:g} → {found.years[at + 1]:g}"
        path = ribbon((ends[0], y), (ends[1], end), high)
        with sheet.hover(names[group] + f"\n{years}\n{marks}"):
            sheet.path(path, fill=colours[group], fill_opacity="0.62")
