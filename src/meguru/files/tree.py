"""A file as a tree of nodes that know their line: YAML 1.2 (JSON is part of it), core schema.

Built from parser events rather than by a ready-made constructor, because a model file needs three things at
once: a line for every value, no key twice, and no more than a stated size after aliases are followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from meguru.errors import DuplicateKeyError, NotReadableError

Mark = tuple[str | None, int | None]

ENCODINGS = {"UTF-16": "utf-16", "EUC-JP": "euc_jp", "Shift-JIS (cp932)": "cp932"}  # tried in this order
QUOTE_FORMULA = 'Inside { } or [ ] a formula must stand in quotes, as "= min(a, 2)".'
_FORMULA_INSIDE = re.compile(r"[{\[,].*?(?::|,|\[)\s*=\s")
LARGEST_FILE = 32 * 1024 * 1024  # bytes
DEEPEST = 64  # mappings and lists inside each other
MOST_ALIASED = 100_000  # values that aliases may add to a file

_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_OTHER_INTEGER = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_HEAD = re.compile(r"[-+]?[0-9]{1,3}\Z")  # of a number with commas between its thousands, and its rest
_THOUSANDS = re.compile(r"[0-9]{3}(?![0-9])")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}


class Node:
    """A value of a file: a scalar, a list of nodes, or a mapping of key texts to nodes.

    ``text`` is a scalar as written, ``marks`` holds (file, line) of each key of a mapping, ``size`` counts
    the values inside with aliases followed.
    """

    __slots__ = ("mark", "marks", "size", "text", "value")

    def __init__(self, value: Any, mark: Mark, text: str = "") -> None:
        self.value = value
        self.mark = mark
        self.text = text
        self.marks: dict[str, Mark] = {}
        self.size = 1

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, list)

    def put(self, key: str, value: Node, mark: Mark) -> None:
        """Set a key of a mapping."""
        self.value[key] = value
        self.marks[key] = mark

    def copy(self) -> Node:
        """The same value in a container of its own; what is inside is shared."""
        other = Node(
            self.value.copy() if isinstance(self.value, (dict, list)) else self.value, self.mark, self.text
        )
        other.marks = self.marks.copy()
        other.size = self.size
        return other


def read_text(path: Path) -> str:
    """The text of a file; raises NotReadableError if there is none, it is too large or not UTF-8."""
    name = str(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise NotReadableError(f"can not be opened: {error.strerror or error}", file=name) from error
    if len(data) > LARGEST_FILE:
        raise NotReadableError(
            "file too large", file=name, found="more", expected=f"at most {LARGEST_FILE // 1024**2} MiB"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"byte {data[error.start]:#04x}"
        raise NotReadableError(
            "not UTF-8", file=name, line=line, found=found, expected="UTF-8", hint=_encoding_hint(data)
        ) from error


def _encoding_hint(data: bytes) -> str:
    """What a file that is not UTF-8 probably is, and what to do about it."""
    for name, encoding in ENCODINGS.items():
        if encoding.startswith("utf-16") and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return f"It may be {name}: save it as UTF-8."
    return "Save it as UTF-8."


def parse_tree(text: str, file: str | None) -> Node:
    """The tree of a YAML or JSON text, whose top must be a mapping."""
    builder = _Builder(file)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        about = ", ".join(part for part in (error.context, error.problem) if part)
        raise NotReadableError(
            f"not valid YAML, or broken off: {about}",
            file=file,
            line=line,
            found=_line_of(text, line),
            expected="valid YAML 1.2",
            hint=QUOTE_FORMULA if _FORMULA_INSIDE.search(_line_of(text, line)) else None,
        ) from error
    except YAMLError as error:
        about = str(error).splitlines()[0]
        raise NotReadableError(f"not valid YAML: {about}", file=file) from error
    except (ValueError, IndexError, OverflowError, AttributeError) as error:
        # The parser itself trips over some broken escapes and directives.
        raise NotReadableError(f"not valid YAML: {error}", file=file) from error
    if builder.top is None:
        raise NotReadableError("the file is empty", file=file, expected="a mapping")
    if not builder.top.is_mapping:
        raise NotReadableError(
            "not a mapping", file=file, line=builder.top.mark[1], found=describe(builder.top)
        )
    return builder.top


def _line_of(text: str, line: int | None) -> str:
    """What stands on a line of a text."""
    lines = text.splitlines()
    return lines[line - 1].strip() if line is not None and line <= len(lines) else "the end of the file"


class _Builder:
    """Puts nodes together from parser events, without recursion."""

    def __init__(self, file: str | None) -> None:
        self.file = file
        self.top: Node | None = None
        self.open: list[Node] = []
        self.keys: list[
            tuple[str, Mark] | None
        ] = []  # of each open mapping: the key that waits for its value
        self.names: list[str | None] = []  # anchor of each open container
        self.anchors: dict[str, Node | None] = {}  # None: still open
        self.aliased = 0

    def take(self, event: Any) -> None:
        if isinstance(event, ScalarEvent):
            self._scalar(event)
        elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            self._begin(event)
        elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            self._end()
        elif isinstance(event, AliasEvent):
            self._alias(event)
        elif isinstance(event, DocumentStartEvent):
            self._document(event)

    def _fail(self, message: str, event: Any, **more: Any) -> NotReadableError:
        return NotReadableError(message, file=self.file, line=event.start_mark.line + 1, **more)

    def _document(self, event: Any) -> None:
        if self.top is not None:
            raise self._fail("a second document", event, expected="one document per file")
        if event.version is not None and tuple(event.version) != (1, 2):
            found = ".".join(map(str, event.version))
            raise self._fail("other version of YAML", event, found=found, expected="1.2")

    def _scalar(self, event: Any) -> None:
        mark = (self.file, event.start_mark.line + 1)
        text = event.value
        self._refuse_tag(event)
        if self.open and self.open[-1].is_mapping and self.keys[-1] is None:
            self._key(text, mark)
            return
        node = Node(resolve(text) if event.style is None else text, mark, text)
        if event.anchor:
            self.anchors[event.anchor] = node
        self._place(node)

    def _key(self, text: str, mark: Mark) -> None:
        mapping = self.open[-1]
        if text in mapping.value:
            raise _twice(text, mark, mapping.marks[text][1])
        if text in ("", "<<"):
            hint = "Repeat the keys, or take them from a library." if text else None
            raise NotReadableError(
                "not a name", file=mark[0], line=mark[1], found=text, expected="a key", hint=hint
            )
        self.keys[-1] = (text, mark)

    def _begin(self, event: Any) -> None:
        self._refuse_tag(event)
        if self.open and self.open[-1].is_mapping and self.keys[-1] is None:
            raise self._fail("a list or mapping as a key", event, expected="a name")
        if len(self.open) >= DEEPEST:
            raise self._fail("too many levels inside each other", event, expected=f"at most {DEEPEST}")
        container: Any = {} if isinstance(event, MappingStartEvent) else []
        self.open.append(Node(container, (self.file, event.start_mark.line + 1)))
        self.keys.append(None)
        self.names.append(event.anchor)
        if event.anchor:
            self.anchors[event.anchor] = None

    def _end(self) -> None:
        node = self.open.pop()
        self.keys.pop()
        name = self.names.pop()
        if name:
            self.anchors[name] = node
        self._place(node)

    def _alias(self, event: Any) -> None:
        if event.anchor not in self.anchors:
            raise self._fail(
                "alias without anchor", event, found=f"*{event.anchor}", expected="an anchor before it"
            )
        node = self.anchors[event.anchor]
        if node is None:
            raise self._fail("alias inside what it stands for", event, found=f"*{event.anchor}")
        if self.open and self.open[-1].is_mapping and self.keys[-1] is None:
            raise self._fail("alias as a key", event, found=f"*{event.anchor}", expected="a name")
        self.aliased += node.size
        if self.aliased > MOST_ALIASED:
            raise self._fail(
                "aliases blow the file up",
                event,
                found="more",
                expected=f"at most {MOST_ALIASED} values by aliases",
            )
        self._place(node)

    def _place(self, node: Node) -> None:
        if not self.open:
            self.top = node
            return
        parent = self.open[-1]
        parent.size += node.size
        if parent.is_list:
            parent.value.append(node)
            return
        waiting = self.keys[-1]
        assert waiting is not None
        if node.value is None and _THOUSANDS.match(waiting[0]):
            self._refuse_thousands(parent, *waiting)
        parent.put(waiting[0], node, waiting[1])
        self.keys[-1] = None

    def _refuse_thousands(self, parent: Node, rest: str, mark: Mark) -> None:
        """``{mass: 1,200 kg}``: inside braces the comma ends the number, and the rest looks like a key."""
        last = next(reversed(parent.value.values()), None)
        if last is not None and _HEAD.match(last.text):
            number = f"{last.text},{rest}"
            raise NotReadableError(
                "a comma inside braces ends a number",
                file=mark[0],
                line=mark[1],
                found=number,
                expected=f"{number.replace(',', '', 1)}, or '{number}' in quotes",
            )

    def _refuse_tag(self, event: Any) -> None:
        if event.tag is not None:
            raise self._fail("a tag", event, found=str(event.tag), expected="a plain value")


def resolve(text: str) -> Any:
    """The value of an unquoted scalar, by the core schema of YAML 1.2."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        # Python refuses to turn thousands of digits into an integer; no quantity needs them.
        return int(text) if len(text) < 400 else float(text)
    if _FLOAT.match(text):
        return float(text)
    if _OTHER_INTEGER.match(text):
        return int(text[2:], 8 if text[1] == "o" else 16)
    return text


def number_key(text: str) -> Any:
    """A key as a number where it is one in its usual spelling (a year, an age), else the text."""
    value = resolve(text)
    return (
        value
        if isinstance(value, (int, float)) and not isinstance(value, bool) and str(value) == text
        else text
    )


def plain(node: Node) -> Any:
    """A node as dicts, lists and scalars; keys that are numbers become numbers."""
    if isinstance(node.value, dict):
        return {key: plain(value) for key, value in _keys(node).items()}
    if isinstance(node.value, list):
        return [plain(value) for value in node.value]
    return node.value


def _keys(node: Node) -> dict[Any, Node]:
    """What a mapping holds, by number or text; two spellings of one number are one key."""
    found: dict[Any, Node] = {}
    for text, value in node.value.items():
        key = number_key(text)
        if key in found:
            raise _twice(text, node.marks[text])
        found[key] = value
    return found


def _twice(key: str, mark: Mark, first: int | None = None) -> DuplicateKeyError:
    return DuplicateKeyError(
        "key stands twice" + (f", first on line {first}" if first is not None else ""),
        file=mark[0],
        line=mark[1],
        found=key,
        expected="each key once",
    )


def node_of(value: Any, mark: Mark = (None, None), depth: int = 0) -> Node:
    """A tree from dicts, lists and scalars, all with the same mark."""
    if depth > DEEPEST:
        raise NotReadableError(
            "too many levels inside each other", file=mark[0], expected=f"at most {DEEPEST}"
        )
    if isinstance(value, Mapping):
        node = Node({}, mark)
        for key, inner in value.items():
            if str(key) in node.value:
                raise _twice(str(key), mark)
            node.put(str(key), node_of(inner, mark, depth + 1), mark)
        return node
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        return Node([node_of(inner, mark, depth + 1) for inner in value], mark)
    return Node(value, mark, value if isinstance(value, str) else str(value))


def describe(node: Node) -> str:
    """What a node is, for a message."""
    if node.value is None:
        return "nothing"
    if isinstance(node.value, dict):
        return "a mapping"
    if isinstance(node.value, list):
        return "a list"
    if isinstance(node.value, bool):
        return f"the flag {node.text}"
    return f"the number {node.text}" if isinstance(node.value, (int, float)) else f"the text '{node.text}'"
