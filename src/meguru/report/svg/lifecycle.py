"""The life cycle as a picture: processes in lanes by actor, forward and reverse, arrows as wide as mass."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from meguru.report.both import Both
from meguru.report.layers import Layers
from meguru.report.svg.canvas import Canvas, clip, short, width_of
from meguru.report.svg.grid import place
from meguru.report.svg.label_spots import LABEL_SIZE, Spots
from meguru.report.svg.routing import BOX_HEIGHT, BOX_WIDTH, Point, Router, Wire, rounded

FORWARD, REVERSE, RETURN, NOTHING = "forward", "reverse", "return", "nothing"
COLOURS = {FORWARD: "#0072B2", REVERSE: "#009E73", RETURN: "#D55E00", NOTHING: "#9A9A9A"}
WIDEST, THINNEST = 12.0, 1.4
HEAD = 34.0


@dataclass(frozen=True, slots=True)
class Box:
    """A process."""

    name: str
    label: Both
    kind: Both
    lane: str
    shape: str  # kind of process: use, store, sink … look different
    title: Both


@dataclass(frozen=True, slots=True)
class Arrow:
    """What goes from one process to another; ``value`` sets the width."""

    source: str
    target: str
    value: float
    label: Both
    title: Both
    kind: str


def draw_life_cycle(
    boxes: Sequence[Box],
    lanes: Sequence[tuple[str, Both]],
    arrows: Sequence[Arrow],
    layers: Layers,
    alt: Both,
) -> str:
    """The picture as SVG."""
    shown = [arrow for arrow in arrows if arrow.source != arrow.target]
    grid = place(
        {box.name: box.lane for box in boxes},
        [key for key, _ in lanes],
        layers,
        [(a.source, a.target) for a in shown],
    )
    largest = max((arrow.value for arrow in shown), default=0.0) or 1.0
    wires = [Wire(a.source, a.target, _width(a.value / largest), _label_width(a)) for a in shown]
    router = Router(grid, wires, HEAD + 12.0, 4.0)
    sheet = Canvas(router.width + 4.0, router.height + 14.0)
    _draw_lanes(sheet, router, grid.lane_of, dict(lanes))
    order = sorted(range(len(shown)), key=lambda index: (shown[index].value > 0, shown[index].kind == RETURN))
    for index in order:
        _draw_arrow(sheet, shown[index], wires[index])
    for box in boxes:
        cell = grid.cells[box.name]
        _draw_box(sheet, box, router.x[cell.column], router.y[cell.row])
    spots = Spots(router, sheet.width)
    for index in sorted(order, key=lambda one: -shown[one].value):
        if shown[index].value:
            place_of = spots.find(wires[index])
            if place_of is not None:
                sheet.text(
                    *place_of,
                    shown[index].label,
                    class_=f"amount {shown[index].kind}",
                    text_anchor="middle",
                    font_size=LABEL_SIZE,
                )
    return sheet.svg(alt)


def _width(share: float) -> float:
    return max(THINNEST, WIDEST * share)


def _label_width(arrow: Arrow) -> float:
    """Room for the amount in either language; none for an arrow that carries nothing."""
    return (
        max(width_of(text, LABEL_SIZE) for text in (arrow.label.en, arrow.label.ja)) if arrow.value else 0.0
    )


def _draw_lanes(sheet: Canvas, router: Router, lane_of: list[str], labels: dict[str, Both]) -> None:
    """A band for each actor, its name at the head."""
    bands: list[tuple[str, int, int]] = []
    for column, lane in enumerate(lane_of):
        if bands and bands[-1][0] == lane:
            bands[-1] = (lane, bands[-1][1], column)
        else:
            bands.append((lane, column, column))
    edges = [2.0]
    for (_, _, last), (_, first, _) in itertools.pairwise(bands):
        edges.append((router.x[last] + BOX_WIDTH + router.x[first]) / 2)
    edges.append(sheet.width - 2.0)
    for index, (lane, _, _) in enumerate(bands):
        left, right = edges[index], edges[index + 1]
        sheet.rect(left, 2, right - left, sheet.height - 4, class_="lane odd" if index % 2 else "lane")
        sheet.rect(left, 2, right - left, HEAD - 6, class_="lane-head")
        for language in ("en", "ja"):
            words = clip(getattr(labels[lane], language), right - left - 8, 13)
            kind = f"{language} strong" if not labels[lane].same else "strong"
            sheet.text((left + right) / 2, 21, words, class_=kind, text_anchor="middle", font_size=13)
            if labels[lane].same:
                break


def _draw_arrow(sheet: Canvas, arrow: Arrow, wire: Wire) -> None:
    colour = COLOURS[arrow.kind if arrow.value else NOTHING]
    points = list(wire.points)
    size = max(5.0, wire.width * 0.5 + 4.0)
    tip, before = points[-1], points[-2]
    across, down = _direction(before, tip)
    points[-1] = (tip[0] - across * size, tip[1] - down * size)
    side = size * 0.85 if wire.width < 6 else wire.width * 0.5 + 3.5
    head = [
        tip,
        (points[-1][0] + down * side, points[-1][1] + across * side),
        (points[-1][0] - down * side, points[-1][1] - across * side),
    ]
    with sheet.hover(arrow.title, class_="arrow"):
        dashes = None if arrow.value else "3 4"
        sheet.path(
            rounded(points),
            fill="none",
            stroke=colour,
            stroke_width=short(wire.width),
            stroke_dasharray=dashes,
        )
        sheet.polygon(head, fill=colour)


def _direction(start: Point, end: Point) -> Point:
    across, down = end[0] - start[0], end[1] - start[1]
    length = abs(across) + abs(down) or 1.0
    return across / length, down / length


def _draw_box(sheet: Canvas, box: Box, x: float, y: float) -> None:
    radius = {"use": 31, "store": 3, "sink": 3}.get(box.shape, 8)
    with sheet.hover(box.title, class_=f"box {box.shape}"):
        sheet.rect(x, y, BOX_WIDTH, BOX_HEIGHT, rx=radius, class_="body")
        if box.shape == "store":
            sheet.line(x, y + 5, x + BOX_WIDTH, y + 5, class_="edge")
        if box.shape == "sink":
            sheet.line(x, y + BOX_HEIGHT - 5, x + BOX_WIDTH, y + BOX_HEIGHT - 5, class_="edge")
        sheet.text(x + BOX_WIDTH / 2, y + 16, box.kind, class_="soft", text_anchor="middle", font_size=10)
        sheet.lines(
            x + BOX_WIDTH / 2, y + 38, box.label, BOX_WIDTH - 14, size=12, most=3, text_anchor="middle"
        )
