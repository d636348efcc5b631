"""Which type a product in a photo is: by its codes, by its plate, by its looks.

A code or a plate may decide by itself. Looks only propose: what looks like a type is put before the operator.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from meguru.errors import NotReadableError, UnknownNameError
from meguru.reverse.catalogue import Catalogue, Photo, add_photo
from meguru.reverse.identify.appearance import Appearance, learn
from meguru.reverse.identify.codes import Code, match_codes, read_codes
from meguru.reverse.identify.matching import (
    Line,
    PlateMatch,
    accepted_plate,
    doubtful_plate,
    likeness,
    match_plate,
)
from meguru.reverse.identify.picture import Pixels, open_photo
from meguru.reverse.identify.plate import read_plate

Status = Literal["accepted", "proposed", "unknown"]
CODE, PLATE, APPEARANCE = "code", "plate", "appearance"
WAYS = (CODE, PLATE, APPEARANCE)
SHOWN = 5
NEVER = 1e-12  # a chance that counts as none
EVEN = 0.5  # known as likely as not
SPREAD = (
    0.05  # of what looks say, given to all types alike: a plate's photo may not show the product (assumed)
)
CODE_WEIGHT = 1e6  # of a type that a code names, where several codes name several (assumed)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A type that it may be; ``probability`` None where nothing could be calibrated."""

    type_name: str
    probability: float | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Identification:
    """What a photo shows.

    ``accepted``: a code or a plate says so, ``type_name`` holds the type. ``proposed``: the operator chooses
    among the candidates. ``unknown``: nothing in the catalogue is like it; candidates are the nearest.
    ``known`` is the probability that it is of the catalogue at all, None where that can not be said.
    """

    status: Status
    type_name: str | None
    candidates: tuple[Candidate, ...]
    known: float | None
    codes: tuple[Code, ...] = ()
    lines: tuple[Line, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass
class Identifier:
    """Identifies by a catalogue. What references look like is learnt when it is first needed.

    Parameters
    ----------
    catalogue
        As from :func:`meguru.reverse.catalogue.load_catalogue`.
    ways
        Which of ``code``, ``plate`` and ``appearance`` are used.
    cache
        Folder for vectors of references; default the user's cache.
    """

    catalogue: Catalogue
    ways: Collection[str] = WAYS
    cache: Path | None = None
    _appearance: Appearance | None = field(default=None, init=False, repr=False)
    _learnt: bool = field(default=False, init=False, repr=False)
    _unreadable: list[NotReadableError] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        for way in self.ways:
            if way not in WAYS:
                raise UnknownNameError("no such way to identify", found=way, expected=WAYS)

    @property
    def appearance(self) -> Appearance | None:
        """What types look like; None if fewer than two types have photos."""
        if not self._learnt:
            self._unreadable = []
            self._appearance = learn(self.catalogue.photos, self.cache, self._unreadable)
            self._learnt = True
        return self._appearance

    @property
    def unreadable(self) -> tuple[NotReadableError, ...]:
        """References that were set aside since they are no pictures; known once something was identified."""
        return tuple(self._unreadable)

    def identify(self, photo: str | os.PathLike[str] | Pixels) -> Identification:
        """Identify the product in a photo: a file, or pixels (row, column, red-green-blue).

        A code that names one type ends it: nothing more is read.

        Raises
        ------
        NotReadableError
            No picture, a broken one, or one larger than any camera takes.
        LibraryError
            A package is not installed (extra ``meguru[reverse]``).
        """
        pixels = open_photo(photo) if isinstance(photo, (str, os.PathLike)) else photo
        codes = read_codes(pixels) if CODE in self.ways else []
        by_code = match_codes(codes, self.catalogue)
        if len(by_code) == 1:
            return _by_code(by_code, codes)
        lines = read_plate(pixels) if PLATE in self.ways else []
        matches = match_plate(lines, self.catalogue)
        looks = self.appearance if APPEARANCE in self.ways else None
        shares, known = _looks(looks, pixels) if looks is not None else ({}, None)
        accepted = None if by_code else accepted_plate(matches)
        remarks = ["codes name several types: " + ", ".join(by_code)] if by_code else []
        doubtful = doubtful_plate(matches)
        if doubtful is not None:
            remarks.append(_doubt(doubtful))
        candidates, known = _combined(matches, by_code, shares, known)
        if accepted is not None:
            status: Status = "accepted"
            candidates.sort(key=lambda one: one.type_name != accepted.type_name)
        else:
            nothing = not candidates or (known is not None and known < EVEN)
            status = "unknown" if nothing else "proposed"
        return Identification(
            status, accepted.type_name if accepted else None, tuple(candidates[:SHOWN]), known, tuple(codes),
            tuple(lines), tuple(remarks),
        )  # fmt: skip

    def confirm(self, photo: str | os.PathLike[str], type_name: str) -> Photo:
        """The operator's word that a photo shows a type: it becomes a reference of it.

        Raises
        ------
        NotReadableError
            No picture; nothing is kept then.
        UnknownNameError
            No such type in the catalogue.
        DuplicateKeyError
            The same picture is a reference of another type.
        """
        path = Path(photo)
        open_photo(path)
        new = add_photo(self.catalogue, type_name, path.read_bytes(), path.suffix)
        self._learnt = False
        return new


def _doubt(match: PlateMatch) -> str:
    return (
        f"doubtful: plate reads '{match.read}', which is '{match.spelling}' but for letters of the same "
        "shape; it may be misread, or a type that the catalogue does not have"
    )


def _by_code(by_code: Mapping[str, Code], codes: Sequence[Code]) -> Identification:
    ((name, code),) = by_code.items()
    candidate = Candidate(name, 1.0, (f"{code.form} reads '{code.text}'",))
    return Identification("accepted", name, (candidate,), 1.0, tuple(codes))


def _looks(looks: Appearance, pixels: Pixels) -> tuple[dict[str, tuple[float, float | None]], float | None]:
    """Type → (likeness, probability among the known types), and the probability that it is one of them."""
    found = looks.compare(pixels)
    if looks.calibration is None:
        return {name: (float(one), None) for name, one in zip(looks.names, found, strict=True)}, None
    shares = looks.calibration.shares(found)
    pairs = zip(looks.names, map(float, found), map(float, shares), strict=True)
    return {name: (one, share) for name, one, share in pairs}, looks.calibration.known(found)


def _combined(
    matches: Sequence[PlateMatch],
    by_code: Mapping[str, Code],
    looks: Mapping[str, tuple[float, float | None]],
    known: float | None,
) -> tuple[list[Candidate], float | None]:
    """Candidates, best first, by Bayes' rule: looks give the prior, the plate the likelihood.

    Types without photos share what one type with photos has on average, so that a plate can name them.
    """
    plate = likeness(matches)
    read = {one.type_name: one for one in matches}
    even = 1.0 / max(1, len(looks))
    weights: dict[str, float] = {}
    for name in {**dict.fromkeys(by_code), **read, **looks}:
        alike, share = looks.get(name, (0.0, None))
        prior = even * (1.0 + alike) if share is None else (1 - SPREAD) * share + SPREAD * even
        weights[name] = prior * plate.get(name, 1.0) * (CODE_WEIGHT if name in by_code else 1.0)
    total = sum(weights.values())
    if known is not None:
        odds = known / max(1.0 - known, NEVER) * total
        known = odds / (1.0 + odds)
    return [
        Candidate(
            name,
            None if known is None else weights[name] / total * known,
            _reasons(name, by_code, read, looks),
        )
        for name in sorted(weights, key=lambda name: (-weights[name], name))
    ], known


def _reasons(
    name: str,
    by_code: Mapping[str, Code],
    read: Mapping[str, PlateMatch],
    looks: Mapping[str, tuple[float, float | None]],
) -> tuple[str, ...]:
    reasons = []
    if name in by_code:
        reasons.append(f"{by_code[name].form} reads '{by_code[name].text}'")
    if name in read:
        match = read[name]
        how = "exactly" if match.cost == 0 else f"but for changes worth {match.cost:.2g} letters"
        reasons.append(f"plate reads '{match.read}', which is '{match.spelling}' {how}")
    if name in looks:
        reasons.append(f"looks alike: {looks[name][0]:.2f} of 1")
    return tuple(reasons)
