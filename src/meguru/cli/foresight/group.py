"""``meguru foresight``: the group of its commands."""

from __future__ import annotations

import click

from meguru.cli.lazy import LazyGroup

COMMANDS = {
    "check": "meguru.cli.foresight.check:check",
    "run": "meguru.cli.foresight.run:run",
    "groups": "meguru.cli.foresight.groups:groups",
    "branches": "meguru.cli.foresight.branches:branches",
    "conditions": "meguru.cli.foresight.conditions:conditions",
    "axes": "meguru.cli.foresight.axes:axes",
    "report": "meguru.cli.foresight.report:report",
    "hand-over": "meguru.cli.foresight.handing:hand_over",
    "import": "meguru.cli.foresight.files:import_",
    "export": "meguru.cli.foresight.files:export",
    "schema": "meguru.cli.foresight.schema:schema",
}


@click.group(cls=LazyGroup, homes=COMMANDS, short_help="Simulate futures of a causal model.")
def foresight() -> None:
    """Simulate futures of a causal model: factors, their influences on each other, and events.

    MODEL is a file (.yaml, .json, .xlsx), a folder with a causal.yaml or with nodes.csv and edges.csv in it,
    or the name of an example. RESULTS is the folder that 'run --out' wrote; the analysis is kept there.

    \b
    Examples:
      meguru foresight check foresight-small
      meguru foresight run foresight-small --out results
      meguru foresight groups results
      meguru foresight branches results
      meguru foresight conditions results --group A
      meguru foresight report results
      meguru foresight import teacup.mdl
    """
