"""Data files that come with meguru, as plain dicts and lists.

A file is parsed once for each state of it: what was read is kept as JSON in a file named by a digest, so that
a command does not pay for a parser that keeps lines and refuses double keys.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from meguru.errors import WriteError
from meguru.files.writing import write_beside


def read_shipped(file: Traversable) -> dict[str, Any]:
    """The data of a YAML file that is part of meguru; keys are texts."""
    text = file.read_bytes()
    kept = cache_folder(Path(__file__).parent, "data") / f"{_digest(text, _parser())}.json"
    try:
        found: dict[str, Any] = json.loads(kept.read_bytes())
    except (OSError, ValueError):  # never read before, or broken off
        data = json.dumps(_parsed(text.decode("utf-8"), file.name))
        _keep(kept, data)
        found = json.loads(data)
    return found


def cache_folder(home: Path, name: str) -> Path:
    """Where what can be made again is kept: beside its package where one may write, else the user's cache."""
    if os.access(home, os.W_OK):
        return home / "__pycache__" / name
    from platformdirs import user_cache_path

    return user_cache_path("meguru") / name


def _parsed(text: str, name: str) -> Any:
    from meguru.files.tree import parse_tree, plain

    return plain(parse_tree(text, name))


@cache
def _parser() -> bytes:
    """The reader itself: another one may read otherwise."""
    return Path(__file__).with_name("tree.py").read_bytes()


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:32]


def _keep(path: Path, data: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_beside(path, data.encode("utf-8"))
    except (OSError, WriteError):
        return  # a full or locked disk costs time, never the answer
