"""What stands in a cell: plain texts as they are, anything else in the notation of the model file."""

from __future__ import annotations

import json
import re
from typing import Any

from meguru.errors import NotReadableError, WriteError
from meguru.files.tree import Mark, Node, node_of, parse_tree, plain, resolve

LONGEST = 32_767  # characters that a cell can hold
LINKS = ("series:", "table:")
_OPENING = ("{", "[", '"')
# Excel reads _x0041_ as the letter A, and XML knows no control characters.
_UNHOLDABLE = re.compile(
    "_x[0-9A-Fa-f]{4}_|x005F_|[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff\u2028\u2029]"
)
_WORD = re.compile(r"[^\W\d_](?:[\w ./%-]*[\w%])?\Z|-?[0-9]+(?:\.[0-9]+)? [^\W\d_][\w/.]*\Z")
_RESERVED = frozenset(("true", "false", "null", "rest"))


def text_cell(text: str) -> str:
    """A text as it stands in a cell: as it is, or in double quotes where it would be misread."""
    odd = not text or text != text.strip() or text.startswith(_OPENING) or _UNHOLDABLE.search(text)
    return _fitting(quoted(text) if odd else text)


def list_cell(texts: list[str]) -> str:
    """Several texts in a cell: with commas, or in brackets where one would be misread."""
    if not texts or any(re.search("[,，、]", text) or text_cell(text) != text for text in texts):
        return flow(texts)
    return _fitting(", ".join(texts))


def value_cell(value: Any) -> Any:
    """Any plain value as a cell."""
    if isinstance(value, str):
        misread = resolve(value) != value or value.startswith(LINKS)
        return _fitting(quoted(value)) if misread else text_cell(value)
    if isinstance(value, bool) or (isinstance(value, (int, float)) and abs(value) < 1e300):
        return value
    return flow(value)


def flow(value: Any) -> str:
    """A value on one line in the notation of the model file."""
    return _fitting(_flow(value))


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_flow(key)}: {_flow(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_flow, value))}]"
    if isinstance(value, str):
        return value if _WORD.match(value) and value.lower() not in _RESERVED else quoted(value)
    if value is None or isinstance(value, (bool, int, float)):
        text = "null" if value is None else json.dumps(value)
        return {"Infinity": ".inf", "-Infinity": "-.inf", "NaN": ".nan"}.get(text, text)
    raise WriteError(
        "not a value that a file can hold", found=value, expected="a text, number, list or mapping"
    )


def quoted(text: str) -> str:
    """A text in double quotes, in the notation of the model file."""
    held = json.dumps(text, ensure_ascii=False)
    return _UNHOLDABLE.sub(lambda found: f"\\u{ord(found[0][0]):04x}{found[0][1:]}", held)


def _fitting(text: str) -> str:
    if len(text) > LONGEST:
        raise WriteError("too long for a cell", found=text, expected=f"at most {LONGEST} characters")
    return text


def text_node(value: Any, mark: Mark) -> Node:
    """What stands in a cell for a text, a list or a mapping."""
    if not isinstance(value, str):
        return Node(value, mark, str(value))
    if value.startswith(_OPENING):
        return _parsed(value, mark)
    return Node(value, mark, value)


def list_node(value: Any, mark: Mark) -> Node:
    """What stands in a cell for several texts."""
    node = text_node(value, mark)
    if node.is_list or node.is_mapping or not isinstance(node.value, str) or str(value).startswith('"'):
        return node
    texts = [part.strip() for part in re.split("[,，、]", node.value)]
    return Node([Node(text, mark, text) for text in texts if text], mark)


def value_node(value: Any, mark: Mark) -> Node:
    """What stands in a cell for any plain value."""
    node = text_node(value, mark)
    if isinstance(value, str) and isinstance(node.value, str) and not value.startswith('"'):
        return Node(resolve(value), mark, value)
    return node


def _parsed(text: str, mark: Mark) -> Node:
    try:
        return node_of(plain(parse_tree(f'{{"cell": {text}\n}}', None))["cell"], mark)
    except NotReadableError as error:
        raise NotReadableError(
            "a cell that begins with a bracket or quote, but is not in the notation of a model file",
            file=mark[0],
            found=text,
            expected="as {value: 12, unit: kg} or [a, b]",
        ) from error
