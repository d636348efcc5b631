"""Synthetic nameplates: drawn, worn and photographed by chance. No photo of a real plate is among them.

Makers and models are invented. Every third plate is of a type that the catalogue does not have; half of
those are one letter away from a type that it has.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from meguru.reverse.catalogue import Catalogue, ProductType

SERIES = ("WJ-", "KX", "RH-", "TMG", "めぐる", "PS4-")
MAKERS = {"en": "MEGURU ELECTRIC", "ja": "めぐる電機株式会社"}
ROWS = {
    "en": ("MODEL", "VOLTAGE 100V 50/60Hz", "SER.NO"),
    "ja": ("型式", "定格電圧 単相100V", "製造番号"),
}
ENDINGS = "ABSKT8520"
TYPES = 40
WORN = ("clear", "small", "noisy")


@dataclass(frozen=True)
class Plate:
    """A picture and the truth about it; ``type_name`` is None for a type that is not in the catalogue."""

    picture: np.ndarray[Any, np.dtype[np.uint8]]
    model: str
    type_name: str | None
    near: bool
    language: str
    worn: str


def models(count: int, rng: np.random.Generator) -> list[str]:
    """Model strings, each differing from some others by one letter: B from 8, S from 5."""
    found: list[str] = []
    while len(found) < count:
        if found and rng.random() < 0.4:
            start = found[rng.integers(len(found))]
            model = changed(start, rng)
        else:
            model = f"{SERIES[rng.integers(len(SERIES))]}{rng.integers(100, 9999)}{ENDINGS[rng.integers(5)]}"
        if model not in found:
            found.append(model)
    return found


def changed(model: str, rng: np.random.Generator) -> str:
    """The same but for one letter or digit at its end, as a maker calls the next version."""
    place = len(model) - 1 - int(rng.integers(3))
    choice = ENDINGS if place == len(model) - 1 else "123456789"
    letter = str(rng.choice([one for one in choice if one != model[place]]))
    return model[:place] + letter + model[place + 1 :]


def plate_catalogue(seed: int = 1) -> Catalogue:
    """A catalogue of invented types."""
    names = models(TYPES, np.random.default_rng(seed))
    return Catalogue(
        types={name: ProductType(maker="Meguru Electric (invented)", model=name) for name in names}
    )


def plates(catalogue: Catalogue, count: int, seed: int = 2) -> Iterator[Plate]:
    """Plates of a catalogue's types and of others."""
    rng = np.random.default_rng(seed)
    known = list(catalogue.types)
    for number in range(count):
        model: str = known[rng.integers(len(known))]
        near = False
        if number % 3 == 2:
            near = number % 2 == 0
            while model in known:
                model = changed(known[rng.integers(len(known))], rng) if near else models(1, rng)[0]
        language, worn = ("en", "ja")[number // 3 % 2], WORN[number // 6 % 3]
        picture = photographed(drawn(model, language, rng), worn, rng)
        yield Plate(picture, model, model if model in known else None, near, language, worn)


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """A typeface with Japanese glyphs, from its package."""
    path = files("noto_cjk_sans_jp_regular") / "NotoSansCJKjp-Regular.otf"
    return ImageFont.truetype(str(path), size)


def drawn(model: str, language: str, rng: np.random.Generator) -> Image.Image:
    """A plate as it left the works, letters 30 px high."""
    label, voltage, serial = ROWS[language]
    rows = [
        MAKERS[language],
        f"{label}{' ' if rng.random() < 0.7 else '  '}{model}",
        voltage,
        f"{serial} {rng.integers(10**6, 10**7)}",
    ]
    ground = int(rng.integers(150, 235))
    ink = 20 if rng.random() < 0.8 else 250
    ground = ground if ink == 20 else int(rng.integers(20, 90))
    image = Image.new("L", (620, 280), ground)
    pen = ImageDraw.Draw(image)
    pen.rectangle((6, 6, 613, 273), outline=ink, width=3)
    for row, text in enumerate(rows):
        pen.text((30, 22 + row * 60), text, font=font(36), fill=ink)
    return image


def photographed(plate: Image.Image, worn: str, rng: np.random.Generator) -> np.ndarray[Any, Any]:
    """A photo of a plate: askew, smaller, unsharp, noisy, unevenly lit."""
    picture: Any = np.asarray(plate, np.float32)
    height, width = picture.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) + 60
    moved = corners + rng.normal(0, 8, (4, 2)).astype(np.float32)
    turn = cv2.getPerspectiveTransform(corners - 60, moved)
    picture = cv2.warpPerspective(
        picture, turn, (width + 120, height + 120), borderMode=cv2.BORDER_CONSTANT, borderValue=(110,)
    )
    scale = {"clear": 1.0, "small": 0.36, "noisy": 0.6}[worn]
    picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    picture = cv2.GaussianBlur(picture, (0, 0), {"clear": 0.8, "small": 0.5, "noisy": 0.9}[worn])
    light = np.linspace(rng.uniform(0.7, 1.0), 1.0, picture.shape[1])
    noise = rng.normal(0, {"clear": 4, "small": 6, "noisy": 18}[worn], picture.shape)
    grey = np.clip(picture * light + noise, 0, 255).astype(np.uint8)
    packed = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 70])[1]
    opened: Any = cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)
    return np.asarray(cv2.cvtColor(opened, cv2.COLOR_GRAY2RGB))


def main(folder: Path, count: int) -> None:
    """Write plates as pictures, to look at."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, plate in enumerate(plates(plate_catalogue(), count)):
        Image.fromarray(plate.picture).save(folder / f"{number:03d}-{plate.model}-{plate.worn}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
