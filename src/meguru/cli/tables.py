"""Tables of indicators on the screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
PUBLISHED = "published"
BAND = "5 % – 95 %"
GAP = 2  # between columns
NARROWEST_LABEL, WIDEST_LABEL = 20, 40
ANY_WIDTH = 10_000
YEARS_SHOWN = 4
FEW = 3  # files that are named one by one


def year_table(
    values: Values, scenario: str, width: int, *, title: str | None = None, most: int | None = None
) -> Table:
    """One scenario: a line an indicator (``most`` of them), a column for each of as many years as fit.

    Beside them the range of the samples in the last year, and the published value.
    """
    from rich.cells import cell_len
    from rich.measure import Measurement

    from meguru.cli.screen import console

    labels = islice(values.model.indicators.items(), most)
    widest = max(cell_len(text) for text in [_about(values), *(label(one, name) for name, one in labels)])
    screen = console()
    for count in range(YEARS_SHOWN, 1, -1):
        shown = _years(values, scenario, some_years(values.years, count), title, most)
        whole = Measurement.get(screen, screen.options.update(width=ANY_WIDTH), shown).maximum
        if whole - max(0, widest - NARROWEST_LABEL) <= width:  # labels may be folded
            break
    return shown


def _about(values: Values) -> str:
    return "indicator, mean of samples" if values.sampled else "indicator"


def _years(values: Values, scenario: str, years: list[int], title: str | None, most: int | None) -> Table:
    from rich.text import Text

    shown = table(title)
    shown.add_column(_about(values), overflow="fold", min_width=NARROWEST_LABEL)
    for year in years:
        shown.add_column(str(year), justify="right", no_wrap=True)
    if values.sampled:
        shown.add_column(f"{BAND}, {years[-1]}", justify="right", no_wrap=True)
    shown.add_column("unit", style=QUIET, no_wrap=True)
    if values.has_goals(scenario):
        shown.add_column(PUBLISHED, justify="right", no_wrap=True)
    for name, indicator in islice(values.model.indicators.items(), most):
        row = [Text(number(values.value(scenario, name, year))) for year in years]
        if values.sampled:
            row.append(Text(_range(values, scenario, name, years[-1])))
        row.append(Text(_unit(indicator.unit)))
        if values.has_goals(scenario):
            row.append(_published(values.goals.get((scenario, name))))
        shown.add_row(Text(label(indicator, name)), *row)
    return shown


def scenario_tables(
    values: Values, scenarios: Iterable[str], width: int, *, title: str | None = None
) -> Iterator[Table]:
    """Several scenarios side by side in the last year, as many in a table as fit the width.

    Beside ours stand the range of the samples, and the published value with a mark.
    """
    from rich.cells import cell_len

    indicators = values.model.indicators
    names = [label(indicator, name) for name, indicator in indicators.items()]
    left = min(WIDEST_LABEL, max(map(cell_len, [*names, _head(values)])))
    room = width - left - max(len(_unit(one.unit)) for one in indicators.values()) - 2 * GAP
    block: list[str] = []
    taken = 0
    for one in scenarios:
        needed = _needed(values, one)
        if block and taken + needed > room:
            yield _block(values, block, left, title)
            block, taken, title = [], 0, None
        block.append(one)
        taken += needed
    yield _block(values, block, left, title)


def _head(values: Values) -> str:
    return f"indicator, {values.years[-1]}{', mean of samples' if values.sampled else ''}"


def _needed(values: Values, scenario: str) -> int:
    """Columns of the screen that a scenario takes."""
    from rich.cells import cell_len

    last = values.years[-1]
    texts = [number(values.value(scenario, name, last)) for name in values.model.indicators]
    goals = len(PUBLISHED) + GAP if values.has_goals(scenario) else 0
    ranges = [_range(values, scenario, name, last) for name in values.model.indicators]
    band = max(map(cell_len, [*ranges, BAND])) + GAP if values.sampled else 0
    return max(map(cell_len, [*texts, scenario])) + GAP + band + goals


def _range(values: Values, scenario: str, indicator: str, year: int) -> str:
    low, high = (number(values.value(scenario, indicator, year, key)) for key in ("p05", "p95"))
    return f"{low} … {high}"


def _block(values: Values, scenarios: list[str], left: int, title: str | None) -> Table:
    from rich.text import Text

    last = values.years[-1]
    shown = table(title)
    shown.add_column(_head(values), overflow="fold", min_width=left)
    shown.add_column("unit", style=QUIET, no_wrap=True)
    for one in scenarios:
        shown.add_column(Text(one), justify="right", no_wrap=True)
        if values.sampled:
            shown.add_column(BAND, justify="right", no_wrap=True)
        if values.has_goals(one):
            shown.add_column(PUBLISHED, justify="right", no_wrap=True)
    for name, indicator in values.model.indicators.items():
        row = [Text(label(indicator, name)), Text(_unit(indicator.unit))]
        for one in scenarios:
            row.append(Text(number(values.value(one, name, last))))
            if values.sampled:
                row.append(Text(_range(values, one, name, last)))
            if values.has_goals(one):
                row.append(_published(values.goals.get((one, name))))
        shown.add_row(*row)
    return shown


def print_files(screen: Console, files: Iterable[Path], spoken: str = "en") -> None:
    """What was written."""
    from rich.text import Text

    wrote = {"ja": "出力"}.get(spoken, "wrote")
    by_folder: dict[Path, list[str]] = {}
    for path in files:
        by_folder.setdefault(path.parent, []).append(path.name)
    for folder, names in by_folder.items():
        shown = (
            [str(folder / name) for name in names]
            if len(names) <= FEW
            else [f"{folder}/  {len(names)} files"]
        )
        for one in shown:
            screen.print(Text.assemble((wrote, QUIET), " ", one), soft_wrap=True)


def _published(goal: Goal | None) -> Text:
    from rich.text import Text

    if goal is None:
        return Text("")
    return Text.assemble((goal.text, QUIET), " ", (MET, GOOD) if goal.met else (MISSED, BAD))


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit
