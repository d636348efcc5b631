"""Formulas and sources of what was measured, as a table beside the values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meguru.indicators.catalogue.measured import NOT_GIVEN, Measured, Measurement

if TYPE_CHECKING:
    from pandas import DataFrame


def formula_rows(found: Measurement) -> list[dict[str, Any]]:
    """One row for each indicator and variant that was measured: its formula and where it is from."""
    kept: dict[tuple[str, str, str], Measured] = {}
    for one in found:
        if one.state != NOT_GIVEN:
            kept.setdefault((one.id, one.definition.edition, one.variant), one)
    return [_row(one) for one in kept.values()]


def formula_table(found: Measurement) -> DataFrame:
    """The same as a table.

    Returns
    -------
    DataFrame
        Columns indicator, name, name_ja, edition, variant, formula, unit, mark, standing, source, boundary.
    """
    import pandas as pd

    return pd.DataFrame(formula_rows(found))


def _row(one: Measured) -> dict[str, Any]:
    definition = one.definition
    _, formula, mark = definition.of_variant(one.variant)
    return {
        "indicator": one.id,
        "name": definition.name.en,
        "name_ja": definition.name.ja,
        "edition": definition.edition,
        "variant": one.variant,
        "formula": formula,
        "unit": one.unit,
        "mark": mark,
        "standing": one.standing.en,
        "source": definition.source,
        "boundary": definition.boundary.en,
    }
