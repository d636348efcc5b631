"""``meguru inventory show``."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import click

from meguru.cli.inventory.options import json_option, library_option

if TYPE_CHECKING:
    from rich.console import Console

    from meguru.inventory import Gap, Library


@click.command(short_help="Show a library, a flow, an activity or a factor.")
@click.argument("name", required=False)
@library_option
@click.option("--impact", help="Only the factor of this impact category.")
@click.option("--region", help="Of the factor, as JP; without NAME, of activities that name none.")
@click.option("--year", type=float, help="Of use: of a factor by year, and how far away any other is.")
@click.option("--unit", help="Of the flow: the factor per this unit.")
@click.option("--scope", help="Of the factor, where there are several.")
@json_option
def show(
    name: str | None,
    library: str,
    impact: str | None,
    region: str | None,
    year: float | None,
    unit: str | None,
    scope: str | None,
    as_json: bool,
) -> None:
    """Show what a library holds; with NAME a flow or an activity; with --impact one factor.

    Without NAME also every exchange that has neither factor nor activity behind it: nothing is silently
    zero. Where --region has no factor, that of RoW, of GLO or of everywhere is taken, and it says so.

    \b
    Examples:
      meguru inventory show
      meguru inventory show injection_moulding
      meguru inventory show 軽油 --impact climate --region JP --unit MJ
    """
    from meguru import inventory

    read = inventory.read_library(library)
    if name is None:
        if impact is not None:
            raise click.UsageError("--impact needs the NAME of a flow.")
        _whole(read, region, as_json)
    elif impact is None:
        _entry(read, name, as_json)
    else:
        found = inventory.factor(read, name, impact, region=region, year=year, unit=unit, scope=scope)
        _factor(dataclasses.asdict(found), region, year, as_json)


def _whole(library: Library, region: str | None, as_json: bool) -> None:
    from meguru import inventory
    from meguru.cli.inventory.warnings import print_warnings
    from meguru.cli.screen import QUIET, STRONG, console, print_json

    gaps = inventory.find_gaps(library, region=region)
    stand_ins = inventory.find_stand_ins(library, region=region)
    unknown = inventory.unknown_units(library)
    sizes = {
        "impacts": len(library.impacts),
        "flows": len(library.flows),
        "activities": len(library.activities),
    }
    if as_json:
        about = {"name": library.name, "source": library.source, "licence": library.licence}
        told = {"gaps": [dataclasses.asdict(gap) for gap in gaps],
                "stand_ins": [dataclasses.asdict(one) for one in stand_ins],
                "unknown_units": unknown}  # fmt: skip
        print_json({**about, **sizes, **told})
        return
    screen = console()
    counts = ", ".join(f"{count} {what}" for what, count in sizes.items())
    screen.print(library.name, style=STRONG, end="  ")
    screen.print(counts, style=QUIET)
    for key, text in (("source", library.source), ("licence", library.licence)):
        if text:
            screen.print(f"{key}: {text}", style=QUIET)
    _names(screen, library)
    _gaps(screen, library, gaps)
    print_warnings(screen, stand_ins, unknown)


def _names(screen: Console, library: Library) -> None:
    """The first entries of each kind."""
    from meguru.cli.screen import table
    from meguru.inventory.lookup import shown

    most = 40
    for what, entries in (("flows", library.flows), ("activities", library.activities)):
        if not entries:
            continue
        found = table(what)
        for heading in ("name", "label", "unit"):
            found.add_column(heading, overflow="fold")
        for name, one in list(entries.items())[:most]:
            flow = library.flows[getattr(one, "flow", name)]
            label = shown(name, one)
            found.add_row(name, "" if label == name else label, flow.unit)
        screen.print()
        screen.print(found)
        if len(entries) > most:
            screen.print(f"and {len(entries) - most} more: meguru inventory search finds them")


def _gaps(screen: Console, library: Library, gaps: list[Gap]) -> None:
    from meguru.cli.screen import BAD, GOOD, QUIET, table
    from meguru.inventory.links import UNRATED

    missing = [gap for gap in gaps if gap.why != UNRATED]
    screen.print()
    if not library.impacts:
        screen.print("no impact category: the library rates nothing", style=BAD)
    elif not missing:
        screen.print("✓ every product and waste has a factor or an activity behind it", style=GOOD)
    else:
        found = table("without factor: in no sum")
        for heading in ("activity", "flow", "impact", "region", "why"):
            found.add_column(heading, overflow="fold")
        for gap in missing:
            found.add_row(gap.activity, gap.flow, gap.impact, gap.region or "", gap.why)
        screen.print(found)
        screen.print(f"{len(missing)} without factor", style=BAD)
    if len(missing) < len(gaps):
        screen.print(f"{len(gaps) - len(missing)} emissions and resources are not characterised", style=QUIET)


def _entry(library: Library, name: str, as_json: bool) -> None:
    """A flow or an activity, as it stands in the file."""
    from meguru import inventory
    from meguru.cli.screen import QUIET, STRONG, console, print_json
    from meguru.errors import UnknownNameError
    from meguru.files.document import component_data
    from meguru.files.yaml_text import to_yaml
    from meguru.inventory.lookup import shown

    kind = "activity"
    one: Any
    try:
        key, one = inventory.find_activity(library, name)
    except UnknownNameError:
        kind = "flow"
        key, one = inventory.find_flow(library, name)
    data = component_data(one, "", {})
    if as_json:
        print_json({"kind": kind, "name": key, **data})
        return
    screen = console()
    screen.print(key, style=STRONG, end="  ")
    screen.print(f"{kind} of {library.name}: {shown(key, one)}", style=QUIET)
    screen.print(to_yaml(data).rstrip(), soft_wrap=True)


def _factor(found: dict[str, Any], region: str | None, year: float | None, as_json: bool) -> None:
    from meguru.cli.screen import BAD, QUIET, STRONG, console, number, print_json

    if as_json:
        print_json(found)
        return
    screen = console()
    screen.print(f"{number(found['value'])} {found['unit']}", style=STRONG, end="  ")
    screen.print(f"{found['impact']} of {found['flow']}", style=QUIET)
    if region is not None and found["region"] != region:
        taken = f"that of {found['region']}" if found["region"] else "the one that holds everywhere"
        screen.print(f"no factor of {region}: {taken}", style=BAD)
    if year is not None and found["time_score"] > 1:
        screen.print(_far(found["year"], year, found["time_score"]), style=BAD, soft_wrap=True)
    for key in ("region", "year", "scope", "note", "source", "licence"):
        if found[key] is not None:
            screen.print(f"{key}: {found[key]}", style=QUIET, soft_wrap=True)
    if found["assumed"]:
        screen.print("assumed: nobody measured or published it", style=BAD)


def _far(own: int | None, year: float, score: int) -> str:
    """That a factor is of another time, and what this makes of its uncertainty."""
    apart = "of a year that nobody states" if own is None else f"{abs(year - own):g} years from {year:g}"
    return f"{apart}: score {score} of 5 for time in the pedigree of what is calculated with it"
