"""What the commands on an analysis share: their options, and the analysis itself with its progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

if TYPE_CHECKING:
    from meguru.foresight.analysis import Kept

Command = TypeVar("Command", bound=Callable[..., Any])
PARTS = {
    "groups": "looking for groups",
    "tree": "holding splits against continua",
    "branches": "looking for branch years",
    "drivers": "forcing drivers",
    "ratings": "rating groups",
    "conditions": "looking for conditions and deadlines",
}
AGAIN = {
    "futures": "the analysis kept was of other futures: done again, by the same choices",
    "choices": "the analysis kept was of other choices: done again",
    "code": "the analysis kept was made by other code ({before}): done again, by the same choices",
    "unreadable": "the analysis kept could not be read: done again",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The futures in a folder, and the choices made now for its analysis; None: as made before."""

    results: Path
    count: int | None
    method: str | None
    seed: int | None
    anew: bool

    def kept(self) -> Kept:
        """The analysis kept in the folder, done first where it is not there or other choices are asked for.

        A choice that is not made now is as it was made before, unless ``anew``.
        """
        from meguru.cli.foresight.run import announce_compiling
        from meguru.cli.screen import say
        from meguru.foresight.analysis import Choices, analysis_of

        asked = {"count": self.count, "method": self.method, "seed": self.seed}
        given = {name: value for name, value in asked.items() if value is not None}
        choices: Any = Choices(**given) if self.anew else given  # type: ignore[arg-type]
        with _progress(announce_compiling) as advance:
            kept = analysis_of(self.results, choices, progress=advance)
        if kept.why in AGAIN:
            say(AGAIN[kept.why].format(before=kept.before))
        return kept


def analysis_options(command: Command) -> Command:
    """RESULTS and the choices of an analysis, as one argument ``wanted``; and ``as_json``."""

    @wraps(command)
    def whole(
        results: Path, count: int | None, method: str | None, seed: int | None, anew: bool, **more: Any
    ) -> Any:
        return command(wanted=Wanted(results, count, method, seed, anew), **more)

    for option in reversed(
        (
            click.argument("results", type=click.Path(exists=True, file_okay=False, path_type=Path)),
            click.option(
                "--count",
                type=click.IntRange(1, 26),
                help="Number of groups; default what the model says, else what the futures speak for.",
            ),
            click.option(
                "--method",
                type=click.Choice(("kmeans", "ward")),
                help="How groups are formed; default kmeans.",
            ),
            click.option("--seed", type=click.IntRange(0), help="Of starts, nulls and resamples; default 0."),
            click.option("--anew", is_flag=True, help="Analyse again, and forget the choices kept."),
            click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        )
    ):
        whole = option(whole)
    return cast(Command, whole)


@contextmanager
def _progress(announce: Callable[[], None]) -> Iterator[Callable[[str], None]]:
    """A line for each part of the analysis as it begins; on a terminal with the time it takes."""
    import sys

    from meguru.cli.screen import console, say

    screen = console(sys.stderr)
    if not screen.is_terminal:

        def tell(part: str) -> None:
            if part == next(iter(PARTS)):
                announce()
                say("analysing the futures; the analysis is kept beside them")

        yield tell
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("reading", total=None)
        yield lambda part: bar.update(task, description=PARTS[part])


def group_named(kept: Kept, code: str | None) -> tuple[str, ...]:
    """The group named, which must be there; all where none is named."""
    codes = kept.analysis.groups.codes
    if code is None:
        return codes
    if code.upper() not in codes:
        raise click.UsageError(f"There is no group '{code}'; there are {', '.join(codes)}.")
    return (code.upper(),)


def head_of(kept: Kept) -> str:
    """What was analysed, in a line."""
    from meguru.cli.check import count

    futures, groups = kept.futures, kept.analysis.groups
    fixed = "fixed by the model" if kept.analysis.choices.count is None else "asked for"
    splits = kept.analysis.tree.splits
    drawn = splits and not any(one.supported for one in splits)
    how = fixed if groups.forced else "proposed, but no split is supported" if drawn else "found"
    return (
        f"  {futures.members.size:,} futures, seed {futures.seed}; {count(len(groups.codes), 'group')}, {how}"
    )


def print_sentences(kept: Kept, part: str, codes: tuple[str, ...] | None = None) -> None:
    """Sentences of a part, in the language of the terminal; drivers stand in tables of their own."""
    from rich.text import Text

    from meguru.cli.screen import console
    from meguru.cli.values import language
    from meguru.foresight.telling import tell

    screen = console()
    for one in tell(kept.futures, kept.analysis):
        if one.part == part and one.kind != "driver" and (codes is None or set(one.about) <= set(codes)):
            screen.print(Text(one.text[language()]))


def sentence_data(kept: Kept, part: str, codes: tuple[str, ...] | None = None) -> list[dict[str, Any]]:
    """Sentences with their evidence as plain data."""
    from dataclasses import asdict

    from meguru.foresight.telling import tell

    found = []
    for one in tell(kept.futures, kept.analysis):
        if one.part == part and (codes is None or set(one.about) <= set(codes)):
            more = {"authors": one.evidence.authors, "citations": one.evidence.citations}
            data = asdict(one)
            found.append({**data, "text": one.text, "evidence": {**data["evidence"], **more}})
    return found
