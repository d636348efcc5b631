"""Tables of indicators on the screen."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from meguru.cli.screen import BAD, GOOD, QUIET, number, table
from meguru.cli.values import Goal, Values, label, some_years

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

MET, MISSED = "✓", "✗"


def year_table(values: Values, scenario: str, *, title: str | None = None, most: int | None = None) -> Table:
    """One scenario: a line an indicator (``most`` of them), a column for each of some years.

    Beside them the range of the samples in the last year, and the published value.
    """
    from rich.text import Text

    model, years = values.model, some_years(values.years)
    shown = table(title)
    shown.add_column("indicator, mean of samples" if values.sampled else "indicator", overflow="fold")
    for year in years:
        shown.add_column(str(year), justify="right", no_wrap=True)
    if values.sampled:
        shown.add_column(f"5 % – 95 %, {years[-1]}", justify="right", no_wrap=True)
    shown.add_column("unit", style=QUIET)
    if values.has_goals(scenario):
        shown.add_column("published", justify="right", no_wrap=True)
    for name, indicator in islice(model.indicators.items(), most):
        row = [Text(number(values.value(scenario, name, year))) for year in years]
        if values.sampled:
            low, high = (number(values.value(scenario, name, years[-1], key)) for key in ("p05", "p95"))
            row.append(Text(f"{low} – {high}"))
        row.append(Text(_unit(indicator.unit)))
        if values.has_goals(scenario):
            row.append(_published(values.goals.get((scenario, name))))
        shown.add_row(Text(label(indicator, name)), *row)
    return shown


def scenario_table(values: Values, scenarios: Iterable[str], *, title: str | None = None) -> Table:
    """Several scenarios side by side in the last year: ours, and the published value with a mark."""
    from rich.text import Text

    scenarios, last = list(scenarios), values.years[-1]
    shown = table(title)
    shown.add_column(f"indicator, {last}", overflow="fold")
    shown.add_column("unit", style=QUIET, overflow="fold")
    for one in scenarios:
        shown.add_column(Text(one), justify="right", no_wrap=True)
        if values.has_goals(one):
            shown.add_column("published", justify="right", no_wrap=True)
    for name, indicator in values.model.indicators.items():
        row = [Text(label(indicator, name)), Text(_unit(indicator.unit))]
        for one in scenarios:
            row.append(Text(number(values.value(one, name, last))))
            if values.has_goals(one):
                row.append(_published(values.goals.get((one, name))))
        shown.add_row(*row)
    return shown


def print_files(screen: Console, files: Iterable[Path]) -> None:
    """What was written."""
    from rich.text import Text

    by_folder: dict[Path, list[str]] = {}
    for path in files:
        by_folder.setdefault(path.parent, []).append(path.name)
    for folder, names in by_folder.items():
        place, about = (
            (str(folder / names[0]), "") if len(names) == 1 else (f"{folder}/", f"  {len(names)} files")
        )
        screen.print(Text.assemble(("wrote ", QUIET), place, (about, QUIET)), soft_wrap=True)


def _published(goal: Goal | None) -> Text:
    from rich.text import Text

    if goal is None:
        return Text("")
    return Text.assemble((goal.text, QUIET), " ", (MET, GOOD) if goal.met else (MISSED, BAD))


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit
