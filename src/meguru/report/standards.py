"""Indicators by the standards: what the model says is measured, beside formulas and sources."""

from __future__ import annotations

from meguru.indicators.catalogue import Definition, Measured, Measurement, measure
from meguru.indicators.catalogue.measured import NOT_APPLICABLE, NOT_GIVEN, VALUE
from meguru.indicators.catalogue.tables import formula_rows
from meguru.indicators.catalogue.trend import HOLDING, IMPROVING, WORSENING, direction
from meguru.report.blocks import Block, Cell, More, Section, Table, Text
from meguru.report.both import Both, joined
from meguru.report.numbers import number, unit_text
from meguru.report.study import Study
from meguru.report.words import label_of, say

TOLERANCE = 0.01  # relative change up to which a value holds
ARROWS = {IMPROVING: "↑", HOLDING: "→", WORSENING: "↓"}


def standards(study: Study) -> list[Section]:
    """One section; none if the model does not say what is measured."""
    if not study.model.measured:
        return []
    found = measure(study.found)
    blocks: list[Block] = []
    for subject in study.model.measured:
        blocks += _subject(study, subject, found)
    blocks += [Text(Both(*warning)) for warning in found.warnings]
    blocks.append(More(say("standards_formulas"), [_formulas(found)]))
    return [Section("standards", say("standards"), say("standards_lead", year=study.last), blocks)]


def _subject(study: Study, subject: str, found: Measurement) -> list[Block]:
    values = [one for one in found if one.subject == subject]
    by_key = {(one.id, one.scenario, one.year): one for one in values}
    definitions = {one.id: one.definition for one in values}
    last, first = study.last, study.years[0]
    given = {
        name: one
        for name, one in definitions.items()
        if any(by_key[name, run.name, last].state != NOT_GIVEN for run in study.runs)
    }
    label = label_of(study.model.measured[subject], subject)
    head: list[Cell] = [say("indicator"), say("unit"), *(run.label for run in study.runs), say("mark")]
    rows = [_row(study, one, by_key, first, last) for one in given.values()]
    caption = say("standards_of", subject=label, year=last)
    if first != last:
        caption = caption + " " + say("standards_arrows", first=first)
    blocks: list[Block] = [Table(head, rows, caption, texts=(0, 1, len(head) - 1), kind="results")]
    if len(definitions) > len(given):
        blocks.append(Text(say("standards_not_given", count=len(definitions) - len(given))))
    assumed = dict.fromkeys(Both(*text) for one in values if one.id in given for text in one.assumed)
    reasons = dict.fromkeys(
        Both(*one.definition.name) + ": " + Both(*one.reason)
        for one in values
        if one.state not in (VALUE, NOT_GIVEN) and one.year == last and one.reason is not None
    )
    sides = [row for one in given.values() for row in _sides(study, one, by_key, sorted({first, last}))]
    if sides:
        titles: list[Cell] = [say("indicator"), say("year"), *(run.label for run in study.runs)]
        blocks.append(More(say("standards_sides"), [Table(titles, sides, texts=(0, 1), kind="results")]))
    return [*blocks, *(Text(joined("; ", held)) for held in (assumed, reasons) if held)]


def _sides(
    study: Study,
    definition: Definition,
    by_key: dict[tuple[str, str, int | None], Measured],
    years: list[int],
) -> list[list[Cell]]:
    """Numerator and denominator in each year; nothing of what is not divided."""
    found = {year: [by_key[definition.id, run.name, year] for run in study.runs] for year in years}
    return [
        [Both(*definition.name) + f" ({definition.id})", str(year), *map(_side, values)]
        for year, values in found.items()
        if any(one.numerator is not None for one in values)
    ]


def _side(one: Measured) -> Cell:
    if one.numerator is None or one.denominator is None:
        return ""
    top = number(one.numerator) + " " + unit_text(one.numerator_unit)
    return top + " / " + number(one.denominator) + " " + unit_text(one.denominator_unit)


def _row(
    study: Study,
    definition: Definition,
    by_key: dict[tuple[str, str, int | None], Measured],
    first: int,
    last: int,
) -> list[Cell]:
    ends = [
        (by_key[definition.id, run.name, first], by_key[definition.id, run.name, last]) for run in study.runs
    ]
    name = Both(*definition.name) + f" ({definition.id})"
    if definition.mandatory:
        name = name + " – " + say("standards_mandatory")
    values = [_value(before, after) for before, after in ends]
    variant = f" {ends[0][1].variant}" if definition.variants else ""
    return [name, unit_text(ends[0][1].unit), *values, ends[0][1].mark + variant]


def _value(before: Measured, after: Measured) -> Cell:
    """The value, with an arrow for whether it is better than in the first year."""
    if after.value is None:
        return say({NOT_GIVEN: "not_given", NOT_APPLICABLE: "not_applicable"}.get(after.state, "undefined"))
    text = number(after.value if after.shown is None else after.shown)
    arrow = ARROWS.get(direction(before, after, TOLERANCE))
    return f"{text} {arrow}" if arrow and before.year != after.year else text


def _formulas(found: Measurement) -> Table:
    rows: list[list[Cell]] = []
    for row in formula_rows(found):
        formula = Both.of(row["formula"]) + f"   [{row['unit']}]"
        rows.append([Both(row["name"], row["name_ja"]), row["edition"], formula, row["mark"], row["source"]])
    head: list[Cell] = [
        say("indicator"),
        say("edition"),
        say("formula"),
        say("mark"),
        say("source_of_formula"),
    ]
    return Table(head, rows, texts=(0, 1, 2, 3, 4), kind="code")
