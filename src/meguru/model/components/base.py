"""What every component has."""

from __future__ import annotations

from dataclasses import dataclass

from meguru.model.attribute import attribute

Label = str | dict[str, str]


@dataclass
class Component:
    """Anything that has a name on a screen."""

    label: Label | None = attribute("label", "name shown, a text or one per language (en, ja)", default=None)
    note: str | None = attribute("text", "where it comes from, what is assumed", default=None)
