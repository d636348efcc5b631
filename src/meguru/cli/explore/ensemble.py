"""``meguru ensemble``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from meguru.cli.options import REPORTS, FileToWrite, language_option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meguru.explore import Ensemble
    from meguru.model import Model

METHODS = ("random", "latin-hypercube", "sobol")
SAMPLES, SEED = 1000, 0


@click.command(short_help="Run many samples: bands by year, which scenario is better how often.")
@click.argument("model")
@click.option(
    "--scenario", "-s", "scenarios", multiple=True, help="A scenario, may be repeated; default all."
)
@click.option("--samples", type=click.IntRange(1, 10_000_000), help=f"How many; default {SAMPLES}.")
@click.option("--seed", type=click.IntRange(0, 2**64 - 1), help=f"Of the random numbers; default {SEED}.")
@click.option("--method", type=click.Choice(METHODS), help="How they are drawn; default what the model says.")
@click.option("--year", type=int, help="Year of the tables; default the last.")
@click.option("--processes", type=click.IntRange(1), default=1, show_default=True, help="On this machine.")
@click.option("--cluster", help="Address of a Dask scheduler, as tcp://10.0.0.1:8786.")
@click.option("--block", type=click.IntRange(1), help="Samples at once; default as fit in little memory.")
@click.option(
    "--out",
    "-o",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for tables, and for what is done if the run is broken off.",
)
@click.option(
    "--resume",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Folder of an ensemble that was broken off, to go on with.",
)
@click.option("--report", type=FileToWrite(REPORTS), help="Report to write, .html or .xlsx.")
@language_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def ensemble(
    model: str,
    scenarios: tuple[str, ...],
    samples: int | None,
    seed: int | None,
    method: str | None,
    year: int | None,
    processes: int,
    cluster: str | None,
    block: int | None,
    out: Path | None,
    resume: Path | None,
    report: Path | None,
    spoken: str | None,
    as_json: bool,
) -> None:
    """Run many samples of the uncertain numbers in all scenarios side by side and keep the indicators.

    The scenarios share their random numbers. The numbers are the same for any processes, cluster and blocks.
    With --out a run that is interrupted keeps what is done: --resume goes on with it.

    \b
    Examples:
      meguru ensemble model.yaml --samples 4096 --method sobol
      meguru ensemble model.yaml --samples 100000 --processes 4 --out runs/
      meguru ensemble model.yaml --resume runs/
      meguru ensemble model.yaml --cluster tcp://10.0.0.1:8786 --report bands.html
    """
    from meguru.cli.models import known_scenarios, read_model
    from meguru.cli.screen import print_json, progress
    from meguru.cli.values import language
    from meguru.explore.years import year_at

    if out is not None and resume is not None and out != resume:
        raise click.UsageError("--resume goes on in its own folder; leave out --out")
    if cluster is not None and processes > 1:
        raise click.UsageError("--cluster has workers of its own; leave out --processes")
    read = read_model(model)
    year_at(year, range(read.time.first, read.time.last + 1))
    told = _told(resume, known_scenarios(read, scenarios) or None, samples, seed, method)
    with progress("running", told["samples"]) as advance:
        found = _run(read, told, processes, cluster, block, resume or out, resume is not None, advance)
    files = [] if (folder := resume or out) is None else _write_tables(found, folder, year)
    if report is not None:
        from meguru.cli.models import make_folder
        from meguru.report import write_report

        make_folder(report.parent)
        write_report(found, report, language=spoken or language())
        files.append(report)
    if as_json:
        print_json(_data(found, year, files))
    else:
        from meguru.cli.explore.ensemble_screen import print_ensemble

        print_ensemble(found, year, files)


def _told(
    resume: Path | None,
    scenarios: list[str] | None,
    samples: int | None,
    seed: int | None,
    method: str | None,
) -> dict[str, Any]:
    """The settings: what the command says, else what the folder to go on with says, else the defaults."""
    held: Mapping[str, Any] = {}
    if resume is not None:
        from meguru.explore.ensembles.folder import read_settings

        held = read_settings(resume)
    return {
        "scenarios": scenarios if scenarios is not None else held.get("scenarios"),
        "samples": samples if samples is not None else held.get("samples", SAMPLES),
        "seed": seed if seed is not None else held.get("seed", SEED),
        "sampling": method if method is not None else held.get("sampling", {}).get("method"),
    }


def _run(
    model: Model,
    told: Mapping[str, Any],
    processes: int,
    cluster: str | None,
    block: int | None,
    folder: Path | None,
    resume: bool,
    advance: Any,
) -> Ensemble:
    from meguru.cli.screen import say
    from meguru.explore import ensemble as run_ensemble

    try:
        return run_ensemble(
            model,
            **told,
            processes=processes,
            cluster=cluster,
            block=block,
            folder=folder,
            resume=resume,
            progress=advance,
        )
    except KeyboardInterrupt:
        if folder is not None:
            say(f"what is done is kept: go on with --resume {folder}")
        raise


def _write_tables(found: Ensemble, folder: Path, year: int | None) -> list[Path]:
    """Bands, and which scenario is better, as CSV in the folder."""
    from meguru.files.writing import write_beside

    tables = {"bands": found.bands()}
    if any(one.wanted for one in found.indicators.values()) and len(found.scenarios) > 1:
        tables["better"] = found.better(year=year)
    files = []
    for name, frame in tables.items():
        path = folder / f"{name}.csv"
        write_beside(path, frame.to_csv(index=False, lineterminator="\n").encode())
        files.append(path)
    return files


def _data(found: Ensemble, year: int | None, files: list[Path]) -> dict[str, Any]:
    from meguru.cli.values import records
    from meguru.explore import stability
    from meguru.explore.ensembles.stability import FEWEST

    wanted = any(one.wanted for one in found.indicators.values())
    return {
        "provenance": found.provenance,
        "alike": found.plan.alike,
        "bands": records(found.bands()),
        "better": records(found.better(year=year)) if wanted and len(found.scenarios) > 1 else [],
        "stability": records(stability(found, year=year)) if found.samples >= FEWEST else [],
        "files": [str(path) for path in files],
    }
