"""Plain data as YAML 1.2 text.

Written here and not by a library, so that what is plain and what is quoted is decided by the same core
schema by which files are read, and so that 20,000 lines take no time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from meguru.errors import WriteError

WIDEST = 110
LONGEST_KEY = 1000  # YAML allows 1,024 characters

# Starts like a word, a number with unit or a formula, and holds nothing that means something to YAML, in a
# block or between braces.
_PLAIN = re.compile(
    r"(?:[^\W\d_]|-?[0-9]+(?:\.[0-9]+)? [^\W\d_]|= \w)(?:[\w ./()%*+=<>;-]*[\w./()%*+=<>;-])?\Z|-?[0-9.]+ %\Z"
)
_RESERVED = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def to_yaml(data: dict[str, Any]) -> str:
    """A mapping as YAML text, in its order."""
    return "".join(f"{line}\n" for line in _mapping(data, "")) or "{}\n"


def _mapping(data: dict[Any, Any], indent: str) -> Iterator[str]:
    for key, value in data.items():
        start = f"{indent}{_key(key)}:"
        short = _flow(value, WIDEST - len(start) - 1, top=not indent)
        if short is not None:
            yield f"{start} {short}"
            continue
        yield start
        yield from _block(value, f"{indent}  ")


def _block(value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _mapping(value, indent)
        return
    for entry in value:
        short = _flow(entry, WIDEST - len(indent) - 2)
        if short is not None:
            yield f"{indent}- {short}"
            continue
        lines = iter(_block(entry, f"{indent}  "))
        yield f"{indent}- {next(lines)[len(indent) + 2 :]}"
        yield from lines


def _flow(value: Any, width: int, *, top: bool = False) -> str | None:
    """A value on one line; None if it is too long or has more than one level of containers inside."""
    if isinstance(value, (list, dict)) and not value:
        return "[]" if isinstance(value, list) else "{}"
    if not isinstance(value, (list, dict)):
        return _scalar(value)
    if top and isinstance(value, dict):
        return None  # sections stand in lines of their own
    inner = list(value.values()) if isinstance(value, dict) else value
    if len(inner) > width or any(isinstance(one, (list, dict)) and _has_containers(one) for one in inner):
        return None
    texts = [_flow(one, width) for one in inner]
    known = [text for text in texts if text is not None]
    if len(known) < len(texts):
        return None
    if isinstance(value, dict):
        text = f"{{{', '.join(f'{_key(key)}: {one}' for key, one in zip(value, known, strict=True))}}}"
    else:
        text = f"[{', '.join(known)}]"
    return text if len(text) <= width else None


def _has_containers(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value
    return any(isinstance(one, (list, dict)) for one in inner)


def _key(key: Any) -> str:
    text = _scalar(key)
    if len(text) > LONGEST_KEY:
        raise WriteError("a name too long", found=text, expected=f"at most {LONGEST_KEY} characters")
    return text


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        text = repr(float(value))
        return {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}.get(text, text)
    if not isinstance(value, str):
        raise WriteError(
            "not a value that a file can hold", found=value, expected="a text, number, list or mapping"
        )
    if _PLAIN.match(value) and value.lower() not in _RESERVED:
        return value
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
