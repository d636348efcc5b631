"""A part of a library: what is named, and all that it needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from meguru.inventory.components import Library
from meguru.inventory.lookup import find_activity, find_flow, names_of


def subset(library: Library, names: Iterable[str]) -> Library:
    """The flows and activities named, with every flow, activity and category behind them.

    Parameters
    ----------
    names
        Of flows or activities: any of their names.

    Raises
    ------
    UnknownNameError
        There is no such flow or activity; with the nearest name.
    LibraryError
        Several have this label or alias.
    """
    activities: dict[str, None] = {}
    flows: dict[str, None] = {}
    waiting: list[str] = []
    known = {other for key, one in library.activities.items() for other in names_of(key, one)}
    for name in names:
        if name in library.activities or (name not in library.flows and name in known):
            waiting.append(find_activity(library, name)[0])
        else:
            flows[find_flow(library, name)[0]] = None
    running: dict[str, list[str]] = {}
    for name, activity in library.activities.items():
        running.setdefault(activity.flow, []).append(name)
    waiting += [name for flow in flows for name in running.get(flow, ())]
    while waiting:
        name = waiting.pop()
        if name in activities:
            continue
        activities[name] = None
        activity = library.activities[name]
        flows[activity.flow] = None
        for exchange in activity.exchanges:
            flows[exchange.flow] = None
            waiting += running.get(exchange.flow, ())  # a named provider is one of them
    impacts = {factor.impact for flow in flows for factor in library.flows[flow].factors}
    impacts.update(impact for name in activities for impact in library.activities[name].impacts)
    return replace(
        library,
        impacts={name: one for name, one in library.impacts.items() if name in impacts},
        flows={name: one for name, one in library.flows.items() if name in flows},
        activities={name: one for name, one in library.activities.items() if name in activities},
    )
