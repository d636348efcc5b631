"""Money between actors: actors in a row, payments to the right as arches above, to the left below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from meguru.report.both import Both
from meguru.report.numbers import Scale
from meguru.report.svg.canvas import Canvas, short, width_of

WIDTH, BOX_HEIGHT = 1000.0, 66.0
SIZE = 11.0
RIGHT, LEFT = "#0072B2", "#D55E00"


def draw_payments(
    actors: Sequence[tuple[str, Both]],
    paid: Mapping[tuple[str, str], float],
    net: Mapping[str, float],
    scale: Scale,
    net_word: Both,
    alt: Both,
) -> str:
    """The picture as SVG.

    Parameters
    ----------
    actors
        From left to right.
    paid
        (payer, payee) → amount, above zero.
    net
        Actor → income less cost.
    """
    place = {name: index for index, (name, _) in enumerate(actors)}
    step = WIDTH / len(actors)
    ports = _ports(paid, place, step)
    level = _levels(ports)
    above = max((level[pair] for pair in paid if place[pair[1]] > place[pair[0]]), default=0)
    below = max((level[pair] for pair in paid if place[pair[1]] < place[pair[0]]), default=0)
    middle = 24.0 + _rise(above) + BOX_HEIGHT / 2
    sheet = Canvas(WIDTH, middle + BOX_HEIGHT / 2 + _rise(below) + 24.0)
    largest = max(paid.values(), default=0.0) or 1.0
    for pair, amount in sorted(paid.items(), key=lambda entry: -level[entry[0]]):
        title = dict(actors)[pair[0]] + " → " + dict(actors)[pair[1]] + ": " + scale.full(amount)
        _draw_arch(
            sheet,
            *ports[pair],
            middle,
            _rise(level[pair]),
            max(1.2, 12.0 * amount / largest),
            title,
            scale.text(amount),
        )
    for name, label in actors:
        _draw_actor(
            sheet,
            (place[name] + 0.5) * step,
            middle,
            min(step - 14, 132.0),
            label,
            net_word + " " + scale.full(net.get(name, 0.0), signed=True),
        )
    return sheet.svg(alt)


def _levels(ports: Mapping[tuple[str, str], tuple[float, float]]) -> dict[tuple[str, str], int]:
    """How high each arch rises: above all shorter ones that it spans or touches."""
    found: dict[tuple[str, str], int] = {}
    for pair, (start, end) in sorted(ports.items(), key=lambda entry: abs(entry[1][0] - entry[1][1])):
        low, high = sorted((start, end))
        same_side = [other for other in found if (ports[other][1] > ports[other][0]) == (end > start)]
        under = [
            found[other]
            for other in same_side
            if min(ports[other]) < high + 8 and low < max(ports[other]) + 8
        ]
        found[pair] = 1 + max(under, default=0)
    return found


def _rise(level: int) -> float:
    return 26.0 + 26.0 * level if level else 0.0


def _ports(
    paid: Mapping[tuple[str, str], float], place: Mapping[str, int], step: float
) -> dict[tuple[str, str], tuple[float, float]]:
    """Places on the boxes: arches that reach farther begin farther from the middle of the other side."""
    found: dict[tuple[str, str], tuple[float, float]] = {}
    width = min(step - 30, 116.0)
    ends: dict[tuple[str, bool], list[tuple[int, tuple[str, str]]]] = {}
    for payer, payee in paid:
        upward = place[payee] > place[payer]
        ends.setdefault((payer, upward), []).append((place[payee] - place[payer], (payer, payee)))
        ends.setdefault((payee, upward), []).append((place[payer] - place[payee], (payer, payee)))
    spots: dict[tuple[str, tuple[str, str]], float] = {}
    for (name, _), arches in ends.items():
        # a nearer neighbour's arch stands farther out on its side, so that arches nest instead of crossing
        ordered = sorted(arches, key=lambda arch: (arch[0] > 0, -arch[0]))
        for index, (_, pair) in enumerate(ordered):
            spots[(name, pair)] = (place[name] + 0.5) * step + width * ((index + 0.5) / len(ordered) - 0.5)
    for payer, payee in paid:
        found[(payer, payee)] = (spots[(payer, (payer, payee))], spots[(payee, (payer, payee))])
    return found


def _draw_arch(
    sheet: Canvas, start: float, end: float, middle: float, rise: float, width: float, title: Both, text: str
) -> None:
    up = -1.0 if end > start else 1.0
    edge = middle + up * BOX_HEIGHT / 2
    size = max(5.0, width * 0.5 + 4.0)
    top = edge + up * (rise - 10.0)
    bend = min(24.0, abs(end - start) / 2, rise - 12.0)
    toward = 1.0 if end > start else -1.0
    colour = RIGHT if up < 0 else LEFT
    tip = edge + up * size
    with sheet.hover(title, class_="arrow"):
        d = (
            f"M{start:.1f},{edge:.1f}V{top - up * bend:.1f}"
            f"Q{start:.1f},{top:.1f} {start + toward * bend:.1f},{top:.1f}"
            f"H{end - toward * bend:.1f}Q{end:.1f},{top:.1f} {end:.1f},{top - up * bend:.1f}V{tip:.1f}"
        )
        sheet.path(d, fill="none", stroke=colour, stroke_width=short(width), stroke_opacity="0.8")
        sheet.polygon([(end, edge), (end - size, tip), (end + size, tip)], fill=colour)
    y = top - width / 2 - 4 if up < 0 else top + width / 2 + SIZE
    if width_of(text, SIZE) < abs(end - start) - 4:
        sheet.text((start + end) / 2, y, text, class_="halo", text_anchor="middle", font_size=SIZE)


def _draw_actor(sheet: Canvas, x: float, middle: float, width: float, label: Both, net: Both) -> None:
    with sheet.hover(label + "\n" + net, class_="box"):
        sheet.rect(x - width / 2, middle - BOX_HEIGHT / 2, width, BOX_HEIGHT, rx=8, class_="body")
        sheet.lines(x, middle - 13, label, width - 10, size=12, most=2, text_anchor="middle", class_="strong")
        sheet.lines(x, middle + 16, net, width - 8, size=10, most=2, text_anchor="middle", class_="soft")
