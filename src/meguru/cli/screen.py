"""What is printed: calm tables on a terminal, plain text elsewhere, JSON when asked for."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TextIO

from meguru.errors import MeguruError, ModelWarning

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

PLAIN_WIDTH = 110
_SHOWN: list[Console] = []  # consoles that show a bar, the last one above the others
GOOD, BAD, QUIET, STRONG = "green", "yellow", "dim", "bold"
COMPILING = "compiling the engine once, a minute or two"
FIRST_LINE, NEXT_LINES = 20.0, 60.0  # seconds after which a long run says how far it is, where no bar is


def console(stream: TextIO | None = None) -> Console:
    """A console on standard output, or on another stream."""
    from rich.console import Console

    stream = stream or sys.stdout
    plain = not stream.isatty() and "COLUMNS" not in os.environ
    # Colour means something only to a person: a pipe gets none even if the terminal type promises some.
    return Console(
        file=stream,
        highlight=False,
        markup=False,
        emoji=False,
        width=PLAIN_WIDTH if plain else None,
        force_terminal=None if stream.isatty() else False,
    )


def table(title: str | None = None) -> Table:
    """An empty table with one thin line below its head."""
    from rich import box
    from rich.table import Table

    return Table(
        title=title,
        title_justify="left",
        title_style=STRONG,
        box=box.SIMPLE_HEAD,
        header_style=QUIET,
        border_style=QUIET,
        pad_edge=False,
        show_edge=False,
        padding=(0, 1, 0, 0),
    )


def print_json(data: Any) -> None:
    """Data as JSON; undefined numbers are null."""
    sys.stdout.write(f"{json.dumps(_finite(data), ensure_ascii=False, indent=2, allow_nan=False)}\n")


def _finite(data: Any) -> Any:
    if isinstance(data, dict):
        return {str(key): _finite(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_finite(value) for value in data]
    if isinstance(data, (bool, str, int)) or data is None:
        return data
    if isinstance(data, Path):
        return str(data)
    number = float(data)
    return number if math.isfinite(number) else None


def error_data(error: MeguruError) -> dict[str, Any]:
    """A named error as plain data."""
    fields = {name: getattr(error, name) for name in ("message", "file", "line", "place", "hint")}
    for name in ("found", "expected"):
        value = getattr(error, name)
        fields[name] = None if value is None else str(value)
        if isinstance(value, (list, tuple, set, frozenset, dict)):
            fields[name] = [str(one) for one in value]
    return {"kind": type(error).__name__, **fields, "text": str(error)}


def show_error(error: MeguruError, code: int, as_json: bool) -> None:
    """A named error without traceback."""
    if as_json:
        print_json({"error": error_data(error), "exit_code": code})
    else:
        print_error(error, console(sys.stderr))


def print_error(error: MeguruError, screen: Console) -> None:
    """One line: its name, file and place, what is wrong, what to do."""
    from rich.text import Text

    screen.print(Text.assemble((type(error).__name__, "bold red"), ": ", str(error)), soft_wrap=True)


def print_warning(warning: ModelWarning, screen: Console) -> None:
    """One line, as of an error."""
    from rich.text import Text

    screen.print(Text.assemble(("warning", BAD), ": ", str(warning)), soft_wrap=True)


def number(value: float | None) -> str:
    """A number with four digits that count; 'undefined' for one that is not defined."""
    if value is None or not math.isfinite(value):
        return "undefined"
    if value == 0:
        return "0"
    size = abs(value)
    if 1000 <= size < 1e9:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def say(text: str) -> None:
    """A line about what is going on, beside the data: on standard error, above a bar that is shown there."""
    screen = _SHOWN[-1] if _SHOWN else console(sys.stderr)
    screen.print(text, style=QUIET, soft_wrap=True)


def announce_compiling() -> None:
    """Have it told why the very first run takes longer, when the engine begins to be compiled."""
    from meguru.engine.compiled import tell_when_compiling

    tell_when_compiling(lambda: say(COMPILING))


@contextmanager
def progress(
    what: str, samples: int | None, announce: Callable[[], None] = announce_compiling
) -> Iterator[Callable[[int, int], None] | None]:
    """How far the samples of a run are: a bar where somebody is watching, elsewhere a line now and then.

    ``announce`` tells of a first run.
    """
    announce()
    screen = console(sys.stderr)
    if samples is None:
        yield None
        return
    if not screen.is_terminal:
        yield _lines(what)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task(what, total=samples)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        _SHOWN.append(screen)
        try:
            yield advance
        finally:
            _SHOWN.pop()


def _lines(what: str, clock: Callable[[], float] = monotonic) -> Callable[[int, int], None]:
    """Says how far a run is, in a pipe or a log: nothing of a short one, of a long one a line a minute."""
    due = clock() + FIRST_LINE

    def advance(done: int, total: int) -> None:
        nonlocal due
        if clock() >= due and done < total:
            due = clock() + NEXT_LINES
            say(f"{what}: {done:,} of {total:,}")

    return advance
