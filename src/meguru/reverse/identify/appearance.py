"""Which types a photo looks like: references turned into vectors once, learnt from, calibrated."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meguru.errors import NotReadableError
from meguru.files.writing import write_beside
from meguru.reverse.catalogue import Photo
from meguru.reverse.identify.calibration import Calibration, calibrate
from meguru.reverse.identify.classifier import Classifier, Reduction, reduction, train
from meguru.reverse.identify.features import Vectors, features
from meguru.reverse.identify.picture import Pixels, open_photo

FORM = 2  # of the vectors that are kept: another one if they are made otherwise
ICON_WEIGHT = 0.5  # a brochure's picture says less than a photo of the line
FEWEST_TYPES = 2


@dataclass(frozen=True)
class Appearance:
    """What the types of a catalogue look like."""

    names: tuple[str, ...]
    reduction: Reduction
    classifier: Classifier
    calibration: Calibration | None

    def compare(self, photo: Pixels) -> NDArray[np.float64]:
        """Likeness of a photo to each type of ``names``, −1 to 1."""
        return self.classifier.likeness(self.reduction(features(photo)))


def learn(
    photos: Sequence[Photo], cache: Path | None = None, aside: list[NotReadableError] | None = None
) -> Appearance | None:
    """Learn what types look like from their reference photos.

    Parameters
    ----------
    photos
        References.
    cache
        Where vectors of photos are kept from one time to the next; default the user's cache.
    aside
        Gets the faults of references that are no pictures, which are then left out; without it the first is
        raised. Each names its file.

    Returns
    -------
    Appearance or None
        None with photos of fewer than two types: there is nothing to tell apart.
    """
    if len({photo.type_name for photo in photos}) < FEWEST_TYPES:
        return None
    good, views = [], []
    for photo in photos:
        try:
            views.append(_kept(photo.path, cache or _user_cache()))
        except NotReadableError as error:
            if aside is None:
                raise
            aside.append(error.at(file=str(photo.path)))
        else:
            good.append(photo)
    if len({photo.type_name for photo in good}) < FEWEST_TYPES:
        return None
    return learn_vectors(
        np.stack(views), [photo.type_name for photo in good], [photo.is_icon for photo in good]
    )


def learn_vectors(
    views: NDArray[np.floating], types: Sequence[str], icons: Sequence[bool], *, calibrated: bool = True
) -> Appearance:
    """Learn from vectors (photo, view, feature) of references; ``calibrated`` costs five times as much."""
    names = tuple(dict.fromkeys(types))
    number = {name: index for index, name in enumerate(names)}
    kind = np.array([number[name] for name in types])
    icon = np.array(icons, bool)
    weight = np.where(icon, ICON_WEIGHT, 1.0)
    reduce, width = reduction(views), views.shape[-1]
    reduced = reduce(views)
    learnt = train(reduced, kind, weight, width)
    found = calibrate(reduced, kind, weight, icon, width) if calibrated else None
    return Appearance(names, reduce, learnt, found)


def reference_vectors(paths: Sequence[Path], cache: Path | None = None) -> Vectors:
    """Vectors (photo, view, feature) of references, those seen before from the cache."""
    return np.stack([_kept(path, cache or _user_cache()) for path in paths])


def _user_cache() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("meguru") / f"photos-{FORM}"


def _kept(path: Path, cache: Path) -> Vectors:
    """Vectors of a reference, from the cache if this very picture was seen before."""
    photo = open_photo(path)
    kept = cache / f"{hashlib.sha256(photo.tobytes()).hexdigest()}.npy"
    if kept.exists():
        found: Vectors = np.load(kept, allow_pickle=False)
        return found
    vectors = features(photo, mirrored=True)
    cache.mkdir(parents=True, exist_ok=True)
    write_beside(kept, _as_bytes(vectors))
    return vectors


def _as_bytes(vectors: Vectors) -> bytes:
    from io import BytesIO

    stream = BytesIO()
    np.save(stream, vectors, allow_pickle=False)
    return stream.getvalue()
