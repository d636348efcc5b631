"""The text of a plate: read by the models that lie inside the reader's own package; nothing is downloaded."""

from __future__ import annotations

from functools import cache
from typing import Any

from meguru.inventory.importers.naming import need
from meguru.reverse.identify.matching import Line
from meguru.reverse.identify.picture import EXTRA, Pixels

FAINTEST = 0.3  # the reader's score below which a line is noise
SMALL = 480  # px of the longer side: smaller pictures are enlarged before they are read
THREADS = 1


@cache
def _reader() -> Any:
    module: Any = need("rapidocr", EXTRA, "the text of a plate")
    need("onnxruntime", EXTRA, "the text of a plate")
    engine = "EngineConfig.onnxruntime."
    return module.RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.text_score": FAINTEST,
            f"{engine}intra_op_num_threads": THREADS,
            f"{engine}inter_op_num_threads": THREADS,
        }
    )


def read_plate(photo: Pixels) -> list[Line]:
    """Lines of text in a photo, as the reader finds them; none in a photo without text."""
    cv2: Any = need("cv2", EXTRA, "the text of a plate")
    scale = 1.0
    if max(photo.shape[:2]) < SMALL:
        scale = 2.0
        photo = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    found = _reader()(photo[:, :, ::-1].copy())
    if not found.txts:
        return []
    return [
        Line(
            text,
            float(score),
            (
                float(box[:, 0].min() / scale),
                float(box[:, 1].min() / scale),
                float(box[:, 0].max() / scale),
                float(box[:, 1].max() / scale),
            ),
        )
        for text, score, box in zip(found.txts, found.scores, found.boxes, strict=True)
    ]
