"""Options that the commands of exploration have in common."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from meguru.cli.options import MODELS, REPORTS, FileToWrite

if TYPE_CHECKING:
    from meguru.explore.plans.trials import Over
    from meguru.explore.proposals.incentives import Incentives
    from meguru.explore.proposals.suggest import Suggestion
    from meguru.model import Model
    from meguru.report.explored import Explored

scenario_option = click.option(
    "--scenario", "-s", help="What is added to; default the scenario marked present, else the reference."
)
goal_option = click.option(
    "--goal",
    "-g",
    "goals",
    multiple=True,
    help="An indicator, as co2 or co2:less; may be repeated. Default those that say 'wanted'.",
)
measure_option = click.option(
    "--measure",
    "-m",
    "measures",
    multiple=True,
    help="A measure, may be repeated; default all not taken yet.",
)
over_option = click.option(
    "--year", "over", default="last", show_default=True, help="Which counts: last, mean, or a year."
)
out_option = click.option("--out", "-o", type=FileToWrite(REPORTS), help="Report to write, .html or .xlsx.")
save_option = click.option(
    "--save",
    type=FileToWrite(MODELS),
    help="Model to write with each run as a scenario, .yaml or .json.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def over_of(text: str) -> Over:
    """The year that counts."""
    if text in ("last", "mean"):
        return cast("Over", text)
    if text.isdigit():
        return int(text)
    raise click.UsageError(f"--year is 'last', 'mean' or a year, not '{text}'.")


def head_of(found: Suggestion | Incentives, spoken: str) -> str:
    """From which scenario, and which year counts."""
    from meguru.report.words import Names, say

    year = say(f"year_{found.over}") if found.over in ("last", "mean") else say("year_one", year=found.over)
    return say("from_scenario", scenario=Names(found.model).scenario(found.start), year=year).by(spoken)


def write_page(found: Explored, path: Path, spoken: str | None) -> None:
    """Write what was found as a report, in a folder that is made if it is not there."""
    from meguru.cli.models import make_folder
    from meguru.cli.values import language
    from meguru.report import write_report

    make_folder(path.parent)
    write_report(found, path, language=spoken or language())


def save_scenarios(model: Model, path: Path) -> None:
    """Write a model with the scenarios that were found."""
    import meguru
    from meguru.cli.models import make_folder, refuse_overwriting

    refuse_overwriting(path, "Take another name.")
    make_folder(path.parent)
    meguru.save(model, path)
