"""Measures of one scenario that change the same place."""

from __future__ import annotations

from collections.abc import Iterator

from meguru.errors import ModelWarning, ScenarioError
from meguru.model.components import Model
from meguru.model.places import find
from meguru.model.warnings.warning import warning


def measures_overruled(model: Model) -> Iterator[ModelWarning]:
    """A measure of which nothing is left at a place that a later one of the same scenario changes too.

    One that begins earlier holds until then; of one that begins in the same year or later nothing is seen.
    """
    for name, scenario in model.scenarios.items():
        for position, later in enumerate(scenario.measures):
            for former in scenario.measures[:position]:
                if _begins(model, former) < _begins(model, later):
                    continue
                for place in _common(model, former, later):
                    yield warning(
                        model,
                        f"scenarios.{name}.measures",
                        f"measures '{former}' and '{later}' change the same place, and '{later}' wins",
                        found=place,
                        expected="one of them, or measures that change different places",
                        hint="The later one in the list wins; 'excludes' keeps both from being taken.",
                    )


def _begins(model: Model, measure: str) -> float:
    """Year from which a measure holds."""
    since = model.measures[measure].since
    return float("-inf") if since is None else since


def _common(model: Model, former: str, later: str) -> Iterator[str]:
    """Places that both change, one of them perhaps as a part of the other."""
    for one in _places(model, former):
        for other in _places(model, later):
            if f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}."):
                yield max(one, other, key=len)


def _places(model: Model, measure: str) -> Iterator[str]:
    for path in model.measures[measure].changes:
        try:
            yield find(model, path).place
        except ScenarioError:  # there only when another change has been made
            yield path
