"""Worn synthetic codes, by the decoder alone and with further tries: ``python -m benchmarks.reverse_codes``.

A hundred of each kind, drawn by chance: turned by up to 15°, down to half their size, unsharp, faint, noisy,
every sixth white on black. The counts go to ``reverse_codes.md``; the row of ``results.md`` has the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import zxingcpp

from benchmarks.measure import keep_table, measure, tell
from meguru.reverse.identify.codes import read_codes

KINDS = {
    "QR": zxingcpp.BarcodeFormat.QRCode,
    "Data Matrix": zxingcpp.BarcodeFormat.DataMatrix,
    "Code 128": zxingcpp.BarcodeFormat.Code128,
}
EACH, SEED = 100, 7
ROOM = 24  # px around a code
DARK_GROUND = 6  # every so manieth is white on black


def worn(kind: str, count: int = EACH, seed: int = SEED) -> Iterator[tuple[str, Any]]:
    """Texts and synthetic photos of their codes."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        text = f"MEGURU-{rng.integers(10**6):06d}"
        made = zxingcpp.create_barcode(text, KINDS[kind])
        plain: Any = np.asarray(zxingcpp.write_barcode_to_image(made, scale=4), np.float32)
        plain = cv2.copyMakeBorder(plain, *[ROOM] * 4, cv2.BORDER_CONSTANT, value=(255,))
        if number % DARK_GROUND == 0:
            plain = 255 - plain
        yield text, photographed(plain, rng)


def photographed(plain: Any, rng: np.random.Generator) -> Any:
    """A code as a bad photo shows it."""
    height, width = plain.shape
    angle, scale = rng.uniform(-15, 15), rng.uniform(0.5, 1.0)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    side = int(np.ceil(np.hypot(width, height)))
    turn[:, 2] += [(side - width) / 2, (side - height) / 2]
    edge = {"borderMode": cv2.BORDER_CONSTANT, "borderValue": (float(plain[0, 0]),)}
    picture: Any = cv2.warpAffine(plain, turn, (side, side), **edge)
    picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.8, 2.0))
    contrast, lift = rng.uniform(0.15, 0.6), rng.uniform(40, 100)
    picture = picture * contrast + lift + rng.normal(0, rng.uniform(4, 16), picture.shape)
    return cv2.cvtColor(np.clip(picture, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2RGB)


def counts(kind: str) -> tuple[int, int, int]:
    """Right by the decoder alone, right with further tries, wrong with further tries."""
    alone = right = wrong = 0
    for text, photo in worn(kind):
        alone += text in [one.text for one in zxingcpp.read_barcodes(photo)]
        found = [one.text for one in read_codes(photo)]
        right += text in found
        wrong += any(one != text for one in found)
    return alone, right, wrong


def codes() -> None:
    photos = [photo for kind in KINDS for _, photo in worn(kind)]
    tell(**measure(lambda: [read_codes(photo) for photo in photos], warm=0, runs=1))


def main() -> None:
    lines = ["| 100 worn synthetic codes each | decoder alone | with further tries | read wrong |"]
    lines.append("| --- | --- | --- | --- |")
    lines += [f"| {kind} | {' | '.join(map(str, counts(kind)))} |" for kind in KINDS]
    keep_table(__file__, [*lines, "", "`python -m benchmarks.reverse_codes`; synthetic.", ""])


CASES = {"codes": codes}

if __name__ == "__main__":
    main()
