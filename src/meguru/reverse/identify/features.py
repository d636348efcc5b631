"""What a photo looks like, as numbers: a vector for each of several views of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.inventory.importers.naming import need
from meguru.reverse.identify.network import HEAD, OUTPUTS, WHAT, session
from meguru.reverse.identify.picture import EXTRA, Pixels
from meguru.reverse.identify.shape import shape

SIDE = 224  # px; what the network was trained on
MIDDLE, SCALE = 127.0, 128.0  # of its input
# left, top, width and height as shares of the photo: the whole, its middle, its corners
VIEWS = (
    (0.0, 0.0, 1.0, 1.0),
    (0.125, 0.125, 0.75, 0.75),
    (0.0, 0.0, 0.75, 0.75),
    (0.25, 0.0, 0.75, 0.75),
    (0.0, 0.25, 0.75, 0.75),
    (0.25, 0.25, 0.75, 0.75),
)
COLOUR_SIDE = 96
LIGHTNESS, GREEN_RED, BLUE_YELLOW = 4, 8, 8  # bins
REACH = 48, 64  # of a* and b* about grey, where the colours of things lie
CENTRE = 1 / 3  # of the side: how far from the middle a pixel still counts

Vectors = NDArray[np.float32]


def features(photo: Pixels, *, mirrored: bool = False) -> Vectors:
    """Vectors (view, feature) of a photo.

    Each block of a vector has length one: the last layer of the network, its two inner layers (mean, and
    spread over the picture for texture), colours, and the shape of the whole, which is zeros where the
    ground is not plain. ``mirrored`` takes the mean of the photo and its
    mirror image, which costs twice as much: for references.
    """
    cv2: Any = need("cv2", EXTRA, WHAT)
    vectors = []
    outline = shape(photo)
    for view in VIEWS:
        part = _part(photo, view)
        small = cv2.resize(part, (SIDE, SIDE), interpolation=_shrinking(cv2, part))
        blocks = _network_blocks(small)
        if mirrored:
            blocks = [
                np.asarray((one + other) / 2, np.float32)
                for one, other in zip(blocks, _network_blocks(small[:, ::-1]), strict=True)
            ]
        blocks.append(colours(cv2.resize(part, (COLOUR_SIDE, COLOUR_SIDE), interpolation=cv2.INTER_AREA)))
        vectors.append(np.concatenate([_unit(one) for one in (*blocks, outline)]))
    return np.array(vectors, np.float32)


def _part(photo: Pixels, view: tuple[float, float, float, float]) -> Pixels:
    height, width = photo.shape[:2]
    left, top = int(view[0] * width), int(view[1] * height)
    return photo[top : top + int(view[3] * height), left : left + int(view[2] * width)]


def _shrinking(cv2: Any, part: Pixels) -> Any:
    """Areas are averaged where many pixels become one; few are drawn smoothly."""
    return cv2.INTER_AREA if min(part.shape[:2]) > 1.5 * SIDE else cv2.INTER_CUBIC


def _network_blocks(small: Pixels) -> list[NDArray[np.float32]]:
    image = ((small.astype(np.float32) - MIDDLE) / SCALE).transpose(2, 0, 1)[None]
    found = dict(
        zip(OUTPUTS, session().run(list(OUTPUTS), {"image": np.ascontiguousarray(image)}), strict=True)
    )
    texture = found["texture"][0]
    means = [found[name][0].mean((1, 2)) for name in (HEAD, "parts", "texture")]
    return [*means, texture.std((1, 2))]


def _unit(block: NDArray[np.float32]) -> NDArray[np.float32]:
    length = np.linalg.norm(block)
    return np.asarray(block / length if length > 0 else block, np.float32)


def colours(small: Pixels) -> NDArray[np.float32]:
    """Shares of colours in CIE L*a*b*, the middle of the photo weighted most; square roots of the shares.

    With the square roots the scalar product of two histograms is the Bhattacharyya coefficient.
    """
    cv2: Any = need("cv2", EXTRA, WHAT)
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.int64)
    light = np.minimum(lab[..., 0] * LIGHTNESS // 256, LIGHTNESS - 1)
    red = np.clip((lab[..., 1] - 128 + REACH[0]) * GREEN_RED // (2 * REACH[0]), 0, GREEN_RED - 1)
    yellow = np.clip((lab[..., 2] - 128 + REACH[1]) * BLUE_YELLOW // (2 * REACH[1]), 0, BLUE_YELLOW - 1)
    side = np.arange(COLOUR_SIDE) - (COLOUR_SIDE - 1) / 2
    falling = np.exp(-(side**2) / (2 * (CENTRE * COLOUR_SIDE) ** 2))
    bins = (light * GREEN_RED + red) * BLUE_YELLOW + yellow
    weight = np.outer(falling, falling)
    shares = np.bincount(bins.ravel(), weight.ravel(), LIGHTNESS * GREEN_RED * BLUE_YELLOW)
    return np.asarray(np.sqrt(shares / shares.sum()), np.float32)
