"""Which numbers of a model are uncertain, and which of them move together."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import numpy as np

from meguru.errors import CorrelationError, ModelError, UnknownNameError, did_you_mean
from meguru.files.marks import locate
from meguru.model.checks.fault import fault
from meguru.model.components import Correlation, Model, Sampling
from meguru.model.scenario import apply, scenario_names
from meguru.model.walk import quantities
from meguru.random import Correlated

NOT_DRAWN = ("sampling.", "indicators.", "measured.", "scenarios.")


def uncertain_places(model: Model) -> list[str]:
    """Places of all distributions that the model holds in any scenario.

    Those of the model itself come first, then those that only scenarios or measures bring; both by name, so
    that neither the order in a file nor the scenario run changes what is drawn.
    """
    own = places_held(model)
    brought = {place for name in scenario_names(model) for place in places_held(apply(model, name))}
    return [*own, *sorted(brought - set(own))]


def places_held(model: Model) -> list[str]:
    """Places of the distributions that a model holds as it stands, by name."""
    return sorted(
        place
        for place, quantity, _, _ in quantities(model)
        if not quantity.is_certain() and not place.startswith(NOT_DRAWN)
    )


def varying_places(model: Model) -> list[str]:
    """Those of :func:`places_held` whose samples differ: a distribution without width is certain."""
    varies = {place for place, quantity, _, _ in quantities(model) if quantity.varies()}
    return [place for place in places_held(model) if place in varies]


def is_certain(model: Model, scenarios: Iterable[str]) -> bool:
    """Whether nothing is uncertain in any of the scenarios: all samples of them are alike."""
    return not any(varying_places(apply(model, name)) for name in scenarios)


def correlated(model: Model, sampling: Sampling, places: list[str]) -> list[Correlated]:
    """Groups of uncertain numbers that move together.

    Parameters
    ----------
    places
        Of all uncertain numbers, as :func:`uncertain_places` gives them.

    Raises
    ------
    UnknownNameError
        Nothing uncertain stands at a place.
    CorrelationError
        A correlation out of range, given twice, or one that contradicts others.
    """
    if not sampling.correlations:
        return []
    import networkx as nx  # only models with correlations pay for it

    ranks: dict[tuple[str, str], float] = {}
    links = nx.Graph()
    for index, one in enumerate(sampling.correlations):
        where = f"sampling.correlations.{index}"
        _check_places(model, one, where, places)
        rank = _rank(model, one, where)
        for pair in combinations(sorted(one.between, key=places.index), 2):
            if pair in ranks:
                raise fault(
                    CorrelationError,
                    model,
                    where,
                    "a correlation that stands twice",
                    found=" with ".join(pair),
                )
            ranks[pair] = rank
            links.add_edge(*pair)
    groups = [tuple(sorted(group, key=places.index)) for group in nx.connected_components(links)]
    try:
        return [
            Correlated(group, {pair: rank for pair, rank in ranks.items() if pair[0] in group})
            for group in groups
        ]
    except ModelError as error:
        raise locate(model, error.at(place="sampling.correlations")) from None


def _check_places(model: Model, one: Correlation, where: str, places: list[str]) -> None:
    for place in one.between:
        if place not in places:
            raise fault(
                UnknownNameError,
                model,
                f"{where}.between",
                "nothing uncertain stands there",
                found=place,
                expected="the place of a distribution",
                hint=did_you_mean(place, places),
            )
    if len(set(one.between)) != len(one.between) or len(one.between) < 2:
        raise fault(
            CorrelationError,
            model,
            f"{where}.between",
            "not two or more different numbers",
            found=", ".join(one.between) or "nothing",
        )


def _rank(model: Model, one: Correlation, where: str) -> float:
    if one.spearman.value is None or not one.spearman.is_certain():
        raise fault(
            CorrelationError, model, f"{where}.spearman", "not a plain number", expected="above -1, below 1"
        )
    return float(one.spearman.evaluate("1", np.zeros(1), place=f"{where}.spearman")[0, 0])
