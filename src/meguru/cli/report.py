"""``meguru report``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from meguru.cli.options import REPORTS, FileToWrite, language_option

if TYPE_CHECKING:
    from meguru.engine import Comparison, Result


@click.command(short_help="Write the HTML report of saved results.")
@click.argument("results", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--out",
    "-o",
    type=FileToWrite(REPORTS),
    help="Default: report.html beside the results.",
)
@language_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def report(results: tuple[Path, ...], out: Path | None, spoken: str | None, as_json: bool) -> None:
    """Write one self-contained HTML report of results that 'meguru run --out' saved.

    RESULTS are .nc files or folders of them. Several scenarios of one model are compared.

    \b
    Examples:
      meguru report results/
      meguru report results/A.nc results/B.nc --out report.html
    """
    import meguru
    from meguru.cli.models import make_folder
    from meguru.cli.screen import console, print_json
    from meguru.cli.tables import print_files
    from meguru.cli.values import language

    files = _files(results)
    path = out or files[0].parent / "report.html"
    make_folder(path.parent)
    opened = _opened(files)
    meguru.write_report(opened, path, language=spoken or language())
    if as_json:
        print_json({"results": [str(file) for file in files], "files": [str(path)]})
    else:
        print_files(console(), [path])


def _files(given: tuple[Path, ...]) -> list[Path]:
    files = [file for path in given for file in (sorted(path.glob("*.nc")) if path.is_dir() else [path])]
    if not files:
        raise click.UsageError(
            f"There are no results (.nc) in '{given[0]}'. Write some with: meguru run MODEL --out FOLDER"
        )
    return list(dict.fromkeys(files))


def _opened(files: list[Path]) -> Result | Comparison:
    from meguru.engine import Comparison
    from meguru.engine.results.files import open_result
    from meguru.model import reference_name

    results = [(file, open_result(file)) for file in files]
    first = results[0][1]
    if len(results) == 1:
        return first
    by_name: dict[str, Result] = {}
    for file, result in results:
        if result.model.name != first.model.name:
            raise click.UsageError(
                f"'{file}' is of another model: {result.model.name}, not {first.model.name}."
            )
        if result.scenario in by_name:
            raise click.UsageError(f"'{file}' is of a scenario that is there already: {result.scenario}.")
        by_name[result.scenario] = result
    reference = reference_name(first.model)
    # In the order of the model's file, not of the alphabet.
    order = [name for name in first.model.scenarios if name in by_name] or list(by_name)
    return Comparison(
        {name: by_name[name] for name in order}, reference if reference in by_name else order[0]
    )
