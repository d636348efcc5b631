"""What matching of plates is worth: the share of right model strings, and of wrong acceptances."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass

from synthetic_plates import Plate, plate_catalogue, plates

from meguru.reverse.catalogue import Catalogue
from meguru.reverse.identify.matching import accepted_plate, match_plate
from meguru.reverse.identify.plate import read_plate


@dataclass
class Trial:
    """Counts of plates: of known types and of all, the nearest type right, accepted, accepted wrongly."""

    known: int = 0
    right: int = 0
    accepted: int = 0
    plates: int = 0
    wrong: int = 0


def trial(catalogue: Catalogue, made: Iterable[Plate], *, tell: bool = False) -> Trial:
    """Read plates and match them."""
    count = Trial()
    for plate in made:
        lines = read_plate(plate.picture)
        matches = match_plate(lines, catalogue)
        accepted = accepted_plate(matches)
        count.plates += 1
        if plate.type_name is not None:
            count.known += 1
            right = bool(matches) and matches[0].type_name == plate.type_name
            count.right += right
            count.accepted += accepted is not None and accepted.type_name == plate.type_name
            if tell and not right:
                print("not found", plate.model, plate.worn, [line.text for line in lines], matches[:2])
        wrong = accepted is not None and accepted.type_name != plate.type_name
        count.wrong += wrong
        if tell and wrong:
            print("wrongly accepted", plate.model, plate.worn, plate.near, accepted)
    return count


if __name__ == "__main__":
    catalogue = plate_catalogue()
    print(trial(catalogue, plates(catalogue, int(sys.argv[1]), int(sys.argv[2])), tell=True))
