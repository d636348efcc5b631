"""Codes in a photo: QR, Data Matrix, Code 128 and what else the decoder knows.

The photo is tried as it is first; only if nothing is found follow the same photo enlarged, smoothed, with
its contrast stretched, sharpened, inverted. So more is found than by the decoder alone, and never less.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from meguru.inventory.importers.naming import need
from meguru.reverse.catalogue import Catalogue
from meguru.reverse.identify.picture import EXTRA, Pixels

SMALL = 900  # px of the longer side: enlarging larger photos only costs time


@dataclass(frozen=True, slots=True)
class Code:
    """A code that was read, and its kind as the decoder calls it."""

    text: str
    form: str


def read_codes(photo: Pixels) -> list[Code]:
    """Every code of a photo, each text once."""
    decoder: Any = need("zxingcpp", EXTRA, "a code in a photo")
    for variant in _variants(photo):
        found = decoder.read_barcodes(variant)
        codes = {
            (one.text, str(one.format).rpartition(".")[2]): None for one in found if one.valid and one.text
        }
        if codes:
            return [Code(text, form) for text, form in codes]
    return []


def _variants(photo: Pixels) -> Iterator[Pixels]:
    cv2: Any = need("cv2", EXTRA, "a code in a photo")
    yield photo
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
