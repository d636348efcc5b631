"""Photos as they come: opened with care, since a batch holds broken, huge and wrong files too."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.errors import NotReadableError
from meguru.inventory.importers.naming import need

EXTRA = "reverse"
MOST_PIXELS = 100_000_000
SMALLEST = 16  # px of a side
WORKING_SIDE = 1600  # px; codes and plates are read in a photo of this size at most

Pixels = NDArray[np.uint8]


def open_photo(path: str | os.PathLike[str]) -> Pixels:
    """The pixels of a photo, upright: (row, column, red-green-blue).

    The size is taken from the header, before anything is decoded; large photos are made smaller.

    Raises
    ------
    NotReadableError
        No such file, no picture, broken off, too small, or more pixels than a camera has.
    """
    path = Path(path)
    image_of: Any = need("PIL.Image", EXTRA, "a photo")
    turned: Any = need("PIL.ImageOps", EXTRA, "a photo")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", image_of.DecompressionBombWarning)  # our own limit is below
            with image_of.open(path) as image:
                _check_size(image.size, path)
                image.draft("RGB", (WORKING_SIDE, WORKING_SIDE))
                upright = turned.exif_transpose(image)
                upright.thumbnail((WORKING_SIDE, WORKING_SIDE), image_of.Resampling.LANCZOS)
                return np.asarray(_plain(upright, image_of))
    except FileNotFoundError as error:
        raise NotReadableError("no such photo", file=str(path)) from error
    except image_of.DecompressionBombError as error:
        most = 2 * image_of.MAX_IMAGE_PIXELS // 1_000_000  # above it the library itself refuses
        raise _too_large(path, f"more than {most} million") from error
    except image_of.UnidentifiedImageError as error:
        raise NotReadableError(
            "no picture", file=str(path), expected="JPEG, PNG, WebP, TIFF or BMP"
        ) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise NotReadableError(f"a broken picture: {error}", file=str(path)) from error


def _plain(image: Any, image_of: Any) -> Any:
    """Red, green and blue on white: what is transparent in an icon is ground.

    Of 16 bits a grey value the upper eight are taken; left to itself the library would show all as white.
    """
    if image.mode.startswith(("I;16", "I")):
        image = image_of.fromarray((np.asarray(image).clip(0, 65535) // 256).astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        ground = image_of.new("RGBA", image.size, "white")
        return image_of.alpha_composite(ground, image).convert("RGB")
    return image.convert("RGB")


def _check_size(size: tuple[int, int], path: Path) -> None:
    width, height = size
    if width * height > MOST_PIXELS:
        raise _too_large(path, f"{width} × {height}")
    if min(width, height) < SMALLEST:
        raise NotReadableError(
            "a picture too small", file=str(path), found=f"{width} × {height} px",
            expected=f"at least {SMALLEST} px a side",
        )  # fmt: skip


def _too_large(path: Path, found: str) -> NotReadableError:
    return NotReadableError(
        "a picture too large", file=str(path), found=f"{found} px",
        expected=f"at most {MOST_PIXELS // 1_000_000} million pixels",
    )  # fmt: skip
