"""How well looks alone tell types apart, on a folder with references and test photos.

The folder holds ``split.json`` (``classes``: names; ``refs``: [path, class, "icon" or "nat", number];
``test``: [path, class]) and the photos below ``img/``. Everything is learnt from the references; the test
photos give one final figure.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.errors import NotReadableError, WrongTypeError
from meguru.files.tree import read_text
from meguru.reverse.catalogue import Photo
from meguru.reverse.identify.appearance import Appearance, learn_vectors, reference_vectors
from meguru.reverse.identify.calibration import Calibration, auroc
from meguru.reverse.identify.classifier import standing_out
from meguru.reverse.identify.features import features
from meguru.reverse.identify.picture import open_photo

SPLIT, PHOTOS, ICON = "split.json", "img", "icon"
EVERY = 5  # of the types, one is held out as unknown, in turn
TOP = 5


@dataclass(frozen=True, slots=True)
class Share:
    """A share of photos with its standard error."""

    value: float
    error: float


@dataclass(frozen=True)
class Benchmark:
    """What a benchmark found. ``cpu_ms`` is the processor time of one photo, opened to judged.

    ``auroc`` tells known from unknown types: every fifth type is left out of the references in turn, each
    test photo is judged by each such half-blind classifier; ``auroc_first`` is the first turn alone.
    ``expected`` is what the references alone promised, left out of themselves.
    """

    types: int
    references: int
    photos: int
    top_1: Share
    top_5: Share
    auroc: Share
    auroc_first: float
    cpu_ms: float
    expected: Calibration | None


@dataclass(frozen=True)
class _Split:
    classes: list[str]
    references: list[Photo]
    test: list[tuple[Path, int]]


def benchmark(folder: str | os.PathLike[str], cache: Path | None = None) -> Benchmark:
    """Learn from the references of a folder, judge its test photos by their looks alone.

    Raises
    ------
    NotReadableError
        No ``split.json``, or a photo that is missing or broken.
    WrongTypeError
        A ``split.json`` of another form.
    """
    split = _read(Path(folder))
    vectors = reference_vectors([one.path for one in split.references], cache)
    every = learn_vectors(
        vectors, [one.type_name for one in split.references], [one.is_icon for one in split.references]
    )
    started = process_time()
    tested = np.stack([features(open_photo(path)) for path, _ in split.test])
    judged = [every.classifier.likeness(every.reduction(one)) for one in tested]
    cpu_ms = (process_time() - started) * 1000 / len(tested)
    truth = [split.classes[number] for _, number in split.test]
    ranks = np.array([_rank(every, found, name) for found, name in zip(judged, truth, strict=True)])
    turns = [_unknown(split, vectors, tested, turn) for turn in range(EVERY)]
    return Benchmark(
        len(split.classes), len(split.references), len(tested), _share(ranks < 1), _share(ranks < TOP),
        Share(float(np.mean(turns)), float(np.std(turns, ddof=1) / math.sqrt(EVERY))), turns[0], cpu_ms,
        every.calibration,
    )  # fmt: skip


def _rank(looks: Appearance, likeness: NDArray[np.float64], name: str) -> int:
    """How many types look more like it than the right one; a type without references is never found."""
    if name not in looks.names:
        return len(likeness)
    return int((likeness > likeness[looks.names.index(name)]).sum())


def _unknown(split: _Split, vectors: NDArray[np.floating], tested: NDArray[np.floating], turn: int) -> float:
    """The area under the curve with every fifth type unknown."""
    known = {name for number, name in enumerate(split.classes) if number % EVERY != turn}
    kept = [index for index, one in enumerate(split.references) if one.type_name in known]
    looks = learn_vectors(
        vectors[kept],
        [split.references[index].type_name for index in kept],
        [split.references[index].is_icon for index in kept],
        calibrated=False,
    )
    apart = np.array([standing_out(looks.classifier.likeness(looks.reduction(one))) for one in tested])
    is_known = np.array([split.classes[number] in known for _, number in split.test])
    return auroc(apart[is_known], apart[~is_known])


def _share(right: NDArray[np.bool_]) -> Share:
    share = float(right.mean())
    return Share(share, math.sqrt(share * (1 - share) / len(right)))


def _read(folder: Path) -> _Split:
    path = folder / SPLIT
    try:
        data = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise NotReadableError(f"no JSON: {error}", file=str(path), line=error.lineno) from error
    try:
        classes = [str(name) for name in data["classes"]]
        references = [
            Photo(folder / PHOTOS / row[0], classes[row[1]], row[2] == ICON) for row in data["refs"]
        ]
        test = [(folder / PHOTOS / row[0], int(row[1])) for row in data["test"]]
        _refuse_empty(classes, references, test)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise WrongTypeError(
            "no split of references and test photos",
            file=str(path),
            found=f"{type(error).__name__}: {error}",
            expected="classes, refs [path, class, kind, number] and test [path, class]",
        ) from error
    return _Split(classes, references, test)


def _refuse_empty(*lists: Sequence[Any]) -> None:
    if not all(lists):
        raise ValueError("an empty list")
