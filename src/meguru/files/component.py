"""What every component has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from meguru.files.attribute import attribute

Label = str | dict[str, str]


@dataclass
class Component:
    """Anything that has a name on a screen."""

    label: Label | None = attribute("label", "name shown, a text or one per language (en, ja)", default=None)
    note: str | None = attribute("text", "where it comes from, what is assumed", default=None)

    @classmethod
    def name_from(cls, texts: Mapping[str, str]) -> str | None:
        """The name of an entry of a list, from its texts in a file; None: it has only a place."""
        return None

    def name_in_list(self) -> str | None:
        """The name by which an entry of a list is met; None: it has only a place."""
        return None


def entry_names(entries: Sequence[Any]) -> list[str]:
    """Names of the entries of a list as they stand in places: a name of their own, else the index from 0."""
    names = (entry.name_in_list() if isinstance(entry, Component) else None for entry in entries)
    return [name or str(index) for index, name in enumerate(names)]
