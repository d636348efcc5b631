"""What a catalogue holds; each attribute is declared once, as for models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from meguru.files.attribute import attribute
from meguru.files.component import Component


@dataclass
class ProductType(Component):
    """A product type: what is told apart on the line, and has a bill of materials of its own."""

    maker: str = attribute("text", "who made it")
    model: str = attribute("text", "model string as it stands on the plate")
    family: str | None = attribute(
        "text", "types that are dismantled alike, as 'rotary compressor'", default=None
    )
    first_year: int | None = attribute("whole", "first year of making", default=None)
    last_year: int | None = attribute("whole", "last year of making", default=None)
    bom: str | None = attribute(
        "text", "its bill of materials: FILE#ITEM, an item of a model file beside the catalogue", default=None
    )
    plates: list[str] = attribute("texts", "other spellings of the model on plates", default=[])
    codes: list[str] = attribute(
        "texts", "what its codes hold: regular expressions for the whole content of a code", default=[]
    )

    @property
    def spellings(self) -> list[str]:
        """Every text that on a plate means this type."""
        return [self.model, *self.plates]


@dataclass(frozen=True, slots=True)
class Photo:
    """A reference photo of a type. An icon shows it alone before a plain ground, as in a maker's brochure."""

    path: Path
    type_name: str
    is_icon: bool


@dataclass
class Catalogue(Component):
    """All product types of a plant, and the folder in which their photos lie."""

    types: dict[str, ProductType] = attribute(
        "components", "product types by name", component="ProductType", wild=True
    )

    @property
    def photos(self) -> tuple[Photo, ...]:
        """Reference photos, by type; none for a catalogue that was built in Python."""
        found: tuple[Photo, ...] = vars(self).get("photos_found", ())
        return found

    @property
    def folder(self) -> Path | None:
        """Where it was read from."""
        found: Path | None = vars(self).get("folder_read")
        return found

    def photos_of(self, name: str) -> Iterator[Photo]:
        """The reference photos of one type."""
        return (photo for photo in self.photos if photo.type_name == name)


KINDS: dict[str, type[Component]] = {"ProductType": ProductType, "Catalogue": Catalogue}
