"""What the commands say of a library whose numbers are not all of the place and unit wanted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from meguru.inventory import StandIn

MOST_NAMED = 5


def print_warnings(screen: Console, stand_ins: list[StandIn], unknown: dict[str, list[str]]) -> None:
    """Exchanges rated by the world's numbers, and units that are counted by themselves."""
    from meguru.cli.screen import BAD, QUIET

    places = Counter("everywhere" if one.taken is None else one.taken for one in stand_ins)
    for place, count in places.items():
        named = list(dict.fromkeys(
            f"{one.flow} for {one.region}" for one in stand_ins if (one.taken or "everywhere") == place
        ))  # fmt: skip
        text = f"{count} rated by what holds {'everywhere' if place == 'everywhere' else f'in {place}'}: "
        screen.print(text + _shortened(named), style=QUIET, soft_wrap=True)
    for unit, named in unknown.items():
        text = f"unknown unit, counted by itself as {unit}: {_shortened(named)}"
        screen.print(text, style=BAD, soft_wrap=True)


def _shortened(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
