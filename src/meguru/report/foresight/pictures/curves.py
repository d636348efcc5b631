"""Bent lines and ribbons that leave and arrive level."""

from __future__ import annotations


def bend(begin: tuple[float, float], end: tuple[float, float]) -> str:
    """The rest of a path from a point that it has reached to another."""
    half = (begin[0] + end[0]) / 2
    return f"C{half:.1f},{begin[1]:.2f} {half:.1f},{end[1]:.2f} {end[0]:.1f},{end[1]:.2f}"


def curve(begin: tuple[float, float], end: tuple[float, float]) -> str:
    """A path from one point to another."""
    return f"M{begin[0]:.1f},{begin[1]:.2f}{bend(begin, end)}"


def ribbon(
    begin: tuple[float, float], end: tuple[float, float], high: float, stop: float | None = None
) -> str:
    """A closed path of some height below a curve; level from its end to ``stop`` where that is given."""
    level = "" if stop is None else f"H{stop:.1f}"
    low, below = (end[0], end[1] + high), (begin[0], begin[1] + high)
    return f"{curve(begin, end)}{level}v{high:.2f}H{low[0]:.1f}{bend(low, below)}Z"
