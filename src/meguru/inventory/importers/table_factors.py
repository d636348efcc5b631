"""Tables of factors: a flow a row, or a row for each of its regions and years."""

from __future__ import annotations

from meguru.errors import ContradictionError, DuplicateKeyError, MissingValueError, WrongTypeError
from meguru.inventory.components import Factor, Flow, Impact, Library
from meguru.inventory.conversion import unit_per
from meguru.inventory.importers.table_cells import cell_of, label_of, needed, number_of, unit_of, whole_of
from meguru.inventory.importers.table_mapping import TableMapping
from meguru.inventory.importers.table_rows import Row
from meguru.quantity import Quantity


def factors_of(rule: TableMapping, rows: list[Row]) -> Library:
    """A library of flows with their factors; rows of one flow differ by region or year.

    Raises
    ------
    DuplicateKeyError
        A flow stands twice in one region and year.
    ContradictionError
        The rows of a flow are in different units.
    """
    impacts = {
        name: Impact(label=one.label, note=one.note, unit=one.unit, method=one.method)
        for name, one in rule.impacts.items()
    }
    flows: dict[str, Flow] = {}
    seen: set[tuple[str, str | None, int | None]] = set()
    for row in rows:
        name = needed(row, rule, "name")
        where, year = cell_of(row, rule, "region") or rule.region, whole_of(row, rule, "year", rule.year)
        if (name, where, year) in seen:
            raise row.fault(
                DuplicateKeyError,
                "a name stands twice",
                rule.columns["name"],
                found=name,
                expected="rows of one name in different regions or years",
            )
        seen.add((name, where, year))
        _add(flows, name, _flow(rule, row, where, year), rule, row)
    return Library(
        name=rule.name,
        label=rule.label,
        note=rule.note,
        source=rule.source,
        licence=rule.licence,
        impacts=impacts,
        flows=flows,
    )


def _add(flows: dict[str, Flow], name: str, new: Flow, rule: TableMapping, row: Row) -> None:
    """The factors of a row beside those of the rows above; of several years they are a series."""
    flow = flows.setdefault(name, new)
    if flow is new:
        return
    if flow.unit != new.unit:
        raise row.fault(
            ContradictionError,
            "rows of one name in different units",
            rule.columns["unit"],
            found=new.unit,
            expected=flow.unit,
        )
    for factor in new.factors:
        before = next(
            (one for one in flow.factors if (one.impact, one.region) == (factor.impact, factor.region)), None
        )
        if before is None:
            flow.factors.append(factor)
        elif factor.year is None or (before.year is None and not before.amount.years):
            raise row.fault(
                MissingValueError,
                "several rows of one name and region, and one has no year",
                rule.columns.get("year"),
                found=name,
                expected="a year in each of them",
            )
        else:
            before.amount, before.year = _series(before, factor), None


def _series(one: Factor, other: Factor) -> Quantity:
    """Two factors of one region, or a series and one more, by year."""
    assert other.year is not None and other.amount.value is not None
    known = dict(zip(one.amount.years, one.amount.values, strict=True))
    if not known:
        assert one.year is not None and one.amount.value is not None
        known = {float(one.year): one.amount.value}
    return Quantity.series({**known, float(other.year): other.amount.value}, one.amount.unit)


def _flow(rule: TableMapping, row: Row, where: str | None, year: int | None) -> Flow:
    unit = unit_of(row, rule)
    per = number_of(row, rule.columns["amount"]) if "amount" in rule.columns else 1.0
    if per is None or per <= 0.0:
        raise row.fault(
            WrongTypeError,
            "not a reference amount",
            rule.columns["amount"],
            found=per,
            expected="a number above zero",
        )
    factors = []
    for name, one in rule.impacts.items():
        number = number_of(row, one.column)
        if number is None:
            continue  # no factor: the report of gaps tells
        factors.append(
            Factor(
                impact=name,
                amount=Quantity(number / per, unit_per(one.unit, unit)),
                region=where,
                scope=rule.scope,
                year=year,
                source=cell_of(row, rule, "source") or None,
            )
        )
    return Flow(
        label=label_of(row, rule),
        unit=unit,
        category=cell_of(row, rule, "category") or None,
        factors=factors,
    )
