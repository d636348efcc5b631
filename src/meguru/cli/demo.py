"""``meguru demo``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from meguru.cli.main import OK, RUN_FAULT

if TYPE_CHECKING:
    from rich.console import Console

CASES = {
    "compressor-magnet": "Case I: magnets of air-conditioner compressors",
    "atm-parts": "Case II: reuse of ATM parts",
}
REAL = "pv-modules"
MOST_LINES = 16


@click.command(short_help="Run the published cases and write their reports.")
@click.option(
    "--out",
    "-o",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("meguru-demo"),
    show_default=True,
    help="Folder for the reports.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def demo(out: Path, as_json: bool) -> int:
    """Run both published cases beside their printed values, and photovoltaic modules on real data.

    Then the loop in small: a shift of a simulated dismantling line (synthetic readings), unit data of it,
    and case I with them. A ✓ says that a value rounds to the published one. The reports are one HTML file
    each.

    \b
    Examples:
      meguru demo
      meguru demo --out reports/demo
    """
    from meguru.cli.models import make_folder
    from meguru.cli.screen import announce_compiling, console, print_json

    make_folder(out)
    start = time.perf_counter()
    announce_compiling()
    screen = None if as_json else console()
    cases = [_case(name, title, out, screen) for name, title in CASES.items()]
    real = _real(out, screen)
    loop = _loop(out, screen)
    met, wanted = (sum(case["published"][k] for case in cases) for k in ("met", "of"))
    if screen is None:
        print_json(
            {"cases": cases, "real": real, "loop": loop, "files": [one["report"] for one in (*cases, real)]}
        )
    else:
        _close(
            screen, met, wanted, [Path(one["report"]) for one in (*cases, real)], time.perf_counter() - start
        )
    return OK if met == wanted else RUN_FAULT


def _case(name: str, title: str, out: Path, screen: Console | None) -> dict[str, Any]:
    """One published case: its table on the screen, its report in the folder."""
    import meguru
    from meguru.cli.tables import scenario_tables
    from meguru.cli.values import Values, language, records

    model = meguru.example(name)
    comparison = meguru.compare(model)
    frame = meguru.evaluate(comparison)
    values = Values(model, frame)
    if screen is not None:
        shown = [one for one in comparison.results if model.scenarios[one].targets]
        for one in scenario_tables(values, shown, screen.width, title=title):
            screen.print(one)
            screen.print()
    path = out / f"{name}.html"
    meguru.write_report(comparison, path, language=language())
    return {
        "model": name,
        "published": {"met": sum(goal.met for goal in values.goals.values()), "of": len(values.goals)},
        "indicators": records(frame),
        "report": str(path),
    }


def _real(out: Path, screen: Console | None) -> dict[str, Any]:
    """Photovoltaic modules in the United States on the unchanged baseline."""
    import meguru
    from meguru.cli.screen import QUIET
    from meguru.cli.tables import year_table
    from meguru.cli.values import Values, language, records

    model = meguru.example(REAL)
    start = time.perf_counter()
    result = meguru.run(model)
    seconds = time.perf_counter() - start
    frame = meguru.evaluate(result)
    if screen is not None:
        title = "Photovoltaic modules, United States, real baseline"
        screen.print(
            year_table(Values(model, frame), result.scenario, screen.width, title=title, most=MOST_LINES)
        )
        screen.print(f"{len(model.indicators) - MOST_LINES} more: meguru run {REAL}", style=QUIET)
        screen.print()
    path = out / f"{REAL}.html"
    meguru.write_report(result, path, language=language())
    return {
        "model": REAL,
        "seconds": seconds,
        "balance": result.largest_residual,
        "indicators": records(frame),
        "report": str(path),
    }


def _loop(out: Path, screen: Console | None) -> dict[str, Any]:
    """Readings in, unit data out, case I with them."""
    from meguru.cli.models import make_folder
    from meguru.cli.reverse.closed_loop import closed_loop, show

    make_folder(out / "loop")
    loop = closed_loop(out / "loop")
    if screen is not None:
        show(loop, screen)
    return loop


def _close(screen: Console, met: int, wanted: int, reports: list[Path], seconds: float) -> None:
    from rich.text import Text

    from meguru.cli.screen import BAD, GOOD, QUIET

    style = GOOD if met == wanted else BAD
    screen.print(
        Text.assemble(
            (f"{met} of {wanted} published values come out", style), (f"  ({seconds:.0f} s)", QUIET)
        )
    )
    for path in reports:
        screen.print(Text.assemble(("report ", QUIET), str(path)), soft_wrap=True)
