"""An indicator among the 45 with what moves it on the left and what it moves on the right."""

from __future__ import annotations

from collections.abc import Sequence

from meguru.indicators.network import Arrow, Network, Node
from meguru.report.both import Both
from meguru.report.svg.canvas import Canvas, short

WIDTH, BOX, HEIGHT, STEP = 900.0, 270.0, 30.0, 37.0
TOP, EDGE, KEY = 46.0, 10.0, 58.0
COLOURS = {"vision": "#f3e3ef", "nation": "#e3eefa", "business": "#fdf0d9", "product": "#e2f1e4"}
STEP_COLOUR = "#ffffff"
LINES = {"+": "#00568a", "-": "#b3261e", "unknown": "#9aa4ae"}
SIGNS = {"+": "+", "-": "−", "unknown": ""}
HEADS = (
    Both("moves it (IN)", "これを変化させる (IN)"),
    Both("is moved by it (OUT)", "これにより変化する (OUT)"),
)
UNKNOWN = Both("sign unknown (table)", "正負は不明(関係表)")
STATED = (Both("moves with it (case)", "同じ向き(ケース)"), Both("moves against it (case)", "逆向き(ケース)"))
LOST = Both("direction lost", "向きは読み取れない")


def draw_around(network: Network, indicator: int | str) -> str:
    """The picture of one indicator, as SVG with both languages.

    Lines have the sign of a case, or none: the table gives no signs. What is drawn beside an indicator in the
    source without a direction that can be read stands above and below it.

    Raises
    ------
    UnknownNameError
        No such indicator.
    """
    centre = network.find(indicator)
    into, out = network.entering(centre.id), network.leaving(centre.id)
    rows = max(len(into), len(out), 3)
    sheet = Canvas(WIDTH, TOP + rows * STEP + KEY)
    middle = TOP + rows * STEP / 2
    x = (EDGE, WIDTH / 2 - BOX / 2 + 30, WIDTH - EDGE - BOX)
    # The centre is narrower, so that lines have room.
    centre_width = BOX - 60
    for head, place in zip(HEADS, (x[0], x[2]), strict=True):
        sheet.text(place + BOX / 2, 24, head, class_="strong", text_anchor="middle", font_size=13)
    for arrows, left in ((into, True), (out, False)):
        placed = zip(arrows, _heights(len(arrows), middle), strict=True)
        for arrow, y in sorted(placed, key=lambda one: one[0].sign != "unknown"):  # signs lie on top
            ends = (x[0] + BOX, y, x[1], middle) if left else (x[1] + centre_width, middle, x[2], y)
            _draw_line(sheet, arrow, *ends)
            other = network.nodes[arrow.source if left else arrow.target]
            _draw_box(sheet, other, x[0] if left else x[2], y, BOX)
    beside = network.undirected.get(centre.id, ())
    for name, y in zip(beside, (middle - 3.2 * STEP, middle + 3.2 * STEP), strict=False):
        x_line = x[1] + centre_width / 2
        sheet.line(x_line, y, x_line, middle, stroke=LINES["unknown"], stroke_dasharray="3 3")
        _draw_box(sheet, network.nodes[name], x[1], y, centre_width)
    _draw_box(sheet, centre, x[1], middle, centre_width, strong=True)
    _draw_key(sheet, network, bool(beside))
    called = centre.name
    return sheet.svg(Both(f"Network around #{centre.id} {called.en}", f"#{centre.id} {called.ja}の関係図"))


def _heights(count: int, middle: float) -> Sequence[float]:
    return [middle + (index - (count - 1) / 2) * STEP for index in range(count)]


def _draw_box(sheet: Canvas, node: Node, x: float, y: float, width: float, *, strong: bool = False) -> None:
    """A box in the colour of its layer; a step of a case has a broken border."""
    height = HEIGHT * 1.6 if strong or width < BOX else HEIGHT
    sheet.rect(
        x,
        y - height / 2,
        width,
        height,
        rx="4",
        fill=COLOURS.get(node.layer, STEP_COLOUR),
        stroke="#47525d",
        stroke_width="2" if strong else "1",
        stroke_dasharray="4 3" if node.number is None else None,
    )
    sign = "" if node.number is None else f"#{node.number} "
    text = Both(sign + node.name.en, sign + node.name.ja)
    sheet.lines(
        x + width / 2,
        y,
        text,
        width - (50 if strong else 20),  # bold words are wider
        size=11,
        most=2,
        text_anchor="middle",
        class_="strong" if strong else None,
    )


def _draw_line(sheet: Canvas, arrow: Arrow, x1: float, y1: float, x2: float, y2: float) -> None:
    """A curve with a head at its end, and the sign where there is one."""
    half = (x1 + x2) / 2
    colour = LINES[arrow.sign]
    points = ((x1, y1), (half, y1), (half, y2), (x2 - 6, y2))
    start, *bend = (f"{short(x)},{short(y)}" for x, y in points)
    way = f"M{start} C{' '.join(bend)}"
    sheet.path(way, fill="none", stroke=colour, stroke_width="1.2" if arrow.sign == "unknown" else "2.4")
    sheet.polygon([(x2, y2), (x2 - 7, y2 - 3.5), (x2 - 7, y2 + 3.5)], fill=colour)
    if SIGNS[arrow.sign]:
        near = (x1 + 12, y1 - 5) if y1 != y2 else (half, y1 - 5)
        sheet.text(*near, SIGNS[arrow.sign], class_="strong", font_size=14)


def _draw_key(sheet: Canvas, network: Network, with_lost: bool) -> None:
    """What colours and lines mean."""
    y = sheet.height - 34
    for index, (layer, colour) in enumerate(COLOURS.items()):
        x = EDGE + index * 215
        sheet.rect(x, y - 10, 14, 12, fill=colour, stroke="#47525d")
        sheet.text(x + 20, y, Both(*network.words["layers"][layer]), class_="soft", font_size=11)
    y = sheet.height - 12
    lines = [(UNKNOWN, "unknown"), (STATED[0], "+"), (STATED[1], "-")]
    if with_lost:
        lines.append((LOST, "unknown"))
    for index, (words, sign) in enumerate(lines):
        dash = "3 3" if words is LOST else None
        x = EDGE + index * 215
        sheet.line(x, y - 4, x + 14, y - 4, stroke=LINES[sign], stroke_width="2", stroke_dasharray=dash)
        sheet.text(x + 20, y, words, class_="soft", font_size=11)
