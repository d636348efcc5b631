"""``meguru indicators show``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from meguru.cli.indicators.names import names_of_the_command

if TYPE_CHECKING:
    from rich.console import Console

    from meguru.indicators.catalogue import Definition, IndicatorSet


@click.command(short_help="Formula, figures, source and limits of a set or an indicator.")
@click.argument("ident", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(ident: str, as_json: bool) -> None:
    """Tell all about a set or one of its indicators: formula, figures, mark, source, limits.

    \b
    Examples:
      meguru indicators show iso_59020
      meguru indicators show mci.product
      meguru indicators show cti@1.0.critical_material
    """
    from meguru.cli.screen import console, print_json
    from meguru.indicators.catalogue import catalogue

    with names_of_the_command():
        held, one = catalogue().find(ident)
    if as_json:
        print_json(_set_data(held) if one is None else _data(held, one))
    elif one is None:
        _print_set(console(), held)
    else:
        _print(console(), held, one)


def _set_data(held: IndicatorSet) -> dict[str, Any]:
    return {
        "id": held.id,
        "edition": held.edition,
        "name": held.name._asdict(),
        "about": held.about._asdict(),
        "source": held.source,
        "indicators": [_data(held, one) for one in held.indicators.values()],
        "not_shipped": [{"id": one.id, "reason": one.reason._asdict()} for one in held.omitted],
    }


def _data(held: IndicatorSet, one: Definition) -> dict[str, Any]:
    from meguru.cli.indicators.listing import _data as listed

    return {
        **listed(one),
        "boundary": one.boundary._asdict(),
        "source": one.source,
        "note": one.note._asdict() if one.note else None,
        "aggregation": list(one.aggregation),
        "ratio": one.ratio._asdict() if one.ratio else None,
        "no_ratio": one.no_ratio._asdict() if one.no_ratio else None,
        "rounding": [f"{step.rule}, {step.decimals} decimals" for step in one.rounding],
        "figures": [
            {"id": name, "unit": unit, "name": words, "formula": formula, "default": default, "because": why}
            for name, unit, words, formula, default, why in _figures(held, one, "en")
        ],
        "limits": {
            case: limit.value or f"{limit.state}: {limit.because.en if limit.because else ''}"
            for case, limit in one.limits.items()
        },
        "targets": [
            {
                "id": target.id,
                "rule": target.rule,
                "value": target.value,
                "year": target.year,
                "mark": target.mark,
            }
            for target in one.targets
        ],
    }


def _figures(held: IndicatorSet, one: Definition, language: str) -> Iterator[tuple[str, ...]]:
    """Id, unit, name, formula, default and its reason of all that stands behind an indicator."""
    from meguru.indicators.catalogue.evaluation import names_behind

    formulas = [one.formula, *(other.formula for other in one.variants.values())]
    names = {name for formula in formulas for name in names_behind(held, formula)}
    for name in held.names():
        if name not in names:
            continue
        step, variable = held.steps.get(name), held.variable(name)
        if step is not None:
            yield name, step.unit, step.name.of(language), step.formula, "", ""
        elif variable is not None:
            default = "" if variable.default is None else f"{variable.default:g}"
            default += f" unless {variable.unless} > 0" if variable.unless else ""
            because = "" if variable.because is None else variable.because.of(language)
            yield name, variable.unit, variable.name.of(language), variable.derived or "", default, because


def _print_set(screen: Console, held: IndicatorSet) -> None:
    from rich.text import Text

    from meguru.cli.screen import QUIET, STRONG, table
    from meguru.cli.values import language

    spoken = language()
    screen.print(
        Text.assemble((held.name.of(spoken), STRONG), (f"  {held.id}, edition {held.edition}", QUIET))
    )
    screen.print(Text(held.about.of(spoken)))
    screen.print(Text(f"Source: {held.source}", style=QUIET))
    screen.print()
    shown = table()
    shown.add_column("indicator", style=STRONG, no_wrap=True)
    shown.add_column("what", overflow="fold")
    shown.add_column("formula", overflow="fold")
    shown.add_column("mark", no_wrap=True)
    for one in held.indicators.values():
        shown.add_row(one.short, Text(one.name.of(spoken)), Text(one.formula), one.mark)
    screen.print(shown)
    if held.omitted:
        screen.print()
        screen.print("not shipped", style=STRONG)
        for left in held.omitted:
            screen.print(
                Text.assemble(f"  {left.id} {left.name.of(spoken)}  ", (left.reason.of(spoken), QUIET)),
                soft_wrap=True,
            )


def _print(screen: Console, held: IndicatorSet, one: Definition) -> None:
    from rich.text import Text

    from meguru.cli.screen import QUIET, STRONG, table
    from meguru.cli.values import language
    from meguru.indicators.catalogue.definitions import MARKS

    spoken = language()
    screen.print(Text.assemble((one.name.of(spoken), STRONG), (f"  {one.id}, edition {one.edition}", QUIET)))
    screen.print(Text(one.meaning.of(spoken)))
    screen.print()
    for name, text in _lines(one, spoken):
        screen.print(Text.assemble((f"{name:<15}", QUIET), text), soft_wrap=True)
    screen.print(Text.assemble((f"{'mark':<15}", QUIET), f"{one.mark}: {MARKS[one.mark].of(spoken)}"))
    screen.print()
    shown = table("figures")
    for title in ("figure", "unit", "what", "if not given"):
        shown.add_column(title, overflow="fold")
    for ident, unit, words, formula, default, because in _figures(held, one, spoken):
        instead = formula + (f"; else {default}" if formula and default else default)
        instead += f" ({because})" if because else ""
        shown.add_row(ident, "" if unit == "1" else unit, Text(words), Text(instead))
    screen.print(shown)


def _lines(one: Definition, spoken: str) -> Iterator[tuple[str, str]]:
    yield "formula", f"{one.formula}   [{one.unit}]"
    for name, other in one.variants.items():
        yield f"or {name}", f"{other.formula}   ({other.name.of(spoken)}; {other.mark})"
    if one.ratio is not None:
        yield "ratio", f"{one.ratio.numerator} / {one.ratio.denominator}"
    if one.no_ratio is not None:
        yield "no ratio", one.no_ratio.of(spoken)
    yield "better", one.better
    if one.mandatory:
        yield "mandatory", "yes, or the reason why it does not apply"
    yield "level", ", ".join(one.levels)
    yield "purpose", ", ".join(one.purposes)
    yield "audience", ", ".join(one.audiences)
    yield "boundary", one.boundary.of(spoken)
    yield "source", one.source
    if one.note:
        yield "note", one.note.of(spoken)
    for case, limit in one.limits.items():
        why = f"{limit.state}: {limit.because.of(spoken)}" if limit.because else ""
        yield case, limit.value or why
    for target in one.targets:
        scope = f", {target.scope.of(spoken)}" if target.scope else ""
        rule = target.rule.replace("_", " ")
        year = "" if target.year is None else f" in {target.year}"
        yield "target", f"{target.id}: {rule} {target.value}{year}{scope} ({target.mark})"
