"""The state of an ensemble in a folder: what is done stays done, whatever ends the run."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from meguru.errors import NotReadableError, ResumeError, WriteError
from meguru.explore.ensembles.plan import Array, Block, Plan, digest
from meguru.files.writing import to_json, write_beside

SETTINGS = "ensemble.json"
OTHER = {  # settings, as they are told where they differ
    "model": "another model",
    "model_hash": "another state of the model",
    "version": "another version of meguru",
    "scenarios": "other scenarios",
    "indicators": "other indicators",
    "samples": "another number of samples",
    "seed": "another seed",
    "sampling": "another way to draw samples",
    "values": "other values given",
}
KINDS = {"scenarios": list, "samples": int, "seed": int, "sampling": dict}  # what a run is begun again with
BLOCK = re.compile(r"samples-(\d+)-(\d+)\.npz")


class Folder:
    """Settings and finished blocks of one ensemble.

    Each block carries a hash of the settings and one of its own numbers, so that none of another ensemble,
    and none that was changed, is ever taken for one of this.

    Parameters
    ----------
    path
        Made if it is not there.
    resume
        Whether to go on with what it holds.

    Raises
    ------
    ResumeError
        The folder holds an ensemble, or blocks of one, and is not to be resumed; there is nothing to resume;
        or what it holds is
        of another model or other settings.
    """

    def __init__(self, path: Path, plan: Plan, *, resume: bool) -> None:
        self.path = path
        self.settings = _hash(to_json(plan.settings).encode())
        there = path.is_dir() and any(
            one.name == SETTINGS or BLOCK.fullmatch(one.name) for one in path.iterdir()
        )
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
        """(first, last) → blocks that are done.

        Raises
        ------
        NotReadableError
            A block that can not be read, is of another ensemble, or is not what was written.
        """
        found = {}
        for path in sorted(self.path.iterdir()):
            name = BLOCK.fullmatch(path.name)
            if name is not None:
                first, last = int(name[1]), int(name[2])
                shape = (len(plan.scenarios), len(plan.indicators), last - first, len(plan.years))
                found[first, last] = Block(first, last, self._read(path, first, last, shape))
        return found

    def _read(self, path: Path, first: int, last: int, shape: tuple[int, ...]) -> Array:
        """The numbers of a block, if they are those that :meth:`keep` wrote for these settings."""
        hint = "Take the file away, and its samples are run again."
        try:
            with np.load(io.BytesIO(path.read_bytes())) as held:
                values: Array = held["values"]
                settings, numbers = str(held["settings"]), str(held["numbers"])
        except Exception as error:  # whatever a broken archive, or the header of an array in it, trips over
            raise NotReadableError(f"can not be read: {error}", file=str(path), hint=hint) from error
        if settings != self.settings or values.shape != shape:
            raise NotReadableError(
                "not the samples of this ensemble",
                file=str(path),
                found=values.shape,
                expected=shape,
                hint=hint,
            )
        if numbers != _numbers(first, last, values):
            raise NotReadableError("not the numbers that were written", file=str(path), hint=hint)
        return values

    def keep(self, block: Block) -> None:
        """Write a block beside its place, then rename it."""
        stream = io.BytesIO()
        numbers = _numbers(block.first, block.last, block.values)
        np.savez(stream, values=block.values, settings=self.settings, numbers=numbers)
        write_beside(self.path / f"samples-{block.first:09d}-{block.last:09d}.npz", stream.getvalue())


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _numbers(first: int, last: int, values: Array) -> str:
    """SHA-256 of numbers and of which samples they are."""
    return _hash(f"{first}-{last} {digest(values)}".encode())


def read_settings(path: Path) -> dict[str, Any]:
    """The settings of the ensemble in a folder.

    Raises
    ------
    ResumeError
        There is none.
    NotReadableError
        What stands there can not be read, or is none.
    """
    file = path / SETTINGS
    hint = "Put back the file as it was written, or choose another folder."
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ResumeError(
            "no ensemble to go on with", file=str(path), expected=f"a folder with {SETTINGS}"
        ) from None
    except (OSError, ValueError) as error:
        raise NotReadableError(f"can not be read: {error}", file=str(file), hint=hint) from error
    held: dict[str, Any] = found if isinstance(found, dict) else {}
    for key, kind in KINDS.items():
        if not isinstance(held.get(key), kind):
            raise NotReadableError(
                "not the settings of an ensemble",
                file=str(file),
                place=key,
                found=held.get(key, "none"),
                expected=f"'{key}' as it was written",
                hint=hint,
            )
    return held


def _same(held: Mapping[str, Any], wanted: Mapping[str, Any], path: Path) -> None:
    """What was begun is what is asked for."""
    for key, value in wanted.items():
        if held.get(key) != value:
            of_model = key == "model_hash"
            raise ResumeError(
                f"the folder holds an ensemble of {OTHER[key]}",
                file=str(path),
                place="model" if of_model else key,
                found=_state(held) if of_model else held.get(key),
                expected=_state(wanted) if of_model else str(value),
                hint="Numbers of the two would not belong together; choose another folder.",
            )


def _state(settings: Mapping[str, Any]) -> str:
    """A model by its name, and the beginning of the hash that tells its states apart."""
    return f"{settings.get('model')} ({str(settings.get('model_hash'))[:8]}…)"
