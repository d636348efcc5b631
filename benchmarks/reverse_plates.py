"""Synthetic plates that no reader can tell: ``python -m benchmarks.reverse_plates``.

Plates of types that the catalogue does not have, which differ from a known one by one letter of nearly the
same shape (O and 0, I and 1, B and 8, S and 5, Z and 2), invented and worn as those of the tests. The counts
go to ``reverse_plates.md``. All other plates: ``python tests/plate_trial.py COUNT SEED``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from synthetic_plates import WORN, Plate, drawn, photographed, plate_catalogue

from benchmarks.measure import keep_table
from meguru.reverse.catalogue import Catalogue
from meguru.reverse.identify.matching import accepted_plate, doubtful_plate, match_plate
from meguru.reverse.identify.plate import read_plate

SEED = 3
SHAPES = dict(one for pair in ("O0", "I1", "B8", "S5", "Z2") for one in (pair, pair[::-1]))


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


def main() -> None:
    catalogue = plate_catalogue()
    count = accepted = doubted = 0
    for plate in confusable(catalogue):
        matches = match_plate(read_plate(plate.picture), catalogue)
        found = accepted_plate(matches)
        count += 1
        accepted += found is not None
        doubted += doubtful_plate(matches) is not None
        if found is not None:
            print(plate.model, plate.worn, "read as", found.type_name, flush=True)
    lines = [
        "| synthetic plates of unknown types, one letter of nearly the same shape from a known one | | |",
        "| --- | --- | --- |",
        f"| read as the known type, accepted wrongly | {accepted} of {count} | {accepted / count:.1%} |",
        f"| called doubtful | {doubted} of {count} | {doubted / count:.1%} |",
        "",
        "`python -m benchmarks.reverse_plates`; synthetic.",
        "",
    ]
    keep_table(__file__, lines)


if __name__ == "__main__":
    main()
