"""What an analysis is of, and what made it: by these it is known whether one that was kept still holds."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from meguru.foresight.futures import Futures
from meguru.version import __version__

HOME = Path(__file__).parents[1]  # of all that simulates and analyses futures


def origin_of(futures: Futures) -> dict[str, Any]:
    """What the futures of an analysis are known by: their provenance but the time, and which they are."""
    kept = {key: value for key, value in futures.provenance.items() if key != "created"}
    return {**kept, "members_hash": hashlib.sha256(futures.members.tobytes()).hexdigest()[:16]}


@cache
def made_by() -> str:
    """Version of this program, and a digest of its code for futures: the version alone may stand still."""
    digest = hashlib.sha256()
    for path in sorted(HOME.rglob("*.py")):
        digest.update(path.relative_to(HOME).as_posix().encode("utf-8"))
        digest.update(path.read_bytes())
    return f"meguru {__version__}, code {digest.hexdigest()[:12]}"
