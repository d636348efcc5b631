"""Functions of formulas that need more than a sum over the rows of a result."""

from __future__ import annotations

from meguru.indicators.circulation import CIRCULATION
from meguru.indicators.functions import Function
from meguru.indicators.item_cost import ITEM_COST
from meguru.indicators.reuse import MARGINAL_REUSE

SPECIAL: dict[str, Function] = {
    "marginal_reuse": MARGINAL_REUSE,
    "item_cost": ITEM_COST,
    "circulation": CIRCULATION,
}
