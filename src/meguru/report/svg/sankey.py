"""A Sankey of masses with loops drawn around."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from meguru.report.both import Both
from meguru.report.layers import Layers
from meguru.report.svg.canvas import Canvas, short
from meguru.report.svg.routing import rounded
from meguru.report.svg.sankey_layout import NODE_WIDTH, Loop, Node, Ribbon, lay_out

WIDTH, LEFT, RIGHT = 1180.0, 46.0, 140.0
TALLEST = 210.0
SIZE = 11.0


def draw_sankey(
    values: Mapping[tuple[str, str], Sequence[float]],
    layers: Layers,
    colours: Sequence[str],
    labels: Mapping[str, Both],
    amount: Callable[[float], Both],
    kinds: Sequence[Both],
    alt: Both,
) -> str:
    """The picture as SVG.

    Parameters
    ----------
    values
        (source, target) → amount of each material.
    layers
        Of the processes that carry something.
    colours, kinds
        Of the materials.
    labels
        Process → its name.
    amount
        Writes an amount with its unit.
    """
    inner = WIDTH - LEFT - RIGHT
    sankey = lay_out(values, layers, inner, TALLEST)
    sheet = Canvas(WIDTH, sankey.height + 14)
    step = inner / max(1, layers.count - 1) if layers.count > 1 else inner
    x = [LEFT + place for place in sankey.x]

    def title(ribbon: Ribbon) -> Both:
        way = labels[ribbon.arc[0]] + " → " + labels[ribbon.arc[1]]
        return way + "\n" + kinds[ribbon.kind] + ": " + amount(ribbon.value)

    for chain in _chains(sankey.ribbons):
        with sheet.hover(title(chain[0]), class_="ribbon"):
            sheet.path(_band(chain, x), fill=colours[chain[0].kind])
    for loop in reversed(sankey.loops):
        with sheet.hover(title(loop.ribbon), class_="ribbon loop"):
            width = short(max(1.0, loop.ribbon.width))
            sheet.path(_around(loop, x), fill="none", stroke=colours[loop.ribbon.kind], stroke_width=width)
    for node in sankey.nodes:
        if node.name:
            _draw_node(
                sheet, node, x[node.layer], labels[node.name], amount(max(node.incoming, node.outgoing)), step
            )
    return sheet.svg(alt)


def _chains(ribbons: Sequence[Ribbon]) -> list[list[Ribbon]]:
    """Pieces of the same material on the same arc, one after the other; loops are drawn apart."""
    found: dict[tuple[tuple[str, str], int], list[Ribbon]] = {}
    for ribbon in ribbons:
        if not ribbon.back:
            found.setdefault((ribbon.arc, ribbon.kind), []).append(ribbon)
    return list(found.values())


def _band(chain: Sequence[Ribbon], x: Sequence[float]) -> str:
    """One closed shape over all layers: along the upper edge, back along the lower."""
    width = max(0.8, chain[0].width)
    upper, lower = [], []
    for piece in chain:
        start = x[piece.source.layer] + (NODE_WIDTH if piece.source.name else NODE_WIDTH / 2)
        end = x[piece.target.layer] + (0.0 if piece.target.name else NODE_WIDTH / 2)
        middle, one, other = (start + end) / 2, piece.start, piece.end
        upper.append(f"C{middle:.1f},{one:.1f} {middle:.1f},{other:.1f} {end:.1f},{other:.1f}")
        lower.append(
            f"C{middle:.1f},{other + width:.1f} {middle:.1f},{one + width:.1f} {start:.1f},{one + width:.1f}"
        )
    start = x[chain[0].source.layer] + NODE_WIDTH
    return f"M{start:.1f},{chain[0].start:.1f}{''.join(upper)}v{width:.1f}{''.join(reversed(lower))}Z"


def _around(loop: Loop, x: Sequence[float]) -> str:
    ribbon = loop.ribbon
    half = ribbon.width / 2
    start = (x[ribbon.source.layer] + NODE_WIDTH, ribbon.start + half)
    end = (x[ribbon.target.layer], ribbon.end + half)
    right, left = loop.right + LEFT, loop.left + LEFT
    points = [start, (right, start[1]), (right, loop.low), (left, loop.low), (left, end[1]), end]
    return rounded(points, ribbon.width / 2 + 8)


def _draw_node(sheet: Canvas, node: Node, x: float, label: Both, amount: Both, step: float) -> None:
    room = min(step - 10, 180.0) if x < WIDTH - RIGHT - NODE_WIDTH - 1 else 100.0
    with sheet.hover(label + "\n" + amount, class_="node"):
        sheet.rect(x, node.y, NODE_WIDTH, node.height, fill="#222")
    sheet.lines(x, node.y - 20, label, room, size=SIZE, most=3, hang=True, class_="halo")
    sheet.text(x, node.y - 6, amount, class_="halo soft", font_size=SIZE - 0.5)
