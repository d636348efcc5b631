"""Codes in a photo: QR, Data Matrix, Code 128 and what else the decoder knows.

The photo is tried as it is first; only if nothing is found follow the same photo enlarged, smoothed, with
its contrast stretched, sharpened, inverted. So more is found than by the decoder alone, and never less. A bar
code has one weak check digit, so that many tries would sooner or later read a wrong one: there two of them
must agree.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from meguru.inventory.importers.naming import need
from meguru.reverse.catalogue import Catalogue
from meguru.reverse.identify.picture import EXTRA, Pixels

SMALL = 900  # px of the longer side: enlarging larger photos only costs time
# Codes with error correction, which do not come out wrong.
CORRECTED = frozenset(
    (
        *("QR Code", "QR Code Model 1", "QR Code Model 2", "Micro QR Code", "rMQR Code"),
        *("Data Matrix", "Aztec", "Aztec Code", "PDF417", "Compact PDF417", "MicroPDF417", "MaxiCode"),
    )
)
AGREE = 2  # tries that must read the same bar code


@dataclass(frozen=True, slots=True)
class Code:
    """A code that was read, and its kind as the decoder calls it."""

    text: str
    form: str


def read_codes(photo: Pixels) -> list[Code]:
    """Every code of a photo, each text once."""
    plain = _decoded(photo)
    if plain:
        return plain
    seen: Counter[Code] = Counter()
    for variant in _variants(photo):
        found = _decoded(variant)
        seen.update(found)
        sure = [code for code in found if code.form in CORRECTED or seen[code] >= AGREE]
        if sure:
            return sure
    return []


def _decoded(picture: Pixels) -> list[Code]:
    decoder: Any = need("zxingcpp", EXTRA, "a code in a photo")
    found = decoder.read_barcodes(picture)
    return list(dict.fromkeys(Code(one.text, str(one.format)) for one in found if one.valid and one.text))


def _variants(photo: Pixels) -> Iterator[Pixels]:
    cv2: Any = need("cv2", EXTRA, "a code in a photo")
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    large = max(grey.shape) > SMALL
    double = grey if large else cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    yield double
    yield cv2.GaussianBlur(double, (0, 0), 1.5)
    yield cv2.medianBlur(double, 5)
    yield cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(cv2.GaussianBlur(double, (0, 0), 1.0))
    yield cv2.addWeighted(double, 2.5, cv2.GaussianBlur(double, (0, 0), 3.0), -1.5, 0)
    smooth = cv2.GaussianBlur(double, (0, 0), 2.0)
    yield cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1]
    yield np.ascontiguousarray(255 - double)
    if large:
        yield cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


def match_codes(codes: list[Code], catalogue: Catalogue) -> dict[str, Code]:
    """Types that codes name: a type's patterns hold for the whole content of a code."""
    return {
        name: code
        for name, one in catalogue.types.items()
        for code in codes
        if any(re.fullmatch(pattern, code.text) for pattern in one.codes)
    }
