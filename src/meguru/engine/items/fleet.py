"""A fleet in use when a run begins."""
from __future__ import annotations

from dataclasses import dataclass

from meguru.engine.plan import Ints


@dataclass(frozen=True, slots=True)
class Fleet:
    """Units in use: what they are in the tables of a program."""
    first_step: int
    units: Ints  # (unit, 3 + cells): use process, class, step made, births of its pieces
