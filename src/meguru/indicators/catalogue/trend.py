"""Year on year: whether an indicator improves, holds or worsens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meguru.indicators.catalogue.measured import WITHOUT, Measured, Measurement

if TYPE_CHECKING:
    from pandas import DataFrame

IMPROVING, HOLDING, WORSENING, UNKNOWN = "improving", "holding", "worsening", "undefined"


def trend(found: Measurement, tolerance: float = 0.01) -> DataFrame:
    """The direction of each indicator from each year to the next one measured.

    A year in which it is undefined leads nowhere: what follows is held against the last year before it.

    Parameters
    ----------
    tolerance
        Relative change up to which a value holds; 1 % by default, which is our choice.

    Returns
    -------
    DataFrame
        Columns scenario, subject, indicator, from_year, year, before, value, unit, change, direction
        (``improving``, ``holding``, ``worsening``, ``undefined``).
    """
    import pandas as pd

    series: dict[tuple[str, str, str], list[Measured]] = {}
    for one in found:
        if one.year is not None and one.state not in WITHOUT:
            series.setdefault((one.scenario, one.subject, one.id), []).append(one)
    rows = []
    for values in series.values():
        values.sort(key=lambda one: one.year or 0)
        before = values[0]
        for after in values[1:]:
            rows.append(_step(before, after, tolerance))
            if after.value is not None or before.value is None:
                before = after
    columns = ("scenario", "subject", "indicator", "from_year", "year", "before", "value", "unit")
    frame = pd.DataFrame(rows, columns=[*columns, "change", "direction"])
    return frame.astype(dict.fromkeys(("before", "value", "change"), "Float64"))


def _step(before: Measured, after: Measured, tolerance: float) -> tuple[object, ...]:
    change = None
    if before.value is not None and after.value is not None:
        change = after.value - before.value
    return (
        after.scenario,
        after.subject,
        after.id,
        before.year,
        after.year,
        before.value,
        after.value,
        after.unit,
        change,
        direction(before, after, tolerance),
    )


def direction(before: Measured, after: Measured, tolerance: float) -> str:
    """Of two values of one indicator, which way it goes."""
    if before.value is None or after.value is None:
        return UNKNOWN
    change = after.value - before.value
    if abs(change) <= tolerance * abs(before.value):
        return HOLDING
    return IMPROVING if (change > 0) == (after.definition.better == "up") else WORSENING
