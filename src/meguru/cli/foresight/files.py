"""``meguru foresight import`` and ``meguru foresight export``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from meguru.foresight.importers import ImportReport

FORMATS = ("vensim", "xmile", "kumu", "loopy", "tables")
SUFFIXES = {
    ".mdl": "vensim",
    ".xmile": "xmile",
    ".stmx": "xmile",
    ".itmx": "xmile",
    ".xml": "xmile",
    ".loopy": "loopy",
}
MANY = 12  # constructs that are listed on the screen


@click.command("import", short_help="Read a causal model from the file of another tool, or from tables.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="Of the file; default by its name (.mdl, .xmile, .stmx; a workbook or folder holds tables).",
)
@click.option(
    "--out", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Model file; default NAME.yaml here."
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def import_(file: Path, form: str | None, out: Path | None, force: bool, as_json: bool) -> None:
    """Read a causal model from Vensim, XMILE, Kumu, Loopy or tables, and write it as a model file.

    Everything that is not in the model as written is listed; nothing is dropped silently.

    \b
    Examples:
      meguru foresight import teacup.mdl
      meguru foresight import map.json --format kumu --out causal.yaml
      meguru foresight import workshop.xlsx --out causal.yaml --force
    """
    from meguru.cli.models import make_folder, refuse_overwriting
    from meguru.foresight.write import save

    if not file.exists():
        raise click.UsageError(f"There is no file '{file}'.")
    path = out or Path(f"{file.stem}.yaml")
    if not force:
        refuse_overwriting(path, "Write over it with --force, or name another with --out.")
    report = _read(file, form or _format_of(file))
    make_folder(path.parent)
    save(report.model, path)
    _tell(report, path, as_json)


def _format_of(file: Path) -> str:
    if file.is_dir() or file.suffix.lower() in (".xlsx", ".xlsm"):
        return "tables"
    if file.suffix.lower() not in SUFFIXES:
        raise click.UsageError(f"What '{file.name}' is can not be told by its name: say it with --format.")
    return SUFFIXES[file.suffix.lower()]


def _read(file: Path, form: str) -> ImportReport:
    from meguru.foresight import importers
    from meguru.foresight.read import load

    if form == "tables":
        return importers.ImportReport(load(file))
    reader: Any = getattr(importers, f"import_{form}")
    report: ImportReport = reader(file)
    return report


def _tell(report: ImportReport, path: Path, as_json: bool) -> None:
    from rich.text import Text

    from meguru.cli.screen import BAD, QUIET, console, print_json
    from meguru.cli.tables import print_files

    model = report.model
    lost = [str(one) for one in report.unsupported]
    if as_json:
        readouts = {one.name: one.terms is not None for one in report.readouts}
        data = {"model": model.name, "nodes": len(model.nodes), "edges": len(model.edges)}
        told = {"unsupported": lost, "assumed": list(report.assumed), "recomputable": readouts}
        print_json({**data, **told, "files": [str(path)]})
        return
    screen = console()
    screen.print(f"{model.name}: {len(model.nodes)} nodes, {len(model.edges)} edges")
    for text in report.assumed:
        screen.print(Text.assemble(("assumed ", BAD), text), soft_wrap=True)
    for text in lost[:MANY]:
        screen.print(Text.assemble(("not as written ", BAD), text), soft_wrap=True)
    if len(lost) > MANY:
        screen.print(f"and {len(lost) - MANY} more, all with --json", style=BAD)
    if report.readouts:
        names = ", ".join(one.name for one in report.readouts)
        screen.print(
            Text.assemble(("no nodes, since they follow from nodes: ", QUIET), names), soft_wrap=True
        )
    print_files(screen, [path])


@click.command(short_help="Write a causal model as XMILE, a workbook, tables or a model file.")
@click.argument("model")
@click.option(
    "--out",
    "-o",
    type=click.Path(path_type=Path),
    required=True,
    help="By its name: .xmile, .xlsx, .yaml, .json; a folder gets CSV files.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def export(model: str, out: Path, force: bool, as_json: bool) -> None:
    """Write a causal model for other tools, or as tables to work on in a spreadsheet.

    XMILE gets the most likely strengths, lags and starts, without chance; what it is not told is listed.

    \b
    Examples:
      meguru foresight export foresight-small --out small.xlsx
      meguru foresight export causal.yaml --out causal.xmile --force
    """
    from meguru.cli.foresight.models import read_causal_model
    from meguru.cli.models import make_folder, refuse_overwriting
    from meguru.cli.screen import BAD, console, print_json
    from meguru.cli.tables import print_files
    from meguru.foresight.exporters import export_xmile
    from meguru.foresight.write import save

    if not force:
        refuse_overwriting(out, "Write over it with --force, or name another with --out.")
    read = read_causal_model(model)
    make_folder(out.parent)
    lost: list[str] = []
    if out.suffix.lower() == ".xmile":
        lost = [str(one) for one in export_xmile(read, out)]
    else:
        save(read, out)
    if as_json:
        print_json({"files": [str(out)], "unsupported": lost})
        return
    screen = console()
    for text in lost[:MANY]:
        screen.print(f"not told: {text}", style=BAD, soft_wrap=True)
    if len(lost) > MANY:
        screen.print(f"and {len(lost) - MANY} more, all with --json", style=BAD)
    print_files(screen, [out])
