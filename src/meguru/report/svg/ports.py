"""Where arrows leave and enter a box.

What leaves stands at whole steps from the middle, what enters at half steps. Where many need room the
step shrinks by ratios of odd numbers: whole and half steps then never fall together, whatever the steps of
the boxes, and no stub of one arrow lies upon that of another.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

ACROSS, DOWN = 20.0, 16.0  # step along the upper and lower edge, along the sides


def spread(
    wanted: Sequence[tuple[float, int]], half: bool, straight: bool, room: float
) -> list[tuple[int, float]]:
    """Offsets along the upper or lower edge: what goes left on the left, the farthest outermost.

    Parameters
    ----------
    wanted
        Way to where an arrow goes or comes from (negative: left), and its number.
    half
        At half steps.
    straight
        The middle is taken by an arrow that goes straight on.
    room
        Largest offset.
    """
    if len(wanted) == 1 and not half and not straight:
        return [(wanted[0][1], 0.0)]
    sides = [
        sorted((abs(way), index) for way, index in wanted if (way < 0) == left) for left in (True, False)
    ]
    first = 0.5 if half else 1.0
    step = fitting(ACROSS, first + max(map(len, sides)) - 1, room)
    return [
        (index, sign * step * (place + first))
        for sign, side in zip((-1, 1), sides, strict=True)
        for place, (_, index) in enumerate(side)
    ]


def along_side(count: int, half: bool, room: float) -> list[float]:
    """Offsets from the middle of a side, from above."""
    steps = [(-1) ** place * (place + 1) // 2 for place in range(count)]
    places = sorted(place + 0.5 if half else float(place) for place in steps)
    step = fitting(DOWN, max((abs(place) for place in places), default=0.0), room)
    return [place * step for place in places]


def fitting(step: float, most: float, room: float) -> float:
    """The step, made smaller until ``most`` of them fit."""
    ratios = itertools.cycle((3 / 5, 1 / 3))  # 1, 3/5, 1/5, 3/25 …
    while step * most > room:
        step *= next(ratios)
    return step
