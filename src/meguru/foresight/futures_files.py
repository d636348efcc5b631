"""Futures as NetCDF files: states, events, and the model and settings to have them again."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from meguru.errors import MeguruError, NotReadableError, WriteError
from meguru.foresight.compile import compile_model
from meguru.foresight.futures import Asked, Futures, plain_model
from meguru.foresight.interventions import Intervention
from meguru.foresight.read import from_data

if TYPE_CHECKING:
    from xarray import Dataset

ENGINE: Any = "h5netcdf"
FORMAT = "meguru futures 1"


def save_futures(futures: Futures, path: str | os.PathLike[str]) -> None:
    """Write futures beside their place, then rename: an interrupted save leaves no half of a file.

    Raises
    ------
    WriteError
        The file can not be written.
    """
    path = Path(path)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    dataset = _dataset(futures)
    encoding: dict[Any, dict[str, Any]] = {name: {"_FillValue": None} for name in dataset.data_vars}
    try:
        try:
            dataset.to_netcdf(beside, engine=ENGINE, encoding=encoding)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise WriteError(f"can not be written: {error.strerror or error}", file=str(path)) from error


def _dataset(futures: Futures) -> Dataset:
    import xarray

    return xarray.Dataset(
        {
            "state": (("year", "node", "scenario"), futures.states),
            "event_year": (("event", "scenario"), futures.events),
            "model": json.dumps(plain_model(futures.model), ensure_ascii=False),
        },
        coords={
            "year": futures.years,
            "node": ("node", np.array(futures.nodes, dtype=str)),
            "scenario": futures.members,
            "event": ("event", np.array(list(futures.model.events), dtype=str)),
        },
        attrs={"format": FORMAT, "provenance": json.dumps(futures.provenance, ensure_ascii=False)},
    )


def load_futures(path: str | os.PathLike[str]) -> Futures:
    """Read saved futures.

    Raises
    ------
    NotReadableError
        There is no such file, or it holds no futures.
    """
    import xarray

    path = Path(path)
    try:
        with xarray.open_dataset(path, engine=ENGINE, decode_times=False) as stored:
            if stored.attrs.get("format") != FORMAT:
                raise NotReadableError(
                    "no futures", file=str(path), found=stored.attrs.get("format"), expected=FORMAT
                )
            return _futures(stored, str(path))
    except MeguruError:
        raise
    except (OSError, ValueError, KeyError) as error:
        raise NotReadableError(f"can not be read as futures: {error}", file=str(path)) from error


def _futures(stored: Dataset, file: str) -> Futures:
    told = json.loads(stored.attrs["provenance"])
    model = from_data(json.loads(str(stored["model"].values[()])), file=file)
    return Futures(
        program=compile_model(model, told["every"]),
        asked=Asked(told["seed"], told["scenarios"], told["method"], told["every"], told["store"]),
        members=stored["scenario"].values.astype(np.int64),
        states=stored["state"].values,
        events=stored["event_year"].values,
        interventions=tuple(Intervention(**one) for one in told["interventions"]),
        created=told["created"],
        version=told["version"],
    )
