"""openLCA JSON-LD packages as files: zip or folder, schema version 1 or 2, read as version 2."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import olca_schema as olca

from meguru.errors import NotReadableError
from meguru.inventory.importers.naming import refuse_missing

E = TypeVar("E", bound=olca.RootEntity)

FOLDERS: dict[type[olca.RootEntity], str] = {
    olca.Flow: "flows",
    olca.FlowProperty: "flow_properties",
    olca.ImpactCategory: "lcia_categories",
    olca.ImpactMethod: "lcia_methods",
    olca.Location: "locations",
    olca.Process: "processes",
    olca.Source: "sources",
    olca.UnitGroup: "unit_groups",
}
# Keys that schema version 2 calls by another name.
RENAMED = {
    "input": "isInput",
    "quantitativeReference": "isQuantitativeReference",
    "avoidedProduct": "isAvoidedProduct",
    "referenceFlowProperty": "isRefFlowProperty",
    "referenceUnit": "isRefUnit",
    "infrastructureProcess": "isInfrastructureProcess",
    "infrastructureFlow": "isInfrastructureFlow",
    "referenceUnitName": "refUnit",
    "copyright": "isCopyrightProtected",
}


class Package:
    """The entities of a package, by type and identifier."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        refuse_missing(self.path, "openLCA package")
        self._texts = dict(self._read())
        if not any(name.split("/")[0] in FOLDERS.values() for name in self._texts):
            raise NotReadableError(
                "no openLCA package", file=str(path), expected="a zip or folder with 'processes' or 'flows'"
            )

    def _read(self) -> Iterator[tuple[str, bytes]]:
        """Path inside the package → content; packages may stand in a folder of their own in a zip."""
        if self.path.is_dir():
            for file in sorted(self.path.rglob("*.json")):
                yield _inside(file.relative_to(self.path).as_posix()), file.read_bytes()
            return
        try:
            with zipfile.ZipFile(self.path) as packed:
                for name in sorted(packed.namelist()):
                    if name.endswith(".json"):
                        yield _inside(name), packed.read(name)
        except (zipfile.BadZipFile, OSError) as error:
            raise NotReadableError("not a zip", file=str(self.path)) from error

    def all(self, kind: type[E]) -> dict[str, E]:
        """Identifier → entity, of one type."""
        found: dict[str, E] = {}
        for name, text in self._texts.items():
            if name.split("/")[0] == FOLDERS[kind]:
                entity = kind.from_dict(_upgraded(self._json(name, text)))
                found[str(entity.id)] = entity
        return found

    def _json(self, name: str, text: bytes) -> dict[str, Any]:
        try:
            data = json.loads(text.decode("utf-8-sig"))
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise NotReadableError(f"not JSON: {error}", file=f"{self.path}: {name}") from error
        if not isinstance(data, dict):
            raise NotReadableError("not an entity", file=f"{self.path}: {name}", found=type(data).__name__)
        return data


def _inside(name: str) -> str:
    """A path inside a package, without folders around it."""
    parts = name.split("/")
    return "/".join(parts[-2:]) if len(parts) > 1 and parts[-2] in FOLDERS.values() else name


def _upgraded(data: Mapping[str, Any]) -> dict[str, Any]:
    """Data of either version in the form of version 2."""
    found: dict[str, Any] = {}
    for key, value in data.items():
        if key == "category" and isinstance(value, dict):
            value = "/".join([*value.get("categoryPath", ()), value.get("name", "")])
        elif key == "location" and isinstance(value, str):
            continue  # of a reference to a process: told by the process itself
        elif isinstance(value, dict):
            value = _upgraded(value)
        elif isinstance(value, list):
            value = [_upgraded(one) if isinstance(one, dict) else one for one in value]
        found[RENAMED.get(key, key)] = value
    return found
