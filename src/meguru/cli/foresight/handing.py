"""``meguru foresight hand-over``."""

from __future__ import annotations

from pathlib import Path

import click

from meguru.cli.foresight.analysed import Wanted, analysis_options


@click.command("hand-over", short_help="Make a group's path a scenario of a life cycle model.")
@analysis_options
@click.argument("rules", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--group", "code", required=True, help="Code of the group.")
@click.option("--model", "given", required=True, help="Life cycle model: a file, a folder or an example.")
@click.option(
    "--quantile",
    "quantiles",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    multiple=True,
    help="Of the group's futures, year by year; several make several scenarios. Default 0.5.",
)
@click.option(
    "--out", "-o", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Model file to write."
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def hand_over(
    wanted: Wanted,
    as_json: bool,
    rules: Path,
    code: str,
    given: str,
    quantiles: tuple[float, ...],
    out: Path,
    force: bool,
) -> None:
    """Write a life cycle model with a scenario for the futures of a group.

    RULES is a file that says which factor goes to which place of the model in which unit:

    \b
      factors:
        - {node: collection, to: processes.collect.split.taken_back, unit: "%", times: 1}

    \b
    Examples:
      meguru foresight hand-over results/ rules.yaml --group A --model motor --out motor.yaml
      meguru foresight hand-over results/ rules.yaml --group A --model motor --quantile 0.1
        --quantile 0.9 --out motor.yaml
    """
    from meguru.cli.foresight.analysed import group_named
    from meguru.cli.models import make_folder, read_model, refuse_overwriting
    from meguru.cli.screen import console, print_json
    from meguru.cli.tables import print_files
    from meguru.foresight.transfer import hand_over as handed
    from meguru.foresight.transfer import read_hand_over
    from meguru.model import save

    if not force:
        refuse_overwriting(out, "Write over it with --force, or name another with --out.")
    wishes, model = read_hand_over(rules), read_model(given)
    kept = wanted.kept()
    (group,) = group_named(kept, code)
    names = {
        f"group_{group}" if one == 0.5 else f"group_{group}_{one * 100:g}": one for one in quantiles or (0.5,)
    }
    written = handed(kept.futures, kept.analysis.groups, group, model, wishes, quantiles=names)
    make_folder(out.parent)
    save(written, out)
    if as_json:
        print_json({"model": written.name, "scenarios": list(names), "files": [str(out)]})
        return
    screen = console()
    print_files(screen, [out])
    screen.print(f"meguru run {out} --scenario {next(iter(names))}", soft_wrap=True)
