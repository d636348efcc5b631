"""The analysis beside the futures it is of: found once, used by every command and report."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from meguru.errors import NotReadableError
from meguru.files.writing import write_beside
from meguru.foresight.analysis.analyse import Analysis, Choices, analyse
from meguru.foresight.analysis.origin import made_by, origin_of
from meguru.foresight.analysis.store import from_plain
from meguru.foresight.futures import Futures
from meguru.foresight.futures_files import load_futures

FUTURES, ANALYSIS = "futures.nc", "analysis.json"
Why = Literal["", "none", "futures", "choices", "code", "unreadable"]


@dataclass(frozen=True, eq=False)
class Kept:
    """Futures with their analysis.

    Attributes
    ----------
    futures, analysis
        Both belong together: same model, seed, version and scenarios.
    folder
        Where both are kept.
    why
        Why the analysis was done now; empty where it was found there. ``none``: there was none; else what was
        there is of other ``futures``, of other ``choices``, made by other ``code``, or ``unreadable``.
    before
        What had made the analysis that was there and was done again; empty where that is not known.
    """

    futures: Futures
    analysis: Analysis
    folder: Path
    why: Why
    before: str


def analysis_of(
    folder: str | os.PathLike[str],
    choices: Choices | Mapping[str, Any] | None = None,
    *,
    progress: Callable[[str], None] | None = None,
) -> Kept:
    """Futures of a folder, and their analysis, which is done and kept there if it is not yet.

    An analysis of other futures, of other choices, by other code, or that can not be read is done again. What
    was chosen before holds on, as far as it can be read.

    Parameters
    ----------
    folder
        With a ``futures.nc``, as ``meguru foresight run --out`` writes it.
    choices
        None: those of the analysis kept. A mapping: these by name, all others as kept.
    progress
        Called with the name of each part as it begins; not at all where the analysis is kept.

    Raises
    ------
    NotReadableError
        The folder has no futures, or a file can not be opened.
    """
    folder = Path(folder)
    if not (folder / FUTURES).is_file():
        raise NotReadableError(
            "no futures",
            file=str(folder),
            expected=f"a folder with {FUTURES}",
            hint=f"Write one with: meguru foresight run MODEL --out {folder}",
        )
    futures = load_futures(folder / FUTURES)
    there = _there(folder / ANALYSIS)
    asked = choices if isinstance(choices, Choices) else replace(there.choices, **(choices or {}))
    why = there.why
    if there.analysis is not None:
        if there.analysis.provenance != origin_of(futures):
            why = "futures"
        elif there.analysis.choices != asked:
            why = "choices"
        else:
            return Kept(futures, there.analysis, folder, "", "")
    found = analyse(futures, asked, progress=progress)
    write_beside(folder / ANALYSIS, found.to_json().encode("utf-8"))
    return Kept(futures, found, folder, why, there.made_by)


@dataclass(frozen=True, eq=False)
class _There:
    """What is kept: the analysis if it holds, the choices as far as they can be read, and what is wrong."""

    analysis: Analysis | None
    choices: Choices
    why: Why
    made_by: str


def _there(path: Path) -> _There:
    if not path.is_file():
        return _There(None, Choices(), "none", "")
    try:
        plain = json.loads(path.read_bytes())
    except OSError as error:
        raise NotReadableError(f"can not be read: {error}", file=str(path)) from error
    except ValueError:  # no JSON, or no text
        return _There(None, Choices(), "unreadable", "")
    if not isinstance(plain, dict):
        return _There(None, Choices(), "unreadable", "")
    try:
        choices = from_plain(Choices, plain.get("choices"))
    except NotReadableError:
        choices = Choices()
    made = plain.get("made_by", "")
    if made != made_by():
        return _There(None, choices, "code" if isinstance(made, str) and made else "unreadable", str(made))
    try:
        return _There(from_plain(Analysis, plain), choices, "", made)
    except NotReadableError:
        return _There(None, choices, "unreadable", made)
