"""Synthetic plates, read and matched: ``python -m benchmarks.reverse_plates``.

The plates are those of the tests, invented and worn by chance. Beside them those that no reader can tell:
plates of types that the catalogue does not have, which differ from a known one by one letter of nearly the
same shape. The counts go to ``reverse_plates.md``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from plate_trial import Trial, trial
from synthetic_plates import WORN, Plate, drawn, photographed, plate_catalogue, plates

from meguru.reverse.catalogue import Catalogue
from meguru.reverse.identify.matching import doubtful_plate, match_plate
from meguru.reverse.identify.plate import read_plate

RESULTS = Path(__file__).parent / "reverse_plates.md"
COUNT, SEED = 840, 3
SHAPES = dict(one for pair in ("O0", "I1", "B8", "S5", "Z2") for one in (pair, pair[::-1]))
WRONG_95 = 3.0  # wrong ones that are possible with 95 % confidence where none was seen


def confusable(catalogue: Catalogue, seed: int = SEED) -> Iterator[Plate]:
    """One plate for each letter of each type that another one looks like, as of a type that is unknown."""
    rng = np.random.default_rng(seed)
    known = set(catalogue.types)
    names = {
        name[:place] + SHAPES[letter] + name[place + 1 :]
        for name in known
        for place, letter in enumerate(name)
        if letter in SHAPES
    }
    for number, name in enumerate(sorted(names - known)):
        language, worn = ("en", "ja")[number % 2], WORN[number // 2 % 3]
        yield Plate(photographed(drawn(name, language, rng), worn, rng), name, None, True, language, worn)


def row(what: str, count: int, of: int) -> str:
    return f"| {what} | {count} of {of} | {100.0 * count / of:.1f} % |"


def main() -> None:
    catalogue = plate_catalogue()
    usual: Trial = trial(catalogue, plates(catalogue, COUNT, SEED), tell=True)
    alike = list(confusable(catalogue))
    twins = trial(catalogue, alike, tell=True)
    doubted = sum(
        doubtful_plate(match_plate(read_plate(one.picture), catalogue)) is not None for one in alike
    )
    most = 100.0 * WRONG_95 / usual.plates
    lines = [
        "| synthetic plates | | |",
        "| --- | --- | --- |",
        row("nearest type right, plates of known types", usual.right, usual.known),
        row("accepted, plates of known types", usual.accepted, usual.known),
        row(f"accepted wrongly (0: with 95 % confidence below {most:.2f} %)", usual.wrong, usual.plates),
        row("accepted wrongly, unknown types one letter of the same shape away", twins.wrong, twins.plates),
        row("… of these called doubtful", doubted, twins.plates),
        "",
        "`python -m benchmarks.reverse_plates`; synthetic.",
        "",
    ]
    text = "\n".join(lines)
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
