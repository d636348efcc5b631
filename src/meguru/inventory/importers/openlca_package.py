"""openLCA JSON-LD packages as files: zip or folder, schema version 1 or 2, read as version 2."""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import olca_schema as olca

from meguru.errors import DuplicateKeyError, NotReadableError
from meguru.inventory.importers.naming import refuse_missing

LARGEST_UNPACKED = 2 * 1024**3  # bytes
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
        self._texts: dict[str, bytes] = {}
        for name, text in self._read():
            if name in self._texts:
                raise self._twice(name)
            self._texts[name] = text
        if not any(name.split("/")[0] in FOLDERS.values() for name in self._texts):
            raise NotReadableError(
                "no openLCA package", file=str(path), expected="a zip or folder with 'processes' or 'flows'"
            )

    def _read(self) -> Iterator[tuple[str, bytes]]:
        """Path inside the package → content; packages may stand in a folder of their own in a zip."""
        if self.path.is_dir():
            files = sorted(self.path.rglob("*.json"))
            self._refuse_large(sum(file.stat().st_size for file in files))
            for file in files:
                yield _inside(file.relative_to(self.path).as_posix()), file.read_bytes()
            return
        try:
            with zipfile.ZipFile(self.path) as packed:
                parts = sorted(
                    (one for one in packed.infolist() if one.filename.endswith(".json")),
                    key=lambda one: one.filename,
                )
                self._refuse_large(sum(one.file_size for one in parts))
                for one in parts:
                    yield _inside(one.filename), packed.read(one)
        except (zipfile.BadZipFile, zlib.error, OSError) as error:
            raise NotReadableError("not a zip, or a broken one", file=str(self.path)) from error
        except (RuntimeError, NotImplementedError) as error:  # a password, a method of packing
            raise NotReadableError(f"a zip that can not be unpacked: {error}", file=str(self.path)) from error

    def _refuse_large(self, size: int) -> None:
        """Before anything is unpacked: a zip of kilobytes can hold terabytes."""
        if size > LARGEST_UNPACKED:
            expected = f"at most {LARGEST_UNPACKED // 1024**2} MiB unpacked"
            raise NotReadableError("package too large", file=str(self.path), found="more", expected=expected)

    def all(self, kind: type[E]) -> dict[str, E]:
        """Identifier → entity, of one type.

        Raises
        ------
        NotReadableError
            An entity that is none, or has no identifier.
        DuplicateKeyError
            Two have the same.
        """
        found: dict[str, E] = {}
        for name, text in self._texts.items():
            if name.split("/")[0] == FOLDERS[kind]:
                entity = self._entity(kind, name, text)
                if str(entity.id) in found:
                    raise self._twice(str(entity.id))
                found[str(entity.id)] = entity
        return found

    def _entity(self, kind: type[E], name: str, text: bytes) -> E:
        data = self._json(name, text)
        try:
            entity: E = kind.from_dict(_upgraded(data))
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            about = f"not an entity of openLCA: {error}"
            raise NotReadableError(about, file=f"{self.path}: {name}") from error
        if not isinstance(entity.id, str) or not entity.id:
            raise NotReadableError("an entity without identifier", file=f"{self.path}: {name}")
        return entity

    def _json(self, name: str, text: bytes) -> dict[str, Any]:
        try:
            data = json.loads(text.decode("utf-8-sig"))
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
            raise NotReadableError(f"not JSON: {error}", file=f"{self.path}: {name}") from error
        if not isinstance(data, dict):
            raise NotReadableError("not an entity", file=f"{self.path}: {name}", found=type(data).__name__)
        return data

    def _twice(self, found: str) -> DuplicateKeyError:
        return DuplicateKeyError(
            "an entity stands twice in the package", file=str(self.path), found=found, expected="each once"
        )


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
