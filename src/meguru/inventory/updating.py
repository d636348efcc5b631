"""Adding to a library file what was measured: the rest of the file stays as it is, comments and all."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from meguru.errors import ModelError
from meguru.files.component import Component
from meguru.files.document import component_data
from meguru.files.marks import marks_of, set_marks
from meguru.files.tree import Node, parse_tree, read_text
from meguru.files.writing import write_beside
from meguru.files.yaml_text import to_yaml
from meguru.inventory.checks import check_library
from meguru.inventory.components import Library
from meguru.inventory.read import library_of, write_library

SECTIONS = ("impacts", "flows", "activities")


def update_library(path: str | os.PathLike[str], part: Library) -> Library:
    """Add the impact categories, flows and activities of a library to a library file.

    Entries of the same name are replaced where they stand, others are added at the end of their section.
    All else stays as it is: order, comments, spelling. Only a file whose sections are not written a line an
    entry (JSON, or all between braces) is written anew, and loses its comments. The file is replaced in one
    step, so that it is never half written. What the part says of itself (name, source, licence) is not
    taken: write the source of each activity with it.

    Parameters
    ----------
    path
        A library file that is there; none of those that come with meguru.
    part
        What is added; it may refer to flows and categories that only the file holds.

    Returns
    -------
    The library as it is now.

    Raises
    ------
    ModelError
        The file is no library, or what is added does not fit it; nothing is written then.
    WriteError
        The file can not be written.
    """
    file = Path(path)  # not by library_path: what comes with meguru is not written
    text = read_text(file)
    tree = parse_tree(text, str(file))
    before = library_of(tree)
    after = replace(before, **{key: getattr(before, key) | getattr(part, key) for key in SECTIONS})
    set_marks(after, {"": (str(file), None)})  # a fault is in what is added, which has no line yet
    check_library(after)
    set_marks(after, marks_of(before))
    changed = _spliced(text, tree, before, part)
    if changed is not None and _reads_as(changed, after):
        write_beside(file, changed.encode("utf-8"))
    else:
        write_library(after, file)
    return after


def with_origin(library: Library) -> Library:
    """A library whose entries say themselves where they are from and under what licence they stand."""

    def told(one: Any, source: str | None) -> Any:
        return replace(one, source=source or library.source, licence=one.licence or library.licence)

    flows = {
        name: replace(flow, factors=[told(one, one.source or one.amount.source) for one in flow.factors])
        for name, flow in library.flows.items()
    }
    activities = {name: told(one, one.source) for name, one in library.activities.items()}
    return replace(library, flows=flows, activities=activities)


def _reads_as(text: str, library: Library) -> bool:
    """Whether a text says what it should: the proof that splicing it was right."""
    try:
        return library_of(parse_tree(text, None)) == library
    except ModelError:
        return False


def _spliced(text: str, tree: Node, before: Library, part: Library) -> str | None:
    """The text with the entries put in; None where a section is not written a line an entry."""
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    edits: list[tuple[int, int, str]] = []  # first and last line, and what stands there then
    end = ""
    for key in SECTIONS:
        given: dict[str, Component] = getattr(part, key)
        held: dict[str, Component] = getattr(before, key)
        changed = {name: one for name, one in given.items() if held.get(name) != one}
        if not changed:
            continue
        if key not in tree.value:
            end += to_yaml({key: {name: component_data(one, "", {}) for name, one in changed.items()}})
            continue
        starts = _starts(tree, key)
        if starts is None:
            return None
        indent = _indent(lines[min(starts.values())])
        last = _end(lines, max(starts.values()), indent)
        for name, one in changed.items():
            first = starts.get(name, last)
            after = _end(lines, first, indent) if name in starts else last
            edits.append((first, after, _block(name, one, indent)))
    # From the last line up, and what comes at the same line in its order.
    for _, (first, after, block) in sorted(
        enumerate(edits), key=lambda edit: (edit[1][0], edit[0]), reverse=True
    ):
        lines[first:after] = [block]
    return "".join(lines) + end


def _starts(tree: Node, key: str) -> dict[str, int] | None:
    """Line of each entry of a section, from 0; None where it has none or they share lines."""
    starts = {name: (mark[1] or 0) - 1 for name, mark in tree.value[key].marks.items()}
    section = (tree.marks[key][1] or 0) - 1
    apart = len({section, *starts.values()}) == len(starts) + 1
    return starts if starts and apart else None


def _block(name: str, one: Component, indent: str) -> str:
    """An entry as lines of a section."""
    text = to_yaml({name: component_data(one, "", {})})
    return "".join(f"{indent}{line}" for line in text.splitlines(keepends=True))


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" "))]


def _end(lines: list[str], start: int, indent: str) -> int:
    """The line after an entry: the next that stands no deeper; blank lines and comments before it are its."""
    number, end = start + 1, start + 1
    while number < len(lines):
        text = lines[number].strip()
        if text and not text.startswith("#"):
            if len(_indent(lines[number])) <= len(indent):
                break
            end = number + 1
        number += 1
    return end
