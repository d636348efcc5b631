"""``meguru foresight run``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meguru.foresight import CausalModel, CausalWarning
    from meguru.foresight.futures import Futures

MOST_NODES = 20  # shown of a model without KPIs


@click.command(short_help="Simulate futures and print the spread of the KPIs.")
@click.argument("model")
@click.option(
    "--scenarios", "-n", type=click.IntRange(1), help="How many; default what the model says, else 1,000."
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the random numbers.")
@click.option("--out", "-o", type=click.Path(file_okay=False, path_type=Path), help="Folder for the results.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def run(model: str, scenarios: int | None, seed: int, out: Path | None, as_json: bool) -> None:
    """Simulate futures of a causal model, print the spread of its KPIs at the milestones of its settings.

    The folder gets futures.nc (all states, draws, the model and provenance) and quantiles.csv (every node).

    \b
    Examples:
      meguru foresight run foresight-small
      meguru foresight run causal.yaml --scenarios 20000 --seed 7 --out results/
      meguru foresight run workshop.xlsx --json
    """
    from meguru.cli.foresight.models import read_causal_model
    from meguru.cli.screen import print_json, progress
    from meguru.foresight.checks import check
    from meguru.foresight.quantile_table import milestones, quantile_rows
    from meguru.foresight.simulation import simulate

    read = read_causal_model(model)
    warned = check(read)
    with progress("simulating", scenarios, announce_compiling) as advance:
        futures = simulate(read, scenarios, seed, progress=advance)
    rows = quantile_rows(futures, _shown(read), milestones(futures))
    files = [] if out is None else _write(futures, out)
    if as_json:
        data = {"model": read.name, "provenance": futures.provenance, "quantiles": rows}
        print_json({**data, "warnings": [str(one) for one in warned], "files": [str(path) for path in files]})
    else:
        _print(read, futures, rows, warned, files)


def announce_compiling() -> None:
    """Tell why the very first run takes longer."""
    from meguru import foresight
    from meguru.cli.screen import COMPILING, say
    from meguru.engine.compiled import cache_folder

    if not any(cache_folder(Path(foresight.__file__).parent).rglob("kernel.run*.nbc")):
        say(COMPILING)


def _shown(model: CausalModel) -> list[str]:
    """KPIs; of a model without any, the first nodes."""
    kpis = [name for name, node in model.nodes.items() if node.role == "kpi"]
    return kpis or list(model.nodes)[:MOST_NODES]


def _write(futures: Futures, folder: Path) -> list[Path]:
    from meguru.cli.models import make_folder
    from meguru.cli.screen import say
    from meguru.files.writing import write_beside
    from meguru.foresight.quantile_table import quantiles

    make_folder(folder)
    states, table = folder / "futures.nc", folder / "quantiles.csv"
    futures.save(states)
    write_beside(table, quantiles(futures).to_csv(index=False).encode("utf-8"))
    if (folder / "report.html").exists():
        say(f"{folder / 'report.html'} tells of the futures that were there before: write it again")
    return [states, table]


def _print(
    model: CausalModel,
    futures: Futures,
    rows: list[dict[str, Any]],
    warned: Sequence[CausalWarning],
    files: list[Path],
) -> None:
    from rich.text import Text

    from meguru.cli.check import count
    from meguru.cli.screen import BAD, QUIET, STRONG, console, number, table
    from meguru.cli.tables import NARROWEST_LABEL, print_files
    from meguru.cli.values import language
    from meguru.foresight.telling.words import unit_of

    screen = console()
    head = f"  {futures.members.size:,} futures, {model.first:g} to {model.last:g}, seed {futures.seed}"
    screen.print(Text.assemble((model.name, STRONG), (head, QUIET)))
    for one in warned:
        if one.kind == "diverging":  # the numbers below mean little then
            screen.print(Text.assemble(("! ", BAD), str(one)))
    if warned:
        screen.print(
            Text.assemble(("! ", BAD), f"{count(len(warned), 'warning')}: see meguru foresight check")
        )
    screen.print()
    shown = table()
    shown.add_column("median (5 % – 95 %)", overflow="fold", min_width=NARROWEST_LABEL)
    for year in dict.fromkeys(row["year"] for row in rows):
        shown.add_column(f"{year:g}", justify="right")
    shown.add_column("unit", style=QUIET, overflow="fold")
    cells: dict[str, list[str]] = {}
    for row in rows:
        middle, low, high = (number(row[key]) for key in ("p50", "p05", "p95"))
        text = middle if low == middle == high else f"{middle} ({low} – {high})"
        cells.setdefault(row["node"], []).append(text)
    for name, texts in cells.items():
        node = model.nodes[name]
        shown.add_row(Text(node.label.get(language()) or name), *texts, Text(unit_of(node.unit)[language()]))
    screen.print(shown)
    print_files(screen, files)
