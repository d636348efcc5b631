"""What circular-economy-2050 tells, kept as data. Written again: ``python tests/story_of_example.py FOLDER``.

FOLDER is what ``meguru foresight run circular-economy-2050 --out FOLDER`` wrote (20,000 futures, seed 0).
Numbers of scenarios and influences are left out; everything from which the sentences are made is there.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from meguru.foresight.analysis import Kept, analysis_of
from meguru.foresight.telling import tell

STORY = Path(__file__).parent / "data" / "circular_economy_2050_story.json"


def story(kept: Kept) -> dict[str, Any]:
    """Sentences with the values of their evidence, and of which model and run they are."""
    found = kept.analysis
    keys = ("model_hash", "seed", "members")
    return {
        **{key: found.provenance[key] for key in keys},
        "association": found.driving_forces.association if found.driving_forces else None,
        "sentences": [
            {
                "kind": one.kind,
                "about": one.about,
                "text": one.text,
                "values": one.evidence.values,
                "counts": one.evidence.counts,
                "curves": one.evidence.curves,
            }
            for one in tell(kept.futures, found)
        ],
    }


if __name__ == "__main__":
    text = json.dumps(story(analysis_of(sys.argv[1])), ensure_ascii=False, indent=1)
    STORY.write_text(text + "\n", encoding="utf-8")
