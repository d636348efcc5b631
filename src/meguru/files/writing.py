"""Plain data as JSON text, and files that are never half written."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

from meguru.errors import WriteError


def to_json(data: dict[str, Any]) -> str:
    """A mapping as JSON text, in its order."""
    try:
        return f"{json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False)}\n"
    except (TypeError, ValueError) as error:
        raise WriteError(f"not a value that a file can hold: {error}") from error


def write_beside(path: Path, data: bytes) -> None:
    """Write a file beside its place, then rename it."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        try:
            with beside.open("xb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise WriteError(f"can not be written: {error.strerror or error}", file=str(path)) from error
