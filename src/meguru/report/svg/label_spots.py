"""Places for the amounts on arrows: beside their own arrow, upon no box, no other amount or arrow."""

from __future__ import annotations

from meguru.report.svg.routing import BOX_HEIGHT, BOX_WIDTH, Point, Router, Wire

LABEL_SIZE = 11.0
HEIGHT = LABEL_SIZE + 1.0
ALONG = (0.5, 0.3, 0.7, 0.15, 0.85)  # where on a piece of an arrow, in order of preference
Spot = tuple[float, float, float, float]  # left, top, right, bottom


class Spots:
    """Gives out places; one given is taken."""

    def __init__(self, router: Router, width: float) -> None:
        self.width = width
        self.taken: list[Spot] = [
            (
                router.x[c.column],
                router.y[c.row],
                router.x[c.column] + BOX_WIDTH,
                router.y[c.row] + BOX_HEIGHT,
            )
            for c in router.grid.cells.values()
        ]
        self.taken += [
            (x - 7, y - 9, x + 7, y + 9) for x, y in (wire.points[-1] for wire in router.wires)
        ]  # heads of arrows
        self.arrows = [
            (wire, _body(*piece, wire.width / 2)) for wire in router.wires for piece in _pieces(wire)
        ]

    def find(self, wire: Wire) -> Point | None:
        """Middle and base line of a wire's amount; None if there is no room (the table has it)."""
        candidates = [
            spot
            for piece in sorted(
                _pieces(wire), key=lambda piece: (piece[0][1] != piece[1][1], -_length(*piece))
            )
            for part in ALONG
            for spot in _beside(*piece, part, wire)
        ]
        for over_arrows in (False, True):
            for spot in candidates:
                if self._free(spot, wire, over_arrows):
                    self.taken.append(spot)
                    return (spot[0] + spot[2]) / 2, spot[3] - 2.0
        return None

    def _free(self, spot: Spot, wire: Wire, over_arrows: bool) -> bool:
        if spot[0] < 2 or spot[2] > self.width - 2 or any(_overlap(spot, other) for other in self.taken):
            return False
        others = (
            body
            for owner, body in self.arrows
            if owner is not wire and (not over_arrows or owner.width > 3.0)
        )
        return not any(_overlap(spot, body) for body in others)


def _pieces(wire: Wire) -> list[tuple[Point, Point]]:
    return list(zip(wire.points, wire.points[1:], strict=False))


def _length(start: Point, end: Point) -> float:
    return abs(start[0] - end[0]) + abs(start[1] - end[1])


def _body(start: Point, end: Point, half: float) -> Spot:
    (left, right), (top, bottom) = sorted((start[0], end[0])), sorted((start[1], end[1]))
    return left - half, top - half, right + half, bottom + half


def _beside(start: Point, end: Point, part: float, wire: Wire) -> list[Spot]:
    """Above a level piece; right or left of an upright one."""
    x, y = start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part
    half, free = wire.label / 2 + 1, wire.width / 2 + 3
    if abs(start[1] - end[1]) < 0.5:
        if _length(start, end) < wire.label * 0.8:
            return []
        return [(x - half, y - free - HEIGHT, x + half, y - free + 2)]
    if _length(start, end) < HEIGHT + 6:
        return []
    top, bottom = y - HEIGHT / 2, y + HEIGHT / 2 + 2
    return [(x + free, top, x + free + 2 * half, bottom), (x - free - 2 * half, top, x - free, bottom)]


def _overlap(one: Spot, other: Spot) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
