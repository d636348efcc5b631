"""``meguru robust``."""

from __future__ import annotations

import click

from meguru.cli.explore.options import json_option, over_of, over_option


@click.command(short_help="Choose among scenarios when numbers are uncertain.")
@click.argument("model")
@click.argument("goal")
@click.option("--scenario", "-s", "scenarios", multiple=True, help="May be repeated; default all.")
@click.option(
    "--samples",
    type=click.IntRange(2, 10_000_000),
    default=1000,
    show_default=True,
    help="Of the uncertain numbers.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Common to all scenarios.")
@click.option(
    "--level", type=float, default=0.05, show_default=True, help="Share of the samples that may be worse."
)
@over_option
@json_option
def robust(
    model: str,
    goal: str,
    scenarios: tuple[str, ...],
    samples: int,
    seed: int,
    level: float,
    over: str,
    as_json: bool,
) -> None:
    """Weigh scenarios by one indicator over the same samples: mean, unlucky and worst values, regret.

    GOAL is an indicator, as co2 or co2:less.

    \b
    Examples:
      meguru robust refrigerators no3:more --samples 500
    """
    from meguru.cli.models import known_scenarios, read_model
    from meguru.cli.remarks import ALIKE
    from meguru.cli.screen import BAD, GOOD, QUIET, console, number, print_json, progress, table
    from meguru.explore.proposals.robust import CRITERIA, robust_choice
    from meguru.model.uncertain import is_certain

    read = read_model(model)
    names = known_scenarios(read, scenarios) or None
    when = over_of(over)
    with progress("running", samples) as advance:
        found = robust_choice(
            read, goal, names, samples=samples, seed=seed, level=level, over=when, progress=advance
        )
    best = {criterion: found.best(criterion) for criterion in CRITERIA}
    alike = is_certain(read, found.names)
    if as_json:
        rows = found.table().to_dict("records")
        data = {"model": read.name, "goal": found.goal.name, "alike": alike, "best": best, "choices": rows}
        print_json(data)
        return
    from rich.text import Text

    unit = read.indicators[found.goal.name].unit
    screen, shown = console(), table()
    shown.add_column(f"{found.goal.name}, {unit}", overflow="fold")
    titles = {"unlucky": f"missed in {level:.0%}", "regret_mean": "mean regret", "regret_most": "most regret"}
    for criterion in CRITERIA:
        shown.add_column(titles.get(criterion, criterion), justify="right")
    shown.add_column("best in", justify="right")
    for row in found.table().to_dict("records"):
        cells = [Text(number(row[one]), GOOD if best[one] == row["choice"] else "") for one in CRITERIA]
        shown.add_row(row["choice"], *cells, f"{row['wins']:.1%}")
    screen.print(shown)
    screen.print(f"{samples:,} samples, seed {seed}, the same for all", style=QUIET)
    if alike:
        screen.print(f"! {ALIKE}", style=BAD)
