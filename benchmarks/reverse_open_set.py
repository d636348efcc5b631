"""What ``known`` 0.5 sorts out, by looks alone: ``python -m benchmarks.reverse_open_set FOLDER``.

FOLDER is as for ``meguru reverse benchmark``. With all types known, and with every fifth unknown in turn: the
share of test photos of known types that are called unknown, and of unknown ones that pass as known. Errors
are of types drawn anew, since photos of one type are alike.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from benchmarks.measure import keep_table
from meguru.reverse.identify.appearance import learn_vectors, reference_vectors
from meguru.reverse.identify.calibration import auroc
from meguru.reverse.identify.classifier import standing_out
from meguru.reverse.identify.features import features
from meguru.reverse.identify.picture import open_photo

TURNS, EVEN, DRAWS, SEED = 5, 0.5, 400, 5


class Looks:
    """References and test photos of a folder, as vectors."""

    def __init__(self, folder: Path) -> None:
        split = json.loads((folder / "split.json").read_text(encoding="utf-8"))
        self.types = np.array([row[1] for row in split["refs"]])
        self.icons = [row[2] == "icon" for row in split["refs"]]
        self.vectors = reference_vectors([folder / "img" / row[0] for row in split["refs"]], None)
        self.truth = np.array([row[1] for row in split["test"]])
        self.tested = np.stack([features(open_photo(folder / "img" / row[0])) for row in split["test"]])

    def judged(self, turn: int | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of each test photo: whether its type is known, the chance that it is, how far it stands out."""
        kept = np.flatnonzero(self.types % TURNS != turn) if turn is not None else np.arange(len(self.types))
        names = [str(one) for one in self.types[kept]]
        looks = learn_vectors(self.vectors[kept], names, [self.icons[one] for one in kept])
        assert looks.calibration is not None
        found = [looks.classifier.likeness(looks.reduction(one)) for one in self.tested]
        known = np.isin(self.truth, self.types[kept])
        chance = np.array([looks.calibration.known(one) for one in found])
        return known, chance, np.array([standing_out(one) for one in found])


def error_of_auroc(types: np.ndarray, known: np.ndarray, apart: np.ndarray) -> float:
    """Standard error where types are drawn anew, known and unknown ones by themselves."""
    rng = np.random.default_rng(SEED)
    found = []
    for _ in range(DRAWS):
        sides = []
        for side in (known, ~known):
            names = np.unique(types[side])
            drawn = rng.choice(names, len(names))
            sides.append(np.concatenate([apart[side & (types == one)] for one in drawn]))
        found.append(auroc(*sides))
    return float(np.std(found, ddof=1))


def main(folder: Path) -> None:
    looks = Looks(folder)
    _, chance, _ = looks.judged(None)
    lines = [
        "| unknown types | known ones called unknown | unknown ones that pass | AUROC | ± by type |",
        "| --- | --- | --- | --- | --- |",
        f"| none | {100 * (chance < EVEN).mean():.0f} % | | | |",
    ]
    for turn in range(TURNS):
        known, chance, apart = looks.judged(turn)
        refused, passed = (chance[known] < EVEN).mean(), (chance[~known] >= EVEN).mean()
        area, error = auroc(apart[known], apart[~known]), error_of_auroc(looks.truth, known, apart)
        which = f"{turn}, {turn + TURNS}, {turn + 2 * TURNS} …"
        lines.append(f"| {which} | {100 * refused:.0f} % | {100 * passed:.0f} % | {area:.3f} | {error:.3f} |")
        print(lines[-1], flush=True)
    lines += [
        "",
        f"{len(looks.truth)} test photos, `known` {EVEN}. `python -m benchmarks.reverse_open_set FOLDER`.",
        "",
    ]
    keep_table(__file__, lines)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
