"""What scenarios must share to be compared."""

from __future__ import annotations

from meguru.errors import ScenarioError
from meguru.model import Model, where


def require_same_years(one: Model, other: Model, scenario: str) -> None:
    """Years and steps stand side by side in tables, charts and differences: they must be the same.

    Parameters
    ----------
    other
        The model with ``scenario`` applied.

    Raises
    ------
    ScenarioError
        They are not.
    """
    for name in ("first", "last", "step"):
        expected, found = getattr(one.time, name), getattr(other.time, name)
        if found != expected:
            file, line = where(other, f"time.{name}")
            raise ScenarioError(
                f"scenario '{scenario}' has other years than those that it is compared with",
                file=file,
                line=line,
                place=f"time.{name}",
                found=found,
                expected=str(expected),
                hint="Give all scenarios the same years, or run it by itself.",
            )
