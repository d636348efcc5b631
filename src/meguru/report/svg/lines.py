"""Lines over the years, with bands between quantiles; an undefined value is a gap that says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from meguru.report.both import Both
from meguru.report.numbers import Scale
from meguru.report.svg.axes import Frame, Years
from meguru.report.svg.canvas import Canvas, short, width_of

Value = float | None
MARKERS = ("circle", "square", "triangle", "diamond")


@dataclass(frozen=True, slots=True)
class Line:
    """One line; ``bands``: (low, high) by year, outer first; ``target``: published value of the last year."""

    label: Both
    colour: str
    values: Sequence[Value]
    dash: str = ""
    marker: str = "circle"
    bands: Sequence[tuple[Sequence[Value], Sequence[Value]]] = ()
    target: Value = None


@dataclass(frozen=True, slots=True)
class Words:
    """What a chart of lines says of itself; ``cut``: that its axis does not begin at zero."""

    year: Both
    undefined: Both
    published: Both
    cut: Both


def draw_lines(
    lines: Sequence[Line],
    years: Sequence[int],
    scale: Scale,
    words: Words,
    alt: Both,
    *,
    from_zero: bool = False,
) -> str:
    """The chart as SVG."""
    everything = [
        v
        for line in lines
        for row in (line.values, *(side for band in line.bands for side in band), [line.target])
        for v in row
        if v is not None
    ]
    frame = Frame(everything, scale, from_zero=from_zero, cut=words.cut)
    axis = Years(frame, years, words.year)
    for line in lines:
        _draw_bands(frame, axis, line)
    for line in lines:
        _draw_line(frame, axis, line)
    gaps = [line for line in lines if any(v is None for v in line.values)]
    for row, line in enumerate(gaps):
        _draw_gaps(frame, axis, line, frame.bottom - 5.0 * (row + 1), words.undefined)
    if gaps:
        _word_for_gaps(frame, gaps, words.undefined)
    for line in lines:
        if line.target is not None:
            _draw_target(frame, axis, line, words.published)
    return frame.sheet.svg(alt)


def runs_of(values: Sequence[Value]) -> Iterator[list[tuple[int, float]]]:
    """Pieces without a gap: (index, value)."""
    piece: list[tuple[int, float]] = []
    for index, value in enumerate([*values, None]):
        if value is not None:
            piece.append((index, value))
        elif piece:
            yield piece
            piece = []


def _draw_bands(frame: Frame, axis: Years, line: Line) -> None:
    for low, high in line.bands:
        both = [None if a is None or b is None else (a, b) for a, b in zip(low, high, strict=True)]
        for piece in runs_of([None if pair is None else float(index) for index, pair in enumerate(both)]):
            pairs = [(index, both[index]) for index, _ in piece]
            there = [f"{axis.x(i):.1f},{frame.y(pair[1]):.1f}" for i, pair in pairs if pair]
            back = [f"{axis.x(i):.1f},{frame.y(pair[0]):.1f}" for i, pair in reversed(pairs) if pair]
            frame.sheet.path("M" + "L".join(there + back) + "Z", fill=line.colour, fill_opacity="0.16")


def _draw_line(frame: Frame, axis: Years, line: Line) -> None:
    every = max(1, len(line.values) // 12)
    for piece in runs_of(line.values):
        points = [(axis.x(index), frame.y(value)) for index, value in piece]
        d = "M" + "L".join(f"{short(x)},{short(y)}" for x, y in points)
        frame.sheet.path(
            d,
            fill="none",
            stroke=line.colour,
            stroke_width="2.2",
            stroke_dasharray=line.dash or None,
            stroke_linejoin="round",
        )
        for place, ((index, value), (x, y)) in enumerate(zip(piece, points, strict=True)):
            title = line.label + f"\n{axis.years[index]}: " + frame.scale.full(value)
            with frame.sheet.hover(title, class_="point"):
                if place % every == 0 or place == len(piece) - 1:
                    mark(frame.sheet, line.marker, x, y, 3.2, fill=line.colour)
                frame.sheet.circle(x, y, 7, fill="transparent")


def mark(sheet: Canvas, kind: str, x: float, y: float, radius: float, **more: object) -> None:
    """A small sign; lines are told apart by it without colour too."""
    if kind == "square":
        sheet.rect(x - radius, y - radius, 2 * radius, 2 * radius, **more)
    elif kind == "triangle":
        sheet.polygon(
            [(x, y - radius * 1.25), (x - radius * 1.2, y + radius), (x + radius * 1.2, y + radius)], **more
        )
    elif kind == "diamond":
        far = radius * 1.35
        sheet.polygon([(x, y - far), (x - far, y), (x, y + far), (x + far, y)], **more)
    else:
        sheet.circle(x, y, radius, **more)


def _draw_gaps(frame: Frame, axis: Years, line: Line, y: float, undefined: Both) -> None:
    for piece in runs_of([0.0 if value is None else None for value in line.values]):
        first, last = piece[0][0], piece[-1][0]
        start, end = axis.x(first) - axis.step * 0.4, axis.x(last) + axis.step * 0.4
        start, end = max(start, frame.left), min(end, frame.right)
        span = str(axis.years[first]) if first == last else f"{axis.years[first]}–{axis.years[last]}"
        with frame.sheet.hover(line.label + f"\n{span}: " + undefined):
            frame.sheet.line(
                start, y + 2.5, end, y + 2.5, stroke=line.colour, stroke_width="4", stroke_dasharray="2 2"
            )


def _word_for_gaps(frame: Frame, gaps: Sequence[Line], undefined: Both) -> None:
    wide = max(width_of(undefined.en, 11), width_of(undefined.ja, 11))
    frame.sheet.line(
        frame.right - wide - 22,
        10,
        frame.right - wide - 6,
        10,
        stroke=gaps[0].colour,
        stroke_width="4",
        stroke_dasharray="2 2",
    )
    frame.sheet.text(frame.right, 14, undefined, class_="soft", text_anchor="end", font_size=11)


def _draw_target(frame: Frame, axis: Years, line: Line, published: Both) -> None:
    assert line.target is not None
    x, y = axis.x(len(line.values) - 1), frame.y(line.target)
    with frame.sheet.hover(line.label + "\n" + published + ": " + frame.scale.full(line.target)):
        mark(frame.sheet, "diamond", x, y, 5.5, fill="none", stroke=line.colour, stroke_width="1.6")
