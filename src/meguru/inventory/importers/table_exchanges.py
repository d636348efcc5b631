"""Tables of exchanges: an exchange a row, of activities that have a reference row each."""

from __future__ import annotations

from dataclasses import replace

from meguru.errors import DuplicateKeyError, MissingValueError, RangeError, UnknownNameError
from meguru.inventory.components import Activity, Exchange, Flow, Library
from meguru.inventory.importers.table_cells import (
    cell_of,
    label_of,
    needed,
    number_of,
    quantity_of,
    unit_of,
    whole_of,
)
from meguru.inventory.importers.table_mapping import AVOIDED, REFERENCES, ROLES, TableMapping
from meguru.inventory.importers.table_rows import Row
from meguru.quantity import Distribution, Quantity


def exchanges_of(rule: TableMapping, rows: list[Row]) -> Library:
    """A library of activities with their exchanges.

    Raises
    ------
    DuplicateKeyError
        Two reference rows of an activity, or two rows that say the same.
    MissingValueError
        An activity without reference row.
    RangeError
        An amount below zero, unless the mapping says what it is.
    """
    library = Library(
        name=rule.name, label=rule.label, note=rule.note, source=rule.source, licence=rule.licence
    )
    waiting: dict[str, list[tuple[Row, Exchange]]] = {}
    kinds: dict[str, str] = {}
    for row in rows:
        name, role = needed(row, rule, "activity"), _role(row, rule)
        exchange = _exchange(library, rule, row, role)
        _kind(kinds, library, rule, row)
        if role not in REFERENCES:
            if any(exchange == other for _, other in waiting.get(name, ())):
                raise row.fault(
                    DuplicateKeyError,
                    "an exchange stands twice",
                    name,
                    found=exchange.flow,
                    expected="rows that differ",
                    hint="Take one of them out, or sum them.",
                )
            waiting.setdefault(name, []).append((row, exchange))
            continue
        if name in library.activities:
            raise row.fault(
                DuplicateKeyError, "two reference flows", None, found=name, expected="one a process"
            )
        library.activities[name] = _activity(rule, row, exchange, role)
    for name, found in waiting.items():
        if name not in library.activities:
            row = found[0][0]
            raise row.fault(
                MissingValueError,
                "no reference flow",
                name,
                expected="a row whose role is 'reference', or 'treated' for a waste",
            )
        activity = library.activities[name]
        activity.exchanges = [_of_region(exchange, activity.region) for _, exchange in found]
    return library


def _of_region(exchange: Exchange, region: str | None) -> Exchange:
    """An exchange names its region only where it is another one than that of its activity."""
    return replace(exchange, region=None) if exchange.region == region else exchange


def _role(row: Row, rule: TableMapping) -> str:
    word = needed(row, rule, "role")
    role = rule.roles.get(word, word)
    if role not in ROLES:
        raise row.fault(
            UnknownNameError, "no such role", rule.columns["role"], found=word, expected=[*rule.roles, *ROLES]
        )
    return role


def _exchange(library: Library, rule: TableMapping, row: Row, role: str) -> Exchange:
    name, unit = needed(row, rule, "flow"), unit_of(row, rule)
    number = number_of(row, rule.columns["amount"])
    if number is None:
        raise row.fault(MissingValueError, "an empty cell", rule.columns["amount"])
    if role in REFERENCES and number <= 0.0:
        raise row.fault(
            RangeError,
            "a reference amount of zero or less",
            rule.columns["amount"],
            found=number,
            expected="an amount above zero; the role 'treated' for a waste that is taken in",
        )
    if number < 0.0 and rule.negative == "refused":
        raise row.fault(
            RangeError,
            "an amount below zero",
            rule.columns["amount"],
            found=number,
            expected="zero or more",
            hint="What is saved elsewhere has the role 'avoided'; 'negative: avoided' in the mapping "
            "says so of every such amount.",
        )
    if name not in library.flows:
        library.flows[name] = Flow(label=label_of(row, rule, "flow_"), unit=unit)
    return Exchange(
        flow=name,
        amount=_spread(row, rule, Quantity(abs(number), unit)),
        direction="output" if role == "output" else "input",
        avoided=(number < 0.0) != (role == AVOIDED),
        region=cell_of(row, rule, "region") or None,
        provider=cell_of(row, rule, "provider") or None,
        pedigree=cell_of(row, rule, "pedigree") or None,
        note=cell_of(row, rule, "note") or None,
    )


def _spread(row: Row, rule: TableMapping, amount: Quantity) -> Quantity:
    """The amount with its geometric standard deviation, if there is one."""
    heading = rule.columns.get("gsd")
    gsd = None if heading is None else number_of(row, heading)
    if gsd is None:
        return amount
    if gsd < 1.0:
        raise row.fault(
            RangeError, "a geometric standard deviation below 1", heading, found=gsd, expected="1 or more"
        )
    if gsd == 1.0:
        return amount
    return replace(amount, uncertain=Distribution("lognormal", median=1.0, gsd=gsd))


def _kind(kinds: dict[str, str], library: Library, rule: TableMapping, row: Row) -> None:
    """What a flow is: said in any of its rows, and in all that say it the same."""
    name, word = needed(row, rule, "flow"), cell_of(row, rule, "kind")
    if not word:
        return
    kind = rule.kinds.get(word, word)
    if kinds.setdefault(name, kind) != kind:
        raise row.fault(
            DuplicateKeyError,
            "a flow of two kinds",
            rule.columns["kind"],
            found=word,
            expected=f"{kinds[name]}, as in the rows above",
        )
    library.flows[name].kind = kind


def _activity(rule: TableMapping, row: Row, reference: Exchange, role: str) -> Activity:
    year = whole_of(row, rule, "year", rule.year)
    return Activity(
        label=label_of(row, rule),
        flow=reference.flow,
        amount=reference.amount,
        takes=role == "treated",
        region=cell_of(row, rule, "region") or rule.region,
        first=year,
        last=year,
        cost=quantity_of(row, rule, "cost"),
        time=quantity_of(row, rule, "time"),
        category=cell_of(row, rule, "category") or None,
        source=cell_of(row, rule, "source") or None,
    )
