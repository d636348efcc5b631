"""``meguru parts take-back``."""

from __future__ import annotations

import click

from meguru.cli.explore.options import json_option

STEPS = 100  # in a year
SHOWN = 8


@click.command("take-back", short_help="Find the age at which to take goods back.")
@click.argument("model")
@click.argument("process")
@click.argument("route")
@click.option("--scenario", "-s", help="Default the reference.")
@click.option("--segment", help="Of the users, with its own lifetimes and stretch; default without.")
@click.option("--service", type=float, default=0.0, show_default=True, help="What one in use brings a year.")
@click.option("--new", type=float, default=0.0, show_default=True, help="Price of a new one.")
@click.option("--failed", type=float, default=0.0, show_default=True, help="What one that failed fetches.")
@click.option("--collection", type=float, default=0.0, show_default=True, help="Cost of taking one back.")
@click.option("--discount-rate", type=float, default=0.0, show_default=True, help="Per year, as 0.03.")
@click.option("--oldest", type=click.FloatRange(1, 500), default=30.0, show_default=True, help="Age, years.")
@json_option
def take_back(
    model: str,
    process: str,
    route: str,
    scenario: str | None,
    segment: str | None,
    service: float,
    new: float,
    failed: float,
    collection: float,
    discount_rate: float,
    oldest: float,
    as_json: bool,
) -> None:
    """Find the age at which taking goods back brings most in the long run, while they still have value.

    PROCESS is a use process, whose causes of leaving count as failures; ROUTE is one with a price, by age if
    it has a residual value. Money is the model's.

    \b
    Examples:
      meguru parts take-back small-battery use_battery "triage.second_use -> used_batteries"
    """
    import numpy as np

    from meguru.cli.models import known_scenarios, read_model
    from meguru.cli.screen import STRONG, console, number, print_json, table
    from meguru.explore.parts.by_age import intact_by_age, price_by_age
    from meguru.explore.parts.take_back import take_back as find

    read = read_model(model)
    known_scenarios(read, [scenario] if scenario else [])
    ages = np.linspace(0.0, oldest, int(oldest * STEPS) + 1)
    found = find(
        ages,
        intact_by_age(read, process, ages, scenario, segment),
        price_by_age(read, route, ages, scenario),
        failed,
        collection=collection,
        service=service,
        new=new,
        discount_rate=discount_rate,
    )
    best = float(np.nanmax(found.per_year))
    if as_json:
        print_json(
            {
                "model": read.name,
                "best_age": found.best,
                "at_the_end": found.at_the_end,
                "per_year": best,
                "ages": found.table().iloc[:: STEPS // 2].to_dict("records"),
            }
        )
        return
    screen, shown = console(), table()
    for title in ("age, years", "intact", "years in use", "value of a cycle", "value per year"):
        shown.add_column(title, justify="right")
    frame = found.table()
    rows = sorted(
        {*np.linspace(0, len(frame) - 1, SHOWN).astype(int).tolist(), int(np.nanargmax(found.per_year))}
    )
    for index in rows:
        row = frame.iloc[index]
        style = STRONG if index == int(np.nanargmax(found.per_year)) else None
        shown.add_row(*(number(float(value)) for value in row), style=style)
    screen.print(shown)
    when = "never, as far as was looked" if found.at_the_end else f"at {number(found.best)} years"
    screen.print(f"best taken back {when}: {number(best)} a year in the long run")
