"""Unit data and chains of them as an inventory library, from which models take and openLCA packages are
made."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meguru.errors import LibraryError, RangeError, did_you_mean
from meguru.files.attribute import attribute
from meguru.files.component import Component
from meguru.files.reader import Reader
from meguru.files.schema import file_schema
from meguru.files.tree import parse_tree, read_text
from meguru.inventory import Library, library_from_data
from meguru.quantity import Quantity, convert, write_quantity
from meguru.reverse.unit_data.chain import Sum, Term, compose
from meguru.reverse.unit_data.records import Entry, UnitData

ELECTRICITY = "electricity"


@dataclass
class Step(Component):
    """A step of a chain: measured, or entered by hand."""

    step: str = attribute("text", "its name; a measured one has entries of that name")
    amount: Quantity = attribute("quantity", "how often per item", dimension="1", default=Quantity(1.0))
    measured: bool = attribute("flag", "from readings; else what stands here", default=True)
    exchanges: dict[str, Quantity] = attribute(
        "quantities",
        "flow of the inventory library → amount per item",
        dimension="any",
        wild=True,
        default={},
    )
    assumed: bool = attribute("flag", "nobody measured or published it", default=False)


@dataclass
class Chain(Component):
    """The steps that an item goes through, in order."""

    item: str = attribute("text", "the flow that is worked, counted in pieces")
    steps: list[Step] = attribute("list", "in order", component="Step")
    types: dict[str, Quantity] = attribute(
        "quantities", "type → share of the items; default as counted", dimension="1", wild=True, default={}
    )
    region: str | None = attribute("text", "where, as JP", default=None)


@dataclass
class Chains(Component):
    """A file of chains."""

    chains: dict[str, Chain] = attribute("components", "name → chain", component="Chain")
    flows: dict[str, Quantity] = attribute(
        "quantities", "flow besides electricity → its unit, as 1 kg", dimension="any", wild=True, default={}
    )


KINDS: dict[str, type[Component]] = {"Step": Step, "Chain": Chain, "Chains": Chains}


class _Reader(Reader):
    whole = "the chains"


def read_chains(path: str | os.PathLike[str]) -> Chains:
    """Read a file of chains."""
    file = Path(path)
    chains = _Reader(KINDS).component(Chains, parse_tree(read_text(file), str(file)), "")
    assert isinstance(chains, Chains)
    return chains


def chains_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of a file of chains."""
    return file_schema("meguru chains", Chains, KINDS)


def chain_energy(data: UnitData, chain: Chain) -> Sum:
    """Electricity of a chain per item, idling and what was entered by hand included, kWh.

    Types are weighed by their shares; errors of calibration that steps share stay correlated.

    Raises
    ------
    LibraryError
        A measured step has no entry, or nothing tells how sure an entry is.
    """
    return compose(list(_terms(data, chain)))


def _terms(data: UnitData, chain: Chain) -> Iterator[Term]:
    for step in chain.steps:
        if not step.measured:
            if ELECTRICITY in step.exchanges:
                by_hand = step.exchanges[ELECTRICITY]
                yield Term(float(convert(_value(by_hand), by_hand.unit, "kWh")), amount=_value(step.amount))
            continue
        entries = [one for one in data.entries if one.step == step.step]
        if not entries:
            known = sorted({one.step for one in data.entries})
            raise LibraryError(
                "nothing was measured at this step",
                found=step.step,
                expected=known,
                hint=did_you_mean(step.step, known),
            )
        shares = _shares(entries, chain)
        idle = 0.0
        errors: dict[str, float] = {}
        for one in entries:
            share = shares[one.type] * _value(step.amount)
            errors = {name: _value(error) for name, error in one.errors.items()}
            idle += share * _value(one.idle)
            yield Term(mean_energy(one), _error(one), errors, share)
        if idle > 0.0:
            yield Term(idle, 0.0, errors)


def _shares(entries: Iterable[Entry], chain: Chain) -> dict[str, float]:
    counts = {one.type: float(one.count) for one in entries}
    if chain.types:
        missing = sorted(set(chain.types) - set(counts))
        if missing:
            raise LibraryError(
                "types of the chain that were not measured", found=", ".join(missing), expected=list(counts)
            )
        counts = {kind: _value(chain.types[kind]) if kind in chain.types else 0.0 for kind in counts}
    whole = sum(counts.values())
    if min(counts.values()) < 0.0 or not whole > 0.0:
        raise RangeError(
            "shares of types that make no whole", place="types", expected="0 or more, not all 0",
            found=", ".join(f"{kind}: {count:g}" for kind, count in counts.items()),
        )  # fmt: skip
    return {kind: count / whole for kind, count in counts.items()}


def mean_energy(entry: Entry) -> float:
    """Mean per item in kWh: the median of a log-normal times exp(ln²(gsd)/2)."""
    spread = 0.0 if entry.energy_gsd is None else math.log(_value(entry.energy_gsd))
    return _value(entry.energy) * math.exp(spread**2 / 2.0)


def _error(entry: Entry) -> float:
    if entry.energy_error is None:
        raise LibraryError(
            "nothing tells how sure this is",
            found=f"{entry.count} of {entry.type} at {entry.step}",
            expected="more items",
        )
    return _value(entry.energy_error)


def to_library(data: UnitData, chains: Chains, *, drafts: bool = False) -> Library:
    """Unit data as an inventory library: an activity for each type and step, and one for each chain.

    Raises
    ------
    LibraryError
        The unit data are not approved and ``drafts`` is not set.
    """
    if data.status != "approved" and not drafts:
        raise LibraryError(
            "these unit data are a draft",
            found=f"version {data.version}",
            expected="an approved version",
            hint="Approve it: meguru reverse approve FILE --by NAME; or say --draft.",
        )
    flows: dict[str, Any] = {ELECTRICITY: {"unit": "kWh", "label": {"en": "Electricity", "ja": "電力"}}}
    flows.update({name: {"unit": one.unit} for name, one in chains.flows.items()})
    activities: dict[str, Any] = {}
    for name, chain in chains.chains.items():
        flows.setdefault(chain.item, {"unit": "piece"})
        for step in chain.steps:
            for one in data.entries:
                if step.measured and one.step == step.step:
                    activities[f"{one.type}_{one.step}"] = _step_activity(data, chain, one)
        activities[name] = _chain_activity(data, chain)
    return library_from_data(
        {
            "inventory": 1,
            "name": f"{data.plant}-{data.version}",
            "source": told(data),
            "licence": "as the readings",
            "flows": flows,
            "activities": activities,
        }
    )


def told(data: UnitData) -> str:
    """Where the numbers are from, in words."""
    made = "synthetic, from a simulated plant" if data.synthetic else "metered"
    state = f"approved by {data.approved_by}, {data.approved_at}" if data.status == "approved" else "draft"
    return f"{made}: {data.plant}, {data.first} to {data.last}, version {data.version}, {state}"


def _step_activity(data: UnitData, chain: Chain, entry: Entry) -> dict[str, Any]:
    errors = {name: _value(error) for name, error in entry.errors.items()}
    energy = compose([Term(mean_energy(entry), _error(entry), errors), Term(_value(entry.idle), 0.0, errors)])
    exchanges = [_exchange(ELECTRICITY, _log_normal(energy))]
    exchanges += [_exchange(flow, amount) for flow, amount in entry.consumables.items()]
    spread = "" if entry.energy_gsd is None else f", from item to item {_value(entry.energy_gsd):.3g}"
    return _activity(
        data,
        chain,
        f"{entry.type}: {entry.step}",
        exchanges,
        _value(entry.time),
        f"{entry.count} items{spread}",
    )


def _chain_activity(data: UnitData, chain: Chain) -> dict[str, Any]:
    others: dict[str, Quantity] = {}
    seconds = 0.0
    for step in chain.steps:
        times = _value(step.amount)
        for flow, amount in step.exchanges.items():
            if step.measured or flow != ELECTRICITY:
                _add(others, flow, amount, times)
        entries = [one for one in data.entries if step.measured and one.step == step.step]
        shares = _shares(entries, chain) if entries else {}
        for one in entries:
            seconds += shares[one.type] * _value(one.time) * times
            for flow, amount in one.consumables.items():
                _add(others, flow, amount, shares[one.type] * times)
    exchanges = [_exchange(ELECTRICITY, _log_normal(chain_energy(data, chain)))]
    exchanges += [_exchange(flow, amount) for flow, amount in others.items()]
    by_hand = [step.step for step in chain.steps if not step.measured]
    note = f"chain: {', '.join(step.step for step in chain.steps)}" + (
        f"; not metered: {', '.join(by_hand)}" if by_hand else ""
    )
    label = chain.label if chain.label is not None else chain.item
    return _activity(data, chain, label, exchanges, seconds, note)


def _add(exchanges: dict[str, Quantity], flow: str, amount: Quantity, times: float) -> None:
    """Add an amount of a flow, in the unit of the first."""
    before = exchanges.get(flow, Quantity(0.0, amount.unit))
    more = times * float(convert(_value(amount), amount.unit, before.unit))
    exchanges[flow] = Quantity(_value(before) + more, before.unit)


def _activity(
    data: UnitData, chain: Chain, label: Any, exchanges: list[dict[str, Any]], seconds: float, note: str
) -> dict[str, Any]:
    made = {
        "label": label,
        "flow": chain.item,
        "takes": True,
        "amount": "1 piece",
        "exchanges": exchanges,
        "time": f"{seconds:.6g} s",
        "region": chain.region,
        "note": f"{note}; {told(data)}",
    }
    return {key: value for key, value in made.items() if value is not None}


def _exchange(flow: str, amount: Quantity) -> dict[str, Any]:
    return {"flow": flow, "amount": write_quantity(amount)}


def _log_normal(energy: Sum) -> Quantity:
    """The log-normal of the same mean and standard deviation, kWh."""
    if energy.sd == 0.0:
        return Quantity(float(f"{energy.mean:.6g}"), "kWh")
    median = energy.mean * math.exp(-(math.log(energy.gsd) ** 2) / 2.0)
    return Quantity.lognormal(float(f"{median:.6g}"), float(f"{energy.gsd:.6g}"), "kWh")


def _value(quantity: Quantity) -> float:
    if quantity.value is None:
        raise LibraryError("one number is needed here", found=str(quantity))
    return quantity.value
