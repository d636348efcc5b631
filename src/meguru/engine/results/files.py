"""Results as NetCDF files: one group an array; at the root the models and provenance."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from meguru.engine.results.labelled import ARRAYS
from meguru.engine.results.plain import Plain, plain_of
from meguru.engine.results.result import Result
from meguru.engine.run import run_again
from meguru.errors import MeguruError, NotReadableError, RunError, WriteError
from meguru.files.document import component_data
from meguru.model.components import Model
from meguru.model.read import from_data

if TYPE_CHECKING:
    from xarray import Dataset

Array = NDArray[np.float64]
ENGINE: Any = "h5netcdf"
FORMAT = "meguru result 1"
COMPRESSED_FROM = 10_000  # numbers; smaller arrays are not worth it


def save_result(result: Result, path: str | os.PathLike[str], names: Sequence[str] = ARRAYS) -> None:
    """Write a result beside its place, then rename it: an interrupted save leaves no half of a file.

    Raises
    ------
    WriteError
        The file can not be written.
    """
    import h5netcdf

    path = Path(path)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        try:
            with h5netcdf.File(beside, "w") as file:
                _write_root(file, result, names)
                for name in names:
                    _write_array(file.create_group(name), result.plain(name))
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise WriteError(f"can not be written: {error.strerror or error}", file=str(path)) from error


def _write_root(file: Any, result: Result, names: Sequence[str]) -> None:
    """What is not an array of results: the models, and the numbers given."""
    file.attrs["format"] = FORMAT
    file.attrs["arrays"] = " ".join(names)
    file.attrs["provenance"] = json.dumps(result.provenance, ensure_ascii=False)
    _write_variable(file, "model", (), np.array(_text(result.model), dtype=object))
    if result.unapplied is not None:
        _write_variable(file, "before", (), np.array(_text(result.unapplied), dtype=object))
    if result.values:
        given = np.array(list(result.values.values()), dtype=float)
        file.dimensions = {"place": given.shape[0], "sample": given.shape[1]}
        _write_variable(file, "given_values", ("place", "sample"), given)
        _write_variable(file, "given_place", ("place",), np.array(list(result.values), dtype=object))


def _write_array(group: Any, array: Plain) -> None:
    """An array and its labels as xarray writes them, without loading xarray: half a second for a command."""
    group.dimensions = {dim: size or None for dim, size in zip(array.dims, array.values.shape, strict=True)}
    for name, coordinate in array.coords.items():
        _write_variable(group, name, coordinate.dims, coordinate.values)
    options = {"compression": "gzip", "compression_opts": 1, "shuffle": True}
    large = array.values.size >= COMPRESSED_FROM
    variable = _write_variable(group, array.name, array.dims, array.values, **(options if large else {}))
    variable.attrs["unit"] = array.unit
    variable.attrs["coordinates"] = " ".join(name for name in array.coords if name not in array.dims)


def _write_variable(
    group: Any, name: str, dims: tuple[str, ...], values: NDArray[Any], **options: Any
) -> Any:
    import h5py

    kind = h5py.string_dtype() if values.dtype.kind in "OU" else values.dtype
    return group.create_variable(name, dims, kind, data=values, **options)


def _text(model: Model) -> str:
    data = component_data(model, "", {})
    data.pop("libraries", None)  # what came from them is written out
    return json.dumps(data, ensure_ascii=False)


def open_result(path: str | os.PathLike[str]) -> Result:
    """Read a saved result; its arrays are read when they are asked for.

    Raises
    ------
    NotReadableError
        There is no such file, or it holds no result.
    """
    import xarray

    path = Path(path)
    try:
        with xarray.open_dataset(path, engine=ENGINE) as root:
            if root.attrs.get("format") != FORMAT:
                raise NotReadableError(
                    "not a result", file=str(path), found=root.attrs.get("format"), expected=FORMAT
                )
            text = str(root["model"].values[()])
            text_before = str(root["before"].values[()]) if "before" in root else None
            values = _given(root)
            provenance = json.loads(root.attrs["provenance"])
            names = str(root.attrs["arrays"]).split()
        model = from_data(json.loads(text), file=str(path))
        before = None if text_before is None else from_data(json.loads(text_before), file=str(path))
    except MeguruError:
        raise
    except (OSError, ValueError, KeyError) as error:
        raise NotReadableError(f"can not be read as a result: {error}", file=str(path)) from error
    known = {
        key: provenance[key] for key in ("scenario", "samples", "seed", "settings", "created", "version")
    }
    result = Result(model=model, source=Stored(path, names), unapplied=before, values=values, **known)
    return run_again(result) if before is not None else result


def _given(root: Dataset) -> dict[str, Array]:
    """Numbers that were given from outside, by place."""
    if "given_values" not in root:
        return {}
    places, values = root["given_place"].values, np.array(root["given_values"].values, dtype=float)
    return {str(place): row for place, row in zip(places, values, strict=True)}


class Stored:
    """Arrays of a saved result."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self.path = path
        self.names = list(names)
        self._read: dict[str, Plain] = {}

    def array(self, name: str) -> Plain:
        """One of :data:`meguru.engine.results.labelled.ARRAYS`.

        Raises
        ------
        RunError
            It was not saved.
        """
        if name not in self.names:
            raise RunError(f"'{name}' was not saved", file=str(self.path), expected=self.names)
        if name not in self._read:
            self._read[name] = self._load(name)
        return self._read[name]

    def mass(self, flows: Sequence[int], materials: Sequence[int], origins: Sequence[int] | None) -> Array:
        """(sample, time) kg of some materials, of some or all origins, in some flows together."""
        values = self.array("flows" if origins is None else "origins").values[:, :, list(flows)][
            :, :, :, list(materials)
        ]
        if origins is not None:
            values = values[..., list(origins)].sum(axis=-1)
        total: Array = values.sum(axis=(2, 3))
        return total

    def _load(self, name: str) -> Plain:
        import xarray

        try:
            with xarray.open_dataset(self.path, group=name, engine=ENGINE, decode_times=False) as dataset:
                array = dataset[name].load()
        except (OSError, KeyError) as error:
            raise NotReadableError(f"'{name}' can not be read: {error}", file=str(self.path)) from error
        texts = {
            coordinate: (found.dims, np.asarray(found.values).astype(object))
            for coordinate, found in array.coords.items()
            if found.dtype.kind not in "iuf"
        }
        return plain_of(array.assign_coords(texts))
