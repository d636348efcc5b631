"""Values of indicators beside their published ones, ready to be shown."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pandas import DataFrame

    from meguru.model.components import Component, Model

UNDEFINED = float("nan")


@dataclass(frozen=True)
class Goal:
    """A published value, with as many decimals as were printed, and whether ours rounds to it."""

    text: str
    met: bool


class Values:
    """A table of indicators, looked up by scenario and indicator."""

    def __init__(self, model: Model, frame: DataFrame) -> None:
        from meguru.indicators import against_targets

        self.model = model
        self.years = sorted({int(year) for year in frame["year"]})
        self.sampled = "p05" in frame.columns
        self._rows = {(row["scenario"], row["indicator"], int(row["year"])): row for row in records(frame)}
        self.goals = {
            (row["scenario"], row["indicator"]): Goal(
                _printed(row["published"], row["rounding"]), bool(row["within"])
            )
            for row in against_targets(frame, model).to_dict("records")
        }

    def value(self, scenario: str, indicator: str, year: int, column: str = "value") -> float:
        """One value; not a number where it is undefined."""
        value = self._rows.get((scenario, indicator, year), {}).get(column)
        return UNDEFINED if value is None else float(value)

    def has_goals(self, scenario: str) -> bool:
        """Whether anything is published of a scenario."""
        return any(name == scenario for name, _ in self.goals)


def _printed(value: float, rounding: float) -> str:
    decimals = max(0, round(-math.log10(2 * rounding))) if rounding > 0 else 6
    return f"{value:,.{decimals}f}"


def label(component: Component, name: str) -> str:
    """What a component is called, in the language of the terminal."""
    held = component.label
    if isinstance(held, dict):
        return held.get(language()) or next(iter(held.values()), name)
    return held or name


def language() -> str:
    """The language of the terminal: ``ja`` or ``en``."""
    settings = (os.environ.get(key) for key in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "ja" if next((text for text in settings if text), "").startswith("ja") else "en"


def some_years(years: Iterable[int], most: int = 4) -> list[int]:
    """A few of many years, the first and the last among them."""
    known = sorted(set(years))
    if len(known) <= most:
        return known
    return [known[round(index * (len(known) - 1) / (most - 1))] for index in range(most)]


def records(frame: DataFrame) -> list[dict[str, Any]]:
    """The table as a list of mappings; what is missing or undefined is None."""
    return [
        {str(key): None if value != value or value is _missing() else value for key, value in row.items()}
        for row in frame.to_dict("records")
    ]


def _missing() -> Any:
    import pandas

    return pandas.NA
