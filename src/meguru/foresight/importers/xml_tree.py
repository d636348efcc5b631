"""XML as elements that know their line; documents with entities of their own are refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from meguru.errors import NotReadableError
from meguru.files.tree import LARGEST_FILE


@dataclass
class Element:
    """An element; ``name`` is without its namespace, which is kept in ``space``."""

    name: str
    space: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def first(self, name: str) -> Element | None:
        """The first child of a name."""
        return next(self.all(name), None)

    def all(self, name: str) -> Iterator[Element]:
        """The children of a name."""
        return (child for child in self.children if child.name == name)

    def text_of(self, name: str) -> str:
        """The text of the first child of a name; empty if there is none."""
        child = self.first(name)
        return "" if child is None else child.text.strip()


def read_xml(path: Path) -> Element:
    """The root of an XML file.

    Raises
    ------
    NotReadableError
        The file can not be opened, is too large, no XML, or declares entities.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NotReadableError(f"can not be opened: {error.strerror or error}", file=str(path)) from error
    if len(data) > LARGEST_FILE:
        raise NotReadableError("file too large", file=str(path), found="more", expected="at most 32 MiB")
    parser = expat.ParserCreate(namespace_separator=" ")
    root = Element("", "", {}, 0)
    open_elements = [root]

    def start(name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        own = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        element = Element(local, space, own, parser.CurrentLineNumber)
        open_elements[-1].children.append(element)
        open_elements.append(element)

    def end(name: str) -> None:
        open_elements.pop()

    def characters(text: str) -> None:
        open_elements[-1].text += text

    def entity(*declared: object) -> None:
        raise NotReadableError(
            "an entity",
            file=str(path),
            line=parser.CurrentLineNumber,
            found=declared[0],
            expected="plain XML",
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise NotReadableError(
            f"not valid XML: {expat.ErrorString(error.code)}",
            file=str(path),
            line=error.lineno,
            expected="XML",
        ) from error
    return root.children[0]
