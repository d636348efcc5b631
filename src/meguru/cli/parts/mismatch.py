"""``meguru parts mismatch``."""

from __future__ import annotations

import click

from meguru.cli.explore.options import json_option


@click.command(short_help="Show where supply and demand of a part miss each other in time.")
@click.argument("model")
@click.argument("item")
@click.option("--scenario", "-s", help="Default the reference.")
@click.option("--store", default="*", show_default=True, help="Stores from which it is drawn.")
@json_option
def mismatch(model: str, item: str, scenario: str | None, store: str, as_json: bool) -> None:
    """Show demand for a part and what of it comes back recovered, step by step, and the marginal reuse rate.

    \b
    Examples:
      meguru parts mismatch atm-parts parts_4 --scenario measure-2
    """
    import meguru
    from meguru.cli.models import known_scenarios, read_model
    from meguru.cli.screen import QUIET, announce_compiling, console, number, print_json, table
    from meguru.explore.parts.mismatch import mismatch_of

    read = read_model(model)
    known_scenarios(read, [scenario] if scenario else [])
    announce_compiling()
    found = mismatch_of(meguru.run(read, scenario), item, store)
    frame = found.table()
    rates = {"without_store": found.rate, "with_store": found.rate_stored}
    if as_json:
        data = {name: rate._asdict() for name, rate in rates.items()}
        print_json({"model": read.name, "item": item, "rates": data, "steps": frame.to_dict("records")})
        return
    screen, shown = console(), table()
    for name in frame.columns:
        shown.add_column(str(name).replace("_", " "), justify="right")
    for row in frame.to_dict("records"):
        time, *values = row.values()
        shown.add_row(str(time), *(number(float(value)) for value in values))
    screen.print(shown)
    for name, rate in rates.items():
        shares = ["undefined" if one is None else f"{one:.1%}" for one in (rate.per_demand, rate.per_return)]
        text = f"marginal reuse rate {name.replace('_', ' ')}: {shares[0]} of demand, {shares[1]} of supply"
        screen.print(text, style=QUIET)
