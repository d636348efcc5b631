"""The shape of what a photo shows, if it lies before a plain ground; else nothing is said of it.

The ground is what the colours along the border say. The mask counts as clean only if the border is plain, one
piece of moderate size stands out, and hardly touches the border: a wrong outline is worse than none.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.inventory.importers.naming import need
from meguru.reverse.identify.picture import EXTRA, Pixels

WHAT = "the shape of a thing in a photo"
SIDE = 160  # px; outlines are taken at this size
BORDER = 4  # px along the edge that are ground
PLAIN = 9.0  # largest spread of a plain ground's colours, in CIE L*a*b* of 8 bits
FAR = 4.0  # spreads from the ground, from which on a pixel belongs to the thing
LEAST_SPREAD = 3.0  # of the ground: a drawn one has none
SMALLEST, LARGEST = 0.03, 0.8  # share of the picture that a thing takes
WHOLE = 0.9  # share of all that stands out that is in one piece
CUT = 0.05  # share of the border that the thing may touch
POINTS = 128  # of the outline
HARMONICS = 8  # to each side
GEOMETRY = 4
LENGTH = 2 * HARMONICS + 7 + GEOMETRY

Vector = NDArray[np.float32]
Mask = NDArray[np.uint8]


def shape(photo: Pixels) -> Vector:
    """Numbers of an outline that do not change if the thing is moved, turned or nearer (LENGTH); length one.

    Sizes of Fourier descriptors of the outline against the first (Zahn and Roskies 1972, in the form with
    complex coordinates), logarithms of Hu's moments (Hu 1962), and slenderness, solidity, extent and
    roundness. Zeros if there is no clean mask.
    """
    cv2: Any = need("cv2", EXTRA, WHAT)
    mask = clean_mask(photo)
    if mask is None:
        return np.zeros(LENGTH, np.float32)
    outline = max(cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0], key=cv2.contourArea)
    parts = (_fourier(outline[:, 0].astype(np.float64)), _hu(cv2, mask), _geometry(cv2, outline))
    vector = np.concatenate([one / max(float(np.linalg.norm(one)), 1e-12) for one in parts])
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def clean_mask(photo: Pixels) -> Mask | None:
    """The thing in a photo as ones in a picture of ``SIDE`` px at most; None if it is not clean."""
    cv2: Any = need("cv2", EXTRA, WHAT)
    scale = SIDE / max(photo.shape[:2])
    small = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    if min(small.shape[:2]) <= 4 * BORDER:
        return None
    lab = cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 1.0), cv2.COLOR_RGB2LAB).astype(np.float32)
    edge = np.ones(lab.shape[:2], bool)
    edge[BORDER:-BORDER, BORDER:-BORDER] = False
    middle = np.median(lab[edge], axis=0)
    spread = 1.4826 * np.median(np.abs(lab[edge] - middle), axis=0)
    if spread.max() > PLAIN:
        return None
    far = (((lab - middle) / np.maximum(spread, LEAST_SPREAD)) ** 2).sum(2) > FAR**2
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    apart = cv2.morphologyEx(far.astype(np.uint8), cv2.MORPH_OPEN, disc)
    count, pieces, told, _ = cv2.connectedComponentsWithStats(apart, connectivity=8)
    if count < 2:
        return None
    largest = 1 + int(told[1:, cv2.CC_STAT_AREA].argmax())
    thing: Mask = (pieces == largest).astype(np.uint8)
    whole = thing.sum() >= WHOLE * apart.sum()
    fits = SMALLEST <= thing.mean() <= LARGEST
    rim = np.concatenate([thing[0], thing[-1], thing[:, 0], thing[:, -1]])
    return thing if whole and fits and rim.mean() <= CUT else None


def _fourier(outline: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sizes of the descriptors −HARMONICS … −1 and 2 … HARMONICS + 1 over that of the first."""
    closed = np.concatenate([outline, outline[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    at = np.linspace(0.0, along[-1], POINTS, endpoint=False)
    x, y = (np.interp(at, along, closed[:, axis]) for axis in (0, 1))
    sizes = np.abs(np.fft.fft(x + 1j * y))
    # A hole's outline would run the other way round: the greater of both firsts is the thing's own.
    first = max(sizes[1], sizes[-1], 1e-12)
    if sizes[-1] > sizes[1]:
        sizes = np.concatenate([sizes[:1], sizes[:0:-1]])
    return np.asarray(np.concatenate([sizes[-HARMONICS:], sizes[2 : HARMONICS + 2]]) / first)


def _hu(cv2: Any, mask: Mask) -> NDArray[np.float64]:
    moments = cv2.HuMoments(cv2.moments(mask, binaryImage=True))[:, 0]
    # The last changes its sign in a mirror; which side of a thing lies up is chance.
    return np.asarray(np.log10(np.abs(moments) + 1e-10) + 10.0)


def _geometry(cv2: Any, outline: Any) -> NDArray[np.float64]:
    area, around = cv2.contourArea(outline), cv2.arcLength(outline, True)
    width, height = cv2.minAreaRect(outline)[1]
    hull = cv2.contourArea(cv2.convexHull(outline))
    return np.array(
        [
            min(width, height) / max(width, height, 1e-9),
            area / max(hull, 1e-9),
            area / max(width * height, 1e-9),
            4 * np.pi * area / max(around**2, 1e-9),
        ]
    )
