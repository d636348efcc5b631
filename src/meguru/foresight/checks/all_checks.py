"""All checks in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from meguru.errors import ModelError
from meguru.foresight.checks import divergence, edges, events, names, network, numbers, time
from meguru.foresight.checks.fault import CausalWarning
from meguru.foresight.model import CausalModel

Check = Callable[[CausalModel], Iterator[ModelError]]
Advice = Callable[[CausalModel], Iterator[CausalWarning]]

# What a later stage looks at must have come through the earlier ones: no lag without a number.
STAGES: tuple[tuple[Check, ...], ...] = (
    (names.missing_values, names.unknown_choices),
    (names.unknown_nodes, numbers.ranges),
    (time.years,),
    (
        numbers.spreads,
        numbers.bounds,
        numbers.own_dynamics,
        time.settings,
        edges.shapes,
        edges.polarity,
        edges.duplicates,
        edges.opposite_edges,
        edges.long_lags,
        events.what_and_when,
    ),
)
ADVICE: tuple[Advice, ...] = (
    divergence.diverging,
    network.unreached_kpis,
    network.powerless_levers,
    network.orphans,
    network.still_sources,
    network.aimless_kpis,
    names.mistyped_units,
    numbers.idle_dynamics,
    edges.parallel_edges,
    edges.lost_lags,
    edges.rounded_lags,
    edges.weak_edges,
    events.idle_events,
)


def faults(model: CausalModel) -> Iterator[ModelError]:
    """All faults of a model."""
    for stage in STAGES:
        found = False
        for check_one in stage:
            for one in check_one(model):
                found = True
                yield one
        if found:
            return


def check(model: CausalModel) -> tuple[CausalWarning, ...]:
    """Check a causal model.

    Returns
    -------
    tuple of CausalWarning
        What can be run but hardly means what it says: a model that runs away, KPIs that nothing reaches ...

    Raises
    ------
    ModelError
        The first fault, a named one for each kind, with file, line, place, what was found and expected.
    """
    for one in faults(model):
        raise one
    return tuple(one for advise in ADVICE for one in advise(model))
