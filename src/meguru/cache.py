"""What can be made again, kept between runs as JSON: where, under which name, and how it is read and written.

What is kept saves time and nothing else: a folder that is locked or full, and a file that is broken or gone,
cost the time that it would have saved.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from pathlib import Path
from typing import Any


def cache_folder(home: Path, name: str) -> Path:
    """Where what can be made again is kept: beside its package where one may write, else the user's cache."""
    if os.access(home, os.W_OK):
        return home / "__pycache__" / name
    from platformdirs import user_cache_path

    return user_cache_path("meguru") / name


def digest(*parts: bytes) -> str:
    """A name for what is made from these."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()[:32]


def read_kept(path: Path) -> dict[str, Any] | None:
    """The JSON object that was kept; None if there is nothing, no whole thing, or another thing."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):  # never kept before, broken off, or brackets without end
        return None
    return found if isinstance(found, dict) else None


def keep(path: Path, text: str) -> None:
    """Keep the text of a JSON object; who reads meanwhile finds the old one or the new one."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            beside.write_text(text, encoding="utf-8")
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError:
        return  # a full or locked disk costs time, never the answer
