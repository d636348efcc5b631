"""The loop in small: a shift of a simulated plant, unit data of it, case I run with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pandas import DataFrame
    from rich.console import Console

EXAMPLE, CASE = "compressor-dismantling", "compressor-magnet"
DAY = 20_544  # 1 April 2026
SHOWN = ("co2_reduction", "recycled_rare_earth_rate", "magnet_cost_ratio")


def closed_loop(folder: Path) -> dict[str, Any]:
    """Simulate a shift with faults, measure it, make a library of it, and run case I with and without it.

    Everything but case I is synthetic. The folder gets the store, a version of unit data, the library and
    the model.

    Returns
    -------
    Plain data: counts, the account of the day (kWh), the chain, indicators of the last year before and after.
    """
    import meguru
    from meguru.examples.locate import example_path
    from meguru.inventory import write_library
    from meguru.reverse.meter.plant_file import day_offset, read_plant
    from meguru.reverse.meter.store import Store
    from meguru.reverse.plant.sensors import ALL_FAULTS, simulate_plant
    from meguru.reverse.plant.writing import write_to_store
    from meguru.reverse.segment.process import process
    from meguru.reverse.unit_data.export import chain_energy, read_chains, to_library
    from meguru.reverse.unit_data.measured import to_unit_data
    from meguru.reverse.unit_data.records import add_version

    home = example_path(EXAMPLE).parent
    plant, chains = read_plant(home / "plant.yaml"), read_chains(home / "chains.yaml")
    report = write_to_store(simulate_plant(plant, [DAY], faults=ALL_FAULTS), folder / "store")
    measured = process(plant, Store(folder / "store", day_offset(plant)))
    data = to_unit_data(plant, measured)
    add_version(data, folder / "versions")
    write_library(to_library(data, chains, drafts=True), folder / "dismantling.yaml")
    base = str(example_path(CASE)).replace("\\", "/")
    text = (
        (home / "model.yaml")
        .read_text(encoding="utf-8")
        .replace("../compressor-magnet/model.yaml", f'"{base}"')
    )
    (folder / "model.yaml").write_text(text, encoding="utf-8")
    before = meguru.evaluate(meguru.compare(meguru.example(CASE)))
    after = meguru.evaluate(meguru.compare(meguru.load(folder / "model.yaml")))
    chain = chain_energy(data, next(iter(chains.chains.values())))
    return {
        "synthetic": True,
        "readings": report.readings,
        "cycles": len(measured.cycles),
        "kwh": {
            str(name): float(total) * 1e-9
            for name, total in measured.days.groupby("channel")["total"].sum().items()
        },
        "chain_kwh": chain.mean,
        "chain_sd": chain.sd,
        "indicators": [
            {"indicator": name, "scenario": scenario, "before": one, "after": _last(after, name, scenario)}
            for name in SHOWN
            for scenario in ("A", "B")
            for one in [_last(before, name, scenario)]
        ],
        "folder": str(folder),
    }


def _last(frame: DataFrame, indicator: str, scenario: str) -> float:
    rows = frame[(frame["indicator"] == indicator) & (frame["scenario"] == scenario)]
    return float(rows.sort_values("year")["value"].iloc[-1])


def show(loop: dict[str, Any], screen: Console) -> None:
    """The loop on the screen."""
    from rich.text import Text

    import meguru
    from meguru.cli.screen import BAD, QUIET, STRONG, number, table
    from meguru.cli.values import label

    screen.print(
        Text.assemble(("The loop in small: dismantling metered", STRONG), ("  synthetic readings", BAD))
    )
    screen.print(
        f"{loop['readings']:,} readings of a simulated shift with faults, {loop['cycles']} cycles, "
        f"{number(loop['chain_kwh'])} ± {number(loop['chain_sd'])} kWh per compressor"
    )
    shown = table()
    shown.add_column("case I, last year")
    for head in ("scenario", "calibrated", "with readings", "difference"):
        shown.add_column(head, justify="right")
    shown.add_column("unit", style=QUIET)
    indicators = meguru.example(CASE).indicators
    for row in loop["indicators"]:
        one = indicators[row["indicator"]]
        shown.add_row(
            label(one, row["indicator"]),
            row["scenario"],
            number(row["before"]),
            number(row["after"]),
            f"{row['after'] - row['before']:+.3g}",
            one.unit,
        )
    screen.print(shown)
    screen.print(Text.assemble(("library and model in ", QUIET), f"{loop['folder']}/"), soft_wrap=True)
    screen.print()
