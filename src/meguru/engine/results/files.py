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
    from xarray import DataArray, Dataset

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
    import xarray

    path = Path(path)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    root = _root(result)
    root.attrs = {
        "format": FORMAT,
        "arrays": " ".join(names),
        "provenance": json.dumps(result.provenance, ensure_ascii=False),
    }
    try:
        try:
            arrays = {f"/{name}": _dataset(getattr(result, name)) for name in names}
            tree = xarray.DataTree.from_dict({"/": root, **arrays})
            tree.to_netcdf(
                beside, engine=ENGINE, encoding={place: _encoding(one) for place, one in arrays.items()}
            )
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise WriteError(f"can not be written: {error.strerror or error}", file=str(path)) from error


def _root(result: Result) -> Dataset:
    """What is not an array of results: the models, and the numbers given."""
    import xarray

    root = xarray.Dataset({"model": _text(result.model)})
    if result.before is not None:
        root["before"] = _text(result.before)
    if result.values:
        root["given_values"] = (("place", "sample"), np.array(list(result.values.values()), dtype=float))
        root["given_place"] = ("place", np.array(list(result.values)))
    return root


def _text(model: Model) -> str:
    data = component_data(model, "", {})
    data.pop("libraries", None)  # what came from them is written out
    return json.dumps(data, ensure_ascii=False)


def _dataset(array: DataArray) -> Dataset:
    dataset = array.to_dataset(name=array.name)
    empty = {
        name: (
            coordinate.dims,
            np.empty(coordinate.shape, dtype="U1"),
        )  # nothing else shows that these are texts
        for name, coordinate in dataset.coords.items()
        if coordinate.dtype == object and coordinate.size == 0
    }
    return dataset.assign_coords(empty)


def _encoding(dataset: Dataset) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, array in dataset.data_vars.items():
        found[str(name)] = {"_FillValue": None}
        if array.size >= COMPRESSED_FROM:
            found[str(name)] |= {"zlib": True, "complevel": 1, "shuffle": True}
    return found


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
    result = Result(model=model, source=Stored(path, names), before=before, values=values, **known)
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
