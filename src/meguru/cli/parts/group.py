"""``meguru parts``: the group of its commands."""

from __future__ import annotations

import click

from meguru.cli.lazy import LazyGroup

COMMANDS = {
    "mismatch": "meguru.cli.parts.mismatch:mismatch",
    "recondition": "meguru.cli.parts.recondition:recondition",
    "take-back": "meguru.cli.parts.take_back:take_back",
}


@click.group(cls=LazyGroup, homes=COMMANDS, short_help="Plan what comes back: when, how many, what for.")
def parts() -> None:
    """Plan what comes back: where supply and demand miss each other, what to recondition, when to take back.

    \b
    Examples:
      meguru parts mismatch atm-parts parts_4 --scenario measure-2
      meguru parts recondition atm-parts --part "parts_4 new=7500 recondition=1773"
      meguru parts take-back small-battery use_battery "triage.second_use -> used_batteries"
    """
