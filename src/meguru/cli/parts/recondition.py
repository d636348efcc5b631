"""``meguru parts recondition``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from meguru.cli.explore.options import json_option

if TYPE_CHECKING:
    from meguru.engine import Result
    from meguru.explore.parts.programme import Part


@click.command(short_help="Plan which parts to recondition, how many and when.")
@click.argument("model")
@click.option("--scenario", "-s", help="Whose demand and returns; default the reference.")
@click.option(
    "--part",
    "-p",
    "texts",
    multiple=True,
    required=True,
    help='A part and its numbers, as "gear new=900 recondition=200 hours=0.5"; may be repeated.',
)
@click.option("--hours", type=click.FloatRange(0), help="Of the shop in each step; default any number.")
@json_option
def recondition(
    model: str, scenario: str | None, texts: tuple[str, ...], hours: float | None, as_json: bool
) -> None:
    """Plan reconditioning at least cost, for the demand and the returns of a run.

    Numbers of a part, all per piece: new, recondition, scrap, hold, hold_core, lost (costs); hours, recovery
    (0 to 1), stock, cores, most_stock, most_cores.

    \b
    Examples:
      meguru parts recondition atm-parts -s measure-2 -p "parts_4 new=7500 recondition=1773"
    """
    import meguru
    from meguru.cli.models import known_scenarios, read_model
    from meguru.cli.screen import QUIET, announce_compiling, console, number, print_json, table
    from meguru.explore.parts.planning import plan_reconditioning

    given = _given(texts)
    read = read_model(model)
    known_scenarios(read, [scenario] if scenario else [])
    announce_compiling()
    result = meguru.run(read, scenario)
    wanted = {name: _part(result, name, numbers) for name, numbers in given.items()}
    plan = plan_reconditioning(wanted, float("inf") if hours is None else hours)
    frame = plan.table()
    if as_json:
        print_json(
            {
                "model": read.name,
                "cost": plan.cost,
                "used_hours": plan.used_hours.tolist(),
                "hour_worth": plan.hour_worth.tolist(),
                "plan": frame.to_dict("records"),
            }
        )
        return
    times = [str(one) for one in result.units.coords["time"].values.tolist()]
    screen, shown = console(), table()
    for title in ("part", "time", *map(str, frame.columns[2:])):
        shown.add_column(title, justify="left" if title == "part" else "right")
    for row in frame.to_dict("records"):
        part, period, *values = row.values()
        shown.add_row(part, times[period], *(number(float(value)) for value in values))
    screen.print(shown)
    worth = ", ".join(
        f"{time} {number(one)}" for time, one in zip(times, plan.hour_worth, strict=True) if one
    )
    screen.print(f"cost {number(plan.cost)}; an hour more would save {worth or 'nothing'}", style=QUIET)


def _given(texts: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """Part → its numbers, each part and each of its numbers once."""
    parts: dict[str, dict[str, float]] = {}
    for text in texts:
        if not text.strip():
            raise click.UsageError('--part is empty; name a part, as "gear new=900 recondition=200".')
        name, *given = text.split()
        if name in parts:
            raise click.UsageError(f"--part '{name}' is there twice; say all its numbers in one.")
        parts[name] = {}
        for one in given:
            key, value = _number(name, one)
            if key in parts[name]:
                raise click.UsageError(f"'{key}' of part '{name}' is there twice.")
            parts[name][key] = value
    return parts


def _number(name: str, text: str) -> tuple[str, float]:
    """One number of a part, as ``new=900``."""
    from dataclasses import fields

    from meguru.errors import did_you_mean
    from meguru.explore.parts.programme import Part

    known = [one.name for one in fields(Part) if one.name not in ("demand", "returns")]
    key, _, value = text.partition("=")
    if key not in known:
        hint = did_you_mean(key, known) or f"There are {', '.join(known)}."
        raise click.UsageError(f"A part has no number '{key}'. {hint}")
    try:
        return key, float(value)
    except ValueError:
        raise click.UsageError(f"'{text}' of part '{name}' is no number.") from None


def _part(result: Result, name: str, numbers: dict[str, float]) -> Part:
    """A part with demand and returns of a run, and the numbers that were given."""
    from meguru.errors import asked
    from meguru.explore.parts.programme import Part
    from meguru.indicators import demand_and_supply

    with asked():
        demand, supply = (series.mean(axis=0) for series in demand_and_supply(result, name))
    return Part(demand, supply, **numbers)
