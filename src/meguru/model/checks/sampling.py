"""Checks of how uncertain numbers are drawn."""

from __future__ import annotations

from collections.abc import Iterator

from meguru.errors import ModelError
from meguru.model.components import Model
from meguru.model.uncertain import correlated, uncertain_places


def correlations(model: Model) -> Iterator[ModelError]:
    """Correlations are between uncertain numbers of the model or of a scenario, and do not contradict."""
    if model.sampling is None or not model.sampling.correlations:
        return
    try:
        correlated(model, model.sampling, uncertain_places(model))
    except ModelError as error:
        yield error
