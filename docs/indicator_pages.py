"""The pages of the catalogue of indicators, built from the files of the sets and the worked examples.

A hook of MkDocs: the pages exist only while the site is built, so that they can not go out of date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

from meguru.files.tree import parse_tree, plain
from meguru.indicators.catalogue import Definition, IndicatorSet, catalogue
from meguru.indicators.catalogue.definitions import MARKS, Limit, Target, Variable
from meguru.indicators.catalogue.evaluation import names_behind
from meguru.indicators.verification.names import shipped_names

BUILT = "*This page is built from the file of the set.*\n"
EXAMPLES = Path(__file__).parents[1] / "tests" / "data" / "worked_examples.yaml"
MOST_TEXT = 160


def on_files(files: Any, *, config: Any) -> Any:
    """Add the pages to those of the site."""
    for path, content in pages().items():
        files.append(File.generated(config, f"reference/{path}", content=content))
    return files


def pages() -> dict[str, str]:
    """Path → content: an overview, and a page a set."""
    return {"indicators/index.md": overview(), **{page_of(held): set_page(held) for held in catalogue()}}


def page_of(held: IndicatorSet) -> str:
    """Path of the page of a set; older editions have one of their own."""
    newest = catalogue().editions(held.id)[0] == held.edition
    edition = "" if newest else f"-{held.edition.replace('.', '-')}"
    return f"indicators/{held.id.replace('_', '-')}{edition}.md"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of Markdown; bars in cells are escaped."""
    heads, body = list(head), [list(row) for row in rows]
    lines = [heads, ["---"] * len(heads), *body]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def overview() -> str:
    """All sets, then all indicators by what they are for."""
    sets = [
        (f"[{held.name.en}]({page_of(held).rpartition('/')[2]})", held.name.ja, f"`{held.id}`", held.edition,
         str(len(held.indicators)))
        for held in catalogue()
    ]  # fmt: skip
    marks = [(f"**{mark}**", words.en, words.ja) for mark, words in MARKS.items()]
    found = [
        (f"`{one.id}`", one.name.en, ", ".join(one.purposes), ", ".join(one.levels).replace("_", " "),
         ", ".join(one.audiences), one.mark)
        for one in catalogue().indicators()
    ]  # fmt: skip
    return "\n".join(
        [
            "# Indicators by the standards\n",
            "Sets of indicators that meguru computes on figures, tables and results. How to: "
            "[From your spreadsheet to ISO 59020 and CTI](../../how-to/standards.md); what is done: "
            "[Sets of indicators](../../methods/indicator-sets.md).\n",
            table(("set", "", "id", "edition", "indicators"), sets),
            "## Marks\n",
            "How far a formula is verified. A value by a formula marked M never claims to be that of a "
            "standard.\n",
            table(("mark", "meaning", ""), marks),
            "## By purpose, level and audience\n",
            "No single number tells circularity: take several, at one level. The purpose *society* (supply, "
            "regions, work) is judged by words and structures; no set here covers it.\n",
            table(("indicator", "name", "purpose", "level", "audience", "mark"), found),
        ]
    )


def set_page(held: IndicatorSet) -> str:
    """Everything about a set."""
    rows = [
        (
            f"`{one.short}`",
            f"[{one.name.en}](#{_anchor(one)})",
            one.name.ja,
            f"`{one.formula}`",
            _unit(one.unit),
            one.mark,
        )
        for one in held.indicators.values()
    ]
    parts = [
        f"# {held.name.en}\n",
        BUILT,
        f"{held.name.ja} — `{held.id}`, edition {held.edition}\n",
        f"{held.about.en}\n",
        f"{held.about.ja}\n",
        f"Source: {held.source}. Marks: V seen in a source, Q seen as a quotation, M from memory and not "
        "confirmed.\n",
        table(("id", "indicator", "", "formula", "unit", "mark"), rows),
    ]
    for one in held.indicators.values():
        parts += _indicator(held, one)
    parts += ["## Figures\n", _figures(held), *_steps(held), *_checks(held), *_examples(held)]
    if held.omitted:
        left_out = [
            (one.id, f"{one.name.en} ({one.name.ja})", f"{one.reason.en} {one.reason.ja}")
            for one in held.omitted
        ]
        parts += ["## Not shipped\n", table(("id", "name", "why"), left_out)]
    return "\n".join(parts)


def _anchor(one: Definition) -> str:
    return one.short.lower().replace(".", "-").replace("_", "-")


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit


def _indicator(held: IndicatorSet, one: Definition) -> Iterator[str]:
    yield f"## {one.name.en} {{ #{_anchor(one)} }}\n"
    yield f"{one.name.ja} — `{one.id}`. {one.meaning.en} {one.meaning.ja}\n"
    if one.note:
        yield f"{one.note.en} {one.note.ja}\n"
    formulas = [(one.variant, f"`{one.formula}`", one.mark, "taken by itself")] if one.variants else []
    formulas += [
        (name, f"`{other.formula}`", other.mark, other.name.en) for name, other in one.variants.items()
    ]
    yield table(("variant", "formula", "mark", ""), formulas) if formulas else f"`{one.formula}`\n"
    rounding = "; ".join(f"{step.rule.replace('_', ' ')}, {step.decimals} decimals" for step in one.rounding)
    rows = [
        ("unit", _unit(one.unit) or "plain number"),
        *([("mandatory", "yes, or the reason why it does not apply")] if one.mandatory else []),
        *([("numerator / denominator", _ratio(one))] if one.ratio or one.no_ratio else []),
        ("better", one.better),
        ("levels", ", ".join(one.levels).replace("_", " ")),
        ("purpose", ", ".join(one.purposes)),
        ("audience", ", ".join(one.audiences)),
        ("boundary", f"{one.boundary.en} {one.boundary.ja}"),
        ("rows of the whole", ", ".join(f"`{method}`" for method in one.aggregation)),
        *([("rounding", rounding)] if rounding else []),
        ("mark", f"{one.mark}: {MARKS[one.mark].en}"),
        ("source", one.source),
        *((f"fully {case}", _limit(limit)) for case, limit in one.limits.items()),
    ]
    yield table(("", ""), rows)
    if one.targets:
        yield table(("target", "value", "year", "mark", "source"), map(_target, one.targets))
    if one.published:
        printed = [(str(row.year), row.value, row.vintage) for row in one.published]
        yield table(("published", "value", "vintage"), printed)


def _ratio(one: Definition) -> str:
    if one.ratio is not None:
        return f"`{one.ratio.numerator}` / `{one.ratio.denominator}`"
    return f"none: {one.no_ratio.en} ({one.no_ratio.ja})" if one.no_ratio else ""


def _limit(limit: Limit) -> str:
    given = _short(limit.given)
    if limit.value is not None:
        return f"**{limit.value}** with {given}"
    why = f"{limit.because.en} ({limit.because.ja})" if limit.because else ""
    return f"**{limit.state}**: {why}"


def _target(target: Target) -> tuple[str, ...]:
    scope = f" ({target.scope.en}, {target.scope.ja})" if target.scope else ""
    value = f"{target.rule.replace('_', ' ')} {target.value}"
    return (
        f"{target.id}{scope}",
        value,
        "not found" if target.year is None else str(target.year),
        target.mark,
        target.source,
    )


def _figures(held: IndicatorSet) -> str:
    """Variables and columns that the formulas of a set rest on."""
    formulas = [one.formula for one in held.indicators.values()]
    formulas += [other.formula for one in held.indicators.values() for other in one.variants.values()]
    used = {name for formula in formulas for name in names_behind(held, formula)}
    rows = [
        _figure(name, variable)
        for name in held.names()
        if name in used and (variable := held.variable(name)) is not None
    ]
    return table(("figure", "unit", "what", "", "if not given"), rows)


def _figure(name: str, variable: Variable) -> tuple[str, ...]:
    instead = f"`{variable.derived}`" if variable.derived else ""
    if variable.default is not None:
        instead = "; else ".join(part for part in (instead, f"{variable.default:g}") if part)
    if variable.unless is not None:
        instead += f" unless `{variable.unless}` > 0"
    if variable.because is not None:
        instead += f" ({variable.because.en})"
    kind = "yes or no" if variable.kind == "flag" else "share" if variable.kind == "share" else variable.unit
    return (f"`{name}`", _unit(kind), variable.name.en, variable.name.ja, instead)


def _steps(held: IndicatorSet) -> Iterator[str]:
    if held.steps:
        yield "## Steps\n"
        rows = [
            (f"`{one.id}`", f"`{one.formula}`", _unit(one.unit), one.name.en, one.name.ja)
            for one in held.steps.values()
        ]
        yield table(("step", "formula", "unit", "what", ""), rows)


def _checks(held: IndicatorSet) -> Iterator[str]:
    yield "## Refused\n"
    yield "Parts count as far as they are known; figures of several rows are held row by row and as a sum.\n"
    rows = [
        (f"{' + '.join(f'`{part}`' for part in one.parts)} > `{one.whole}`", one.says) for one in held.wholes
    ]
    rows += [
        (f"`{one.formula}` < 0" if one.equals is None else f"`{one.formula}` ≠ `{one.equals}`", one.says)
        for one in held.checks
    ]
    yield table(("when", "error says"), rows)


@cache
def _entries() -> list[dict[str, Any]]:
    data = plain(parse_tree(EXAMPLES.read_text(encoding="utf-8"), EXAMPLES.name))
    found: list[dict[str, Any]] = data["examples"]
    return found


def _examples(held: IndicatorSet) -> Iterator[str]:
    """Worked examples of a set, with how far each proves anything."""
    names = shipped_names()
    rows = [
        (f"`{entry['id']}`", _short(entry.get("inputs", {})), _short(entry["expected"]),
         entry["status"].replace("_", " "))
        for entry in _entries()
        if entry["indicator"] in names and _is_of(held, names[entry["indicator"]].set)
    ]  # fmt: skip
    if rows:
        yield "## Worked examples\n"
        yield (
            "Held against the formulas in the tests and by `meguru indicators verify`. What is hand derived "
            "proves arithmetic, not conformance.\n"
        )
        yield table(("example", "figures", "expected", "status"), rows)


def _is_of(held: IndicatorSet, name: str) -> bool:
    return held is catalogue().set(name)


def _short(data: Any) -> str:
    """Figures on one line."""
    text = ", ".join(f"{name} = {_value(value)}" for name, value in data.items())
    return text if len(text) <= MOST_TEXT else f"{text[: MOST_TEXT - 1]}…"


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "[" + "; ".join(_value(one) for one in value) + "]"
    if isinstance(value, dict):
        return "(" + ", ".join(f"{name} {_value(one)}" for name, one in value.items()) + ")"
    return f"{value:g}" if isinstance(value, float) else str(value)
