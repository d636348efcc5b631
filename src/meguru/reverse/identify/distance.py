"""A weighted edit distance: what readers of plates confuse costs less."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from meguru.files.tree import parse_tree, plain

CHANGE = 1.0  # one letter for another, one too many or one too few


@cache
def confusions() -> dict[tuple[str, str], float]:
    """Cost of each pair of letters that are taken for each other, in both directions."""
    text = files(__package__).joinpath("confusions.yaml").read_text(encoding="utf-8")
    costs: dict[tuple[str, str], float] = {}
    for group in plain(parse_tree(text, "confusions.yaml")).values():
        for pair in group["pairs"].split():
            first, second = pair
            costs[first, second] = costs[second, first] = group["cost"]
    return costs


def distance(read: str, meant: str, limit: float = float("inf")) -> float:
    """Least cost of changes that turn one folded text into another; infinite once it is above ``limit``.

    The Wagner–Fischer recursion with confusion costs.
    """
    if abs(len(read) - len(meant)) * CHANGE > limit:
        return float("inf")
    costs = confusions()
    before = [CHANGE * index for index in range(len(meant) + 1)]
    for row, letter in enumerate(read, 1):
        here = [CHANGE * row]
        for column, other in enumerate(meant, 1):
            swap = 0.0 if letter == other else costs.get((letter, other), CHANGE)
            here.append(min(before[column] + CHANGE, here[-1] + CHANGE, before[column - 1] + swap))
        if min(here) > limit:
            return float("inf")
        before = here
    return before[-1] if before[-1] <= limit else float("inf")
