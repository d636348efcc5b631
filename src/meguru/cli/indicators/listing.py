"""``meguru indicators list``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from meguru.cli.indicators.names import names_of_the_command

if TYPE_CHECKING:
    from meguru.indicators.catalogue import Definition


@click.command("list", short_help="List indicators, by purpose, level and audience.")
@click.option("--set", "-s", "sets", multiple=True, help="A set, may be repeated; default all.")
@click.option(
    "--purpose",
    "-p",
    "purposes",
    multiple=True,
    help="environment, resource, economy or society; may be repeated.",
)
@click.option("--level", help="product, business, supply_chain or nation.")
@click.option("--audience", help="design, management, investor, regulator or public.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(
    sets: tuple[str, ...], purposes: tuple[str, ...], level: str | None, audience: str | None, as_json: bool
) -> None:
    """List the indicators that serve a purpose at a level for an audience.

    No single indicator tells circularity: take several, at one level. Standards do not cover the purpose
    society; nothing is listed under it.

    \b
    Examples:
      meguru indicators list
      meguru indicators list --purpose resource --level product --audience design
      meguru indicators list --set cti --json
    """
    from meguru.cli.screen import print_json
    from meguru.indicators.catalogue import catalogue

    with names_of_the_command():
        chosen = catalogue().choose(purposes=purposes, level=level, audience=audience, sets=sets)
    if as_json:
        print_json({"indicators": [_data(one) for one in chosen]})
    else:
        _print(chosen)


def _data(one: Definition) -> dict[str, Any]:
    return {
        "id": one.id,
        "set": one.set,
        "edition": one.edition,
        "name": one.name._asdict(),
        "meaning": one.meaning._asdict(),
        "formula": one.formula,
        "unit": one.unit,
        "mark": one.mark,
        "variants": one.variant_names,
        "levels": list(one.levels),
        "purposes": list(one.purposes),
        "audiences": list(one.audiences),
        "better": one.better,
        "mandatory": one.mandatory,
    }


def _print(chosen: list[Definition]) -> None:
    from rich.text import Text

    from meguru.cli.screen import QUIET, STRONG, console, table
    from meguru.cli.values import language

    screen = console()
    if not chosen:
        screen.print("no indicator of the catalogue serves this", style=QUIET)
        return
    shown = table()
    shown.add_column("indicator", style=STRONG, no_wrap=True)
    shown.add_column("what", overflow="fold")
    shown.add_column("unit", style=QUIET, no_wrap=True)
    shown.add_column("mark", no_wrap=True)
    shown.add_column("level", style=QUIET, overflow="fold")
    newest: dict[str, str] = {}
    for one in chosen:
        edition = newest.setdefault(one.set, one.edition)
        ident = one.id if one.edition == edition else f"{one.set}@{one.edition}.{one.short}"
        name = one.name.of(language())
        levels = ", ".join(one.levels).replace("_", " ")
        shown.add_row(Text(ident), Text(name), "" if one.unit == "1" else one.unit, one.mark, Text(levels))
    screen.print(shown)
    screen.print()
    screen.print("V seen in a source   Q seen as a quotation   M from memory, not confirmed", style=QUIET)
