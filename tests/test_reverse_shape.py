"""The shape of a thing before a plain ground: the same wherever it lies, and silent where nothing is told."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from meguru.reverse.identify.shape import HARMONICS, LENGTH, clean_mask, shape

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
OUTLINES = {
    "star": [(0.5 + (0.5 if k % 2 == 0 else 0.2) * np.exp(1j * np.pi * k / 5)) for k in range(10)],
    "square": [0, 1, 1 + 1j, 1j],
    "bar": [0, 1, 1 + 0.25j, 0.25j],
    "corner": [0, 1, 1 + 0.3j, 0.3 + 0.3j, 0.3 + 1j, 1j],
    "arrow": [0, 0.6, 0.6 - 0.3j, 1 + 0.2j, 0.6 + 0.7j, 0.6 + 0.4j, 0.4j],
}


def drawn(name: str, turn: float, size: float, where: tuple[float, float], noise: float = 2.0) -> Pixels:
    """A synthetic photo of a grey thing on a plain ground, drawn four times finer than it is."""
    points = np.array(OUTLINES[name]) - np.mean(OUTLINES[name])
    points = points * np.exp(1j * turn) * size + complex(*where)
    canvas = np.full((960, 960, 3), 205, np.uint8)
    corners = np.stack([points.real, points.imag], 1) * 960
    cv2.fillPoly(canvas, [corners.round().astype(np.int32)], (90, 90, 95))
    small = cv2.resize(canvas, (240, 240), interpolation=cv2.INTER_AREA).astype(np.float64)
    grains = np.random.default_rng(int(1000 * turn)).normal(0, noise, small.shape)
    return np.clip(small + grains, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("name", OUTLINES)
def test_a_thing_that_is_moved_turned_or_nearer_keeps_its_shape(name: str) -> None:
    plain = shape(drawn(name, 0.0, 0.5, (0.5, 0.5)))
    assert plain.shape == (LENGTH,) and np.linalg.norm(plain) == pytest.approx(1.0)
    for turn, size, where in ((0.7, 0.5, (0.45, 0.55)), (2.0, 0.4, (0.5, 0.5)), (4.0, 0.55, (0.52, 0.5))):
        moved = shape(drawn(name, turn, size, where))
        others = [plain @ shape(drawn(other, turn, size, where)) for other in OUTLINES if other != name]
        assert plain @ moved > 0.99 > max(others) or plain @ moved > max(others) + 0.005


def test_the_descriptors_are_those_of_the_true_outline() -> None:
    """An ellipse, its outline walked at constant speed: descriptors by integrals over it."""
    canvas = np.full((640, 640, 3), 200, np.uint8)
    cv2.ellipse(canvas, (320, 320), (240, 160), 0.0, 0.0, 360.0, (60, 60, 60), -1)
    angle = np.linspace(0, 2 * np.pi, 20_001)
    x, y = 1.5 * np.cos(angle), np.sin(angle)
    along = np.r_[0.0, np.cumsum(np.hypot(np.diff(x), np.diff(y)))] / np.hypot(np.diff(x), np.diff(y)).sum()

    def size(harmonic: int) -> float:
        return float(abs(np.trapezoid((x + 1j * y) * np.exp(-2j * np.pi * harmonic * along), along)))

    orders = [*range(-HARMONICS, 0), *range(2, HARMONICS + 2)]
    expected = np.array([size(one) / size(1) for one in orders])
    found = shape(canvas)[: 2 * HARMONICS]
    assert found / np.linalg.norm(found) == pytest.approx(expected / np.linalg.norm(expected), abs=0.03)


def test_where_no_clean_outline_is_there_nothing_is_said() -> None:
    rng = np.random.default_rng(1)
    noisy = rng.integers(0, 255, (200, 200, 3)).astype(np.uint8)
    empty = np.full((200, 200, 3), 180, np.uint8)
    cut = empty.copy()
    cut[60:200, 80:200] = 40  # runs out of the picture
    two = empty.copy()
    two[40:90, 40:90] = two[120:170, 120:170] = 40
    tiny = empty.copy()
    tiny[95:105, 95:105] = 40
    for photo in (noisy, empty, cut, two, tiny, np.full((16, 400, 3), 180, np.uint8)):
        assert clean_mask(photo) is None
        assert not shape(photo).any()


def test_the_mask_is_the_thing() -> None:
    photo = drawn("corner", 0.0, 0.6, (0.5, 0.5))
    mask = clean_mask(photo)
    assert mask is not None
    true = cv2.resize(
        (photo[:, :, 0] < 150).astype(np.uint8), mask.shape[::-1], interpolation=cv2.INTER_NEAREST
    )
    assert (mask == true).mean() > 0.98
