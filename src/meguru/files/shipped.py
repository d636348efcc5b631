"""Data files that come with meguru, as plain dicts and lists.

A file is parsed once for each state of it: what was read is kept as JSON in a file named by a digest, so that
a command does not pay for a parser that keeps lines and refuses double keys.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from meguru.cache import cache_folder, digest, keep, read_kept


def read_shipped(file: Traversable) -> dict[str, Any]:
    """The data of a YAML file that is part of meguru; keys are texts."""
    text = file.read_bytes()
    kept = cache_folder(Path(__file__).parent, "data") / f"{digest(text, _parser())}.json"
    found = read_kept(kept)
    if found is None:
        data = json.dumps(_parsed(text.decode("utf-8"), file.name))
        keep(kept, data)
        found = json.loads(data)
        assert found is not None
    return found


def _parsed(text: str, name: str) -> Any:
    from meguru.files.tree import parse_tree, plain

    return plain(parse_tree(text, name))


@cache
def _parser() -> bytes:
    """The reader itself: another one may read otherwise."""
    return Path(__file__).with_name("tree.py").read_bytes()
