"""The state of an ensemble in a folder: what is done stays done, whatever ends the run."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from meguru.errors import NotReadableError, ResumeError, WriteError
from meguru.explore.ensemble_plan import Block, Plan
from meguru.files.writing import to_json, write_beside

SETTINGS = "ensemble.json"
BLOCK = re.compile(r"samples-(\d+)-(\d+)\.npy")


class Folder:
    """Settings and finished blocks of one ensemble.

    Parameters
    ----------
    path
        Made if it is not there.
    resume
        Whether to go on with what it holds.

    Raises
    ------
    ResumeError
        The folder holds an ensemble and is not to be resumed; there is nothing to resume; or what it holds is
        of another model or other settings.
    """

    def __init__(self, path: Path, plan: Plan, *, resume: bool) -> None:
        self.path = path
        there = (path / SETTINGS).exists()
        if there and not resume:
            raise ResumeError(
                "the folder holds an ensemble already",
                file=str(path),
                hint="Resume it, or choose another folder.",
            )
        if resume:
            _same(read_settings(path), plan.settings, path)
            return
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WriteError(f"can not be made: {error.strerror or error}", file=str(path)) from error
        write_beside(path / SETTINGS, to_json(plan.settings).encode())

    def blocks(self, plan: Plan) -> dict[tuple[int, int], Block]:
        """(first, last) → blocks that are done."""
        shape = (len(plan.scenarios), len(plan.indicators), -1, len(plan.years))
        found = {}
        for path in sorted(self.path.iterdir()):
            name = BLOCK.fullmatch(path.name)
            if name is not None:
                first, last = int(name[1]), int(name[2])
                try:
                    values = np.load(path)
                except (OSError, ValueError, EOFError) as error:
                    raise NotReadableError(f"can not be read: {error}", file=str(path)) from error
                expected = (*shape[:2], last - first, shape[3])
                if values.shape != expected:
                    raise NotReadableError(
                        "not the samples of this ensemble",
                        file=str(path),
                        found=values.shape,
                        expected=expected,
                    )
                found[first, last] = Block(first, last, values)
        return found

    def keep(self, block: Block) -> None:
        """Write a block beside its place, then rename it."""
        stream = io.BytesIO()
        np.save(stream, block.values)
        write_beside(self.path / f"samples-{block.first:09d}-{block.last:09d}.npy", stream.getvalue())


def read_settings(path: Path) -> dict[str, Any]:
    """The settings of the ensemble in a folder.

    Raises
    ------
    ResumeError
        There is none.
    """
    file = path / SETTINGS
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ResumeError(
            "no ensemble to go on with", file=str(path), expected=f"a folder with {SETTINGS}"
        ) from None
    except (OSError, ValueError) as error:
        raise NotReadableError(f"can not be read: {error}", file=str(file)) from error
    return found


def _same(held: Mapping[str, Any], wanted: Mapping[str, Any], path: Path) -> None:
    """What was begun is what is asked for."""
    for key, value in wanted.items():
        if held.get(key) != value:
            what = "model" if key == "model_hash" else key
            raise ResumeError(
                f"the folder holds an ensemble of another {what}",
                file=str(path),
                place=key,
                found=held.get(key),
                expected=str(value),
                hint="Numbers of the two would not belong together; choose another folder.",
            )
