"""The analysis beside the futures it is of: found once, used by every command and report."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from meguru.errors import NotReadableError
from meguru.files.writing import write_beside
from meguru.foresight.analysis.analyse import Analysis, Choices, analyse, origin_of
from meguru.foresight.futures import Futures
from meguru.foresight.futures_files import load_futures

FUTURES, ANALYSIS = "futures.nc", "analysis.json"


@dataclass(frozen=True, eq=False)
class Kept:
    """Futures with their analysis.

    Attributes
    ----------
    futures, analysis
        Both belong together: same model, seed, version and scenarios.
    folder
        Where both are kept.
    again
        Whether the analysis was done now and not found there.
    """

    futures: Futures
    analysis: Analysis
    folder: Path
    again: bool


def analysis_of(
    folder: str | os.PathLike[str],
    choices: Choices | None = None,
    *,
    progress: Callable[[str], None] | None = None,
) -> Kept:
    """Futures of a folder, and their analysis, which is done and kept there if it is not yet.

    Parameters
    ----------
    folder
        With a ``futures.nc``, as ``meguru foresight run --out`` writes it.
    choices
        None: those of the analysis kept; an analysis kept of other choices is done again.
    progress
        Called with the name of each part as it begins; not at all where the analysis is kept.

    Raises
    ------
    NotReadableError
        The folder has no futures, or its analysis can not be read.
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
    kept = _kept(folder / ANALYSIS)
    same = kept is not None and kept.provenance == origin_of(futures)
    if kept is not None and same and choices in (None, kept.choices):
        return Kept(futures, kept, folder, False)
    found = analyse(futures, choices, progress=progress)
    write_beside(folder / ANALYSIS, found.to_json().encode("utf-8"))
    return Kept(futures, found, folder, True)


def _kept(path: Path) -> Analysis | None:
    if not path.is_file():
        return None
    try:
        return Analysis.from_json(path.read_text(encoding="utf-8"))
    except NotReadableError as error:
        hint = "It is of another version or was changed. Delete it: it is made again."
        raise NotReadableError(
            error.message, file=str(path), place=error.place, line=error.line, hint=hint
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise NotReadableError(f"can not be read: {error}", file=str(path)) from error
