"""In which unit an entry of a BOM is read."""

from __future__ import annotations

from functools import lru_cache

from meguru.quantity import dimension_of


@lru_cache(maxsize=4096)
def bom_unit(given: str, child: str, own: str) -> str:
    """The child's unit per the item's own; pieces may be left out.

    Parameters
    ----------
    given
        The unit that the entry has.
    child, own
        The units of the child and of the item that contains it.
    """
    full = f"({child})/({own})"
    dimension = dimension_of(given)
    if dimension == dimension_of(full):
        return full
    if own == "piece" and dimension == dimension_of(child):
        return child
    if child == "piece" and dimension == dimension_of(f"1/({own})"):
        return f"1/({own})"
    return "1" if child == own == "piece" else full
