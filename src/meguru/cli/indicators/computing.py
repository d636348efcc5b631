"""``meguru indicators compute``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from meguru.cli.indicators.names import names_of_the_command
from meguru.cli.options import FileToWrite

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from meguru.indicators.catalogue import Measured, Measurement

ARROWS = {
    "improving": "↑ improving",
    "holding": "→ holding",
    "worsening": "↓ worsening",
    "undefined": "undefined",
}


@click.command(short_help="Compute indicators on a table of flows or on a model.")
@click.argument("data")
@click.option("--set", "-s", "wanted", multiple=True, help="A set or an indicator, may be repeated.")
@click.option("--variant", help="Named formula, where an indicator has several.")
@click.option(
    "--aggregation",
    type=click.Choice(("sum_then_divide", "plain_average")),
    help="How rows with figures of the whole are joined; default sum_then_divide.",
)
@click.option("--scenario", "scenarios", multiple=True, help="Of a model, may be repeated; default all.")
@click.option("--trend", is_flag=True, help="Show the direction from year to year.")
@click.option(
    "--all",
    "every",
    is_flag=True,
    help="Also list indicators whose figures are not given, instead of failing.",
)
@click.option("--out", "-o", type=FileToWrite((".csv", ".xlsx")), help="Table to write: .csv or .xlsx.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def compute(
    data: str,
    wanted: tuple[str, ...],
    variant: str | None,
    aggregation: str | None,
    scenarios: tuple[str, ...],
    trend: bool,
    every: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Compute indicators on DATA: a table (.csv, .tsv, .xlsx), or a model with a section 'measured'.

    A table of flows has the columns flow (in or out), mass [kg], recycled [%] and so on; a table of figures
    has the columns variable, value, unit. Columns year and subject tell rows apart.

    \b
    Examples:
      meguru indicators compute flows.csv --set iso_59020 --set cti
      meguru indicators compute figures.xlsx --set mci.product --variant simplified
      meguru indicators compute flows.csv --set iso_59020 --trend
      meguru indicators compute compressor-magnet --scenario B
    """
    import meguru
    from meguru.cli.screen import print_json

    given = _given(data, scenarios)
    if isinstance(given, Path):
        _refuse_wrong_usage(given, wanted, variant)
    found = meguru.measure(
        given, list(wanted) or None, variant=variant, aggregation=aggregation, complete=not every
    )
    if not every:
        _refuse_nothing(found)
    if out is not None:
        _write(found, out)
    if as_json:
        print_json(_data(found, trend, out))
    else:
        _print(found, trend, every, out)


def _refuse_wrong_usage(path: Path, wanted: tuple[str, ...], variant: str | None) -> None:
    """A table must be there, and what is to be computed of it must be named."""
    from meguru.indicators.catalogue import catalogue
    from meguru.indicators.catalogue.measuring_all import choose_sets, refuse_unknown_variant

    if not wanted:
        raise click.UsageError("Name what to compute, as --set iso_59020; see 'meguru indicators list'.")
    if not path.is_file():
        raise click.UsageError(f"There is no file '{path}'.")
    with names_of_the_command():
        refuse_unknown_variant(variant, choose_sets(catalogue(), wanted))


def _refuse_nothing(found: Measurement) -> None:
    """Figures from which nothing follows were probably meant for another set."""
    from meguru.errors import IndicatorError
    from meguru.indicators.catalogue.measured import NOT_GIVEN

    if all(one.state == NOT_GIVEN for one in found):
        first = next((one.reason.en for one in found if one.reason), "no figures")
        raise IndicatorError(
            "nothing can be computed from these figures", found=first, hint="--all lists what is missing."
        )


def _given(data: str, scenarios: tuple[str, ...]) -> Any:
    """The table, or the comparison of the model."""
    from meguru.indicators.catalogue.table_files import TABLES, WORKBOOKS

    path, ending = Path(data), Path(data).suffix.lower()
    if ending in TABLES and not (ending in WORKBOOKS and _is_model(path)):
        return path
    import meguru
    from meguru.cli.models import known_scenarios, read_model
    from meguru.cli.screen import progress

    model = read_model(data)
    names = known_scenarios(model, scenarios) or None
    with progress("running", None):
        return meguru.compare(model, names)


def _is_model(path: Path) -> bool:
    """Whether a workbook is a model rather than a table: it has the sheets of one."""
    if not path.is_file():
        return False
    from zipfile import is_zipfile

    from openpyxl import load_workbook

    return is_zipfile(path) and {"model", "processes"} <= set(load_workbook(path, read_only=True).sheetnames)


def _write(found: Measurement, path: Path) -> None:
    """A table of values, or a workbook with their formulas and sources."""
    import io

    import pandas as pd

    from meguru.cli.models import make_folder
    from meguru.errors import WriteError
    from meguru.files.writing import write_beside
    from meguru.indicators.catalogue.tables import formula_table

    make_folder(path.parent)
    if path.suffix.lower() == ".csv":
        write_beside(path, found.table().to_csv(index=False).encode("utf-8-sig"))
        return
    if path.suffix.lower() != ".xlsx":
        raise WriteError("not a table", file=str(path), found=path.suffix, expected=".csv or .xlsx")
    held = io.BytesIO()
    with pd.ExcelWriter(held, engine="openpyxl") as book:
        found.table().to_excel(book, index=False, sheet_name="indicators")
        formula_table(found).to_excel(book, index=False, sheet_name="formulas")
    write_beside(path, held.getvalue())


def _data(found: Measurement, trend: bool, out: Path | None) -> dict[str, Any]:
    from meguru.cli.values import records

    data: dict[str, Any] = {
        "indicators": [{**one.row(), "assumed": [text.en for text in one.assumed]} for one in found],
        "warnings": [one.en for one in found.warnings],
        "files": [] if out is None else [str(out)],
    }
    if trend:
        data["trend"] = records(found.trend())
    return data


def _print(found: Measurement, trend: bool, every: bool, out: Path | None) -> None:
    from meguru.cli.screen import BAD, QUIET, console
    from meguru.cli.tables import print_files
    from meguru.cli.values import language
    from meguru.indicators.catalogue.measured import NOT_APPLICABLE, NOT_GIVEN, PARTLY, UNDEFINED

    screen = console()
    values = [one for one in found if every or one.state != NOT_GIVEN]
    if trend:
        _print_trend(screen, found)
    else:
        _print_values(screen, values)
    left = len(found) - len(values)
    if left and not every:
        screen.print(
            f"{left} of {len(found)} values need figures that are not given; --all lists them", style=QUIET
        )
    for text in dict.fromkeys(text.of(language()) for one in values for text in one.assumed):
        screen.print(text, style=QUIET)
    for text in dict.fromkeys(
        f"{one.id}: {one.reason.of(language())}"
        for one in values
        if one.state in (PARTLY, UNDEFINED, NOT_APPLICABLE) and one.reason
    ):
        screen.print(text, style=QUIET)
    if any(not one.confirmed for one in values):
        screen.print("M: formula from memory, not confirmed; no claim to a standard", style=QUIET)
    for warning in found.warnings:
        screen.print(f"! {warning.of(language())}", style=BAD)
    print_files(screen, [] if out is None else [out])


def _print_values(screen: Console, values: list[Measured]) -> None:
    """A line an indicator; of several years a column each, of one its numerator and denominator."""
    from meguru.cli.screen import QUIET, STRONG, table
    from meguru.cli.values import language, some_years
    from meguru.indicators.catalogue.measured import NOT_GIVEN

    years = some_years(one.year for one in values if one.year is not None)
    lines: dict[tuple[str, ...], dict[int | None, Measured]] = {}
    for one in values:
        lines.setdefault((one.scenario, one.subject, one.id), {})[one.year] = one
    by = [name for name in ("scenario", "subject") if any(getattr(one, name) for one in values)]
    shown = table()
    for name in by:
        shown.add_column(name)
    shown.add_column("indicator", style=STRONG, overflow="fold")
    shown.add_column("what", overflow="fold")
    for title in map(str, years) if years else ("value",):
        shown.add_column(title, justify="right", no_wrap=True)
    shown.add_column("unit", style=QUIET, no_wrap=True)
    if len(years) <= 1:
        shown.add_column("of", style=QUIET, justify="right", overflow="fold")
    shown.add_column("mark", no_wrap=True)
    for held in lines.values():
        one = next((one for one in held.values() if one.state != NOT_GIVEN), next(iter(held.values())))
        told = [str(getattr(one, name)) for name in by]
        numbers = [_value(held.get(year)) for year in years or (None,)]
        unit = "" if one.unit == "1" else one.unit
        sides = [_sides(held.get(years[0] if years else None))] if len(years) <= 1 else []
        shown.add_row(*told, one.id, one.definition.name.of(language()), *numbers, unit, *sides, _mark(one))
    screen.print(shown)
    screen.print()
    if len(years) > 1:
        _print_sides(screen, lines, by, years)


def _print_sides(
    screen: Console, lines: dict[tuple[str, ...], dict[int | None, Measured]], by: list[str], years: list[int]
) -> None:
    """Numerator and denominator of each value of several years: a share alone hides how much it is of."""
    from meguru.cli.screen import QUIET, STRONG, table

    divided = [held for held in lines.values() if any(_sides(one) for one in held.values())]
    if not divided:
        return
    shown = table("numerator / denominator")
    for name in by:
        shown.add_column(name)
    shown.add_column("indicator", style=STRONG, overflow="fold")
    for year in years:
        shown.add_column(str(year), style=QUIET, justify="right", overflow="fold")
    for held in divided:
        one = next(iter(held.values()))
        told = [str(getattr(one, name)) for name in by]
        shown.add_row(*told, one.id, *(_sides(held.get(year)) for year in years))
    screen.print(shown)
    screen.print()


def _mark(one: Measured) -> str:
    """Mark of the formula, with variant and aggregation where there is a choice."""
    variant = one.variant if one.definition.variants else ""
    return " ".join(part for part in (one.mark, variant, one.aggregation or "") if part)


def _value(one: Measured | None) -> Text:
    from rich.text import Text

    from meguru.cli.screen import BAD, QUIET, number
    from meguru.indicators.catalogue.measured import NOT_APPLICABLE

    if one is None:
        return Text("")
    if one.value is None:
        return Text(one.state, style=QUIET if one.state == NOT_APPLICABLE else BAD)
    text = number(one.value) if one.shown is None else f"{one.shown:g} ({number(one.value)})"
    return Text(text)


def _sides(one: Measured | None) -> str:
    from meguru.cli.screen import number

    if one is None or one.numerator is None or one.denominator is None:
        return ""
    top = f"{number(one.numerator)} {one.numerator_unit}".strip()
    return f"{top} / {number(one.denominator)} {one.denominator_unit}".strip()


def _print_trend(screen: Console, found: Measurement) -> None:
    from meguru.cli.screen import BAD, GOOD, QUIET, STRONG, number, table

    frame = found.trend()
    if frame.empty:
        screen.print("there are no two years to compare", style=QUIET)
        return
    colours = {"improving": GOOD, "worsening": BAD}
    by = [name for name in ("scenario", "subject") if frame[name].astype(bool).any()]
    shown = table()
    for name in by:
        shown.add_column(name)
    shown.add_column("indicator", style=STRONG, overflow="fold")
    for title in ("years", "before", "after", "unit"):
        shown.add_column(title, no_wrap=True, justify="right" if title in ("before", "after") else "left")
    shown.add_column("direction", no_wrap=True)
    from rich.text import Text

    from meguru.cli.values import records

    for row in records(frame):
        told = [str(row[name]) for name in by]
        way = row["direction"]
        years = f"{row['from_year']} → {row['year']}"
        unit = "" if row["unit"] == "1" else row["unit"]
        arrow = Text(ARROWS[way], style=colours.get(way, QUIET))
        shown.add_row(
            *told, row["indicator"], years, number(row["before"]), number(row["value"]), unit, arrow
        )
    screen.print(shown)
    screen.print()
