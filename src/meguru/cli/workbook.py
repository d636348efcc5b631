"""``meguru import`` and ``meguru export``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("import", short_help="Read a model from an Excel workbook.")
@click.argument("workbook", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--out",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Model file; default beside the workbook.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def import_(workbook: Path, out: Path | None, force: bool, as_json: bool) -> None:
    """Read a model from an Excel workbook and write it as a model file (.yaml or .json).

    Every command reads a workbook as MODEL too; a fault names sheet and cell.

    \b
    Examples:
      meguru import model.xlsx
      meguru import model.xlsx --out product/model.yaml --force
    """
    from meguru.model import save
    from meguru.model.excel import import_excel

    if not workbook.is_file():
        raise click.UsageError(f"There is no workbook '{workbook}'.")
    _write(save, import_excel(workbook), out or workbook.with_suffix(".yaml"), force, as_json)


@click.command(short_help="Write a model as an Excel workbook.")
@click.argument("model")
@click.option(
    "--out", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Workbook; default NAME.xlsx here."
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def export(model: str, out: Path | None, force: bool, as_json: bool) -> None:
    """Write a whole model as an Excel workbook: one sheet for each kind of thing, the BOM indented.

    \b
    Examples:
      meguru export motor
      meguru export examples/motor/model.yaml --out motor.xlsx --force
    """
    from meguru.cli.models import read_model
    from meguru.model.excel import export_excel

    read = read_model(model)
    name = "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in read.name)
    _write(export_excel, read, out or Path(f"{name}.xlsx"), force, as_json)


def _write(write: object, model: object, path: Path, force: bool, as_json: bool) -> None:
    from meguru.cli.models import make_folder, refuse_overwriting
    from meguru.cli.screen import console, print_json
    from meguru.cli.tables import print_files

    if not force:
        refuse_overwriting(path, "Write over it with --force, or name another with --out.")
    make_folder(path.parent)
    assert callable(write)
    write(model, path)
    if as_json:
        print_json({"files": [str(path)]})
    else:
        print_files(console(), [path])
