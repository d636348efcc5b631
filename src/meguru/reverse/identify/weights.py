"""Weights of a network from a PyTorch file, read without PyTorch.

The file of the package is of the form that PyTorch wrote before version 1.6: four pickles (magic number,
version, system, tensors), then the keys of the storages, then each storage as its length and raw numbers.
Only what such a file of tensors needs is unpickled; anything else is refused.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from meguru.errors import NotReadableError

MAGIC = 0x1950A86A20F9469CFC6C
VERSION = 1001
KINDS = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


@dataclass(frozen=True, slots=True)
class _Storage:
    kind: np.dtype[Any]
    key: str
    length: int


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class _Unpickler(pickle.Unpickler):
    """Builds tensors only: no other class and no other function can be named in the file."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if module == "torch" and name in KINDS:
            return KINDS[name]
        raise pickle.UnpicklingError(f"{module}.{name} does not belong into a file of weights")

    def persistent_load(self, identity: Any) -> Any:
        _, kind, key, _, length, *_ = identity
        return _Storage(kind, key, length)


def _tensor(storage: _Storage, offset: int, shape: Any, strides: Any, *rest: Any) -> _Tensor:
    return _Tensor(storage, offset, tuple(shape), tuple(strides))


def read_weights(path: Path) -> dict[str, NDArray[Any]]:
    """Every tensor of a file by its name.

    Raises
    ------
    NotReadableError
        It is no such file, it is broken off, or it holds something other than tensors.
    """
    try:
        with path.open("rb") as stream:
            return _tensors(stream)
    except (OSError, pickle.UnpicklingError, EOFError, ValueError, KeyError, IndexError) as error:
        raise NotReadableError(f"no file of weights: {error}", file=str(path)) from error


def _tensors(stream: BinaryIO) -> dict[str, NDArray[Any]]:
    if _Unpickler(stream).load() != MAGIC or _Unpickler(stream).load() != VERSION:
        raise ValueError("another form of file")
    if not _Unpickler(stream).load()["little_endian"]:
        raise ValueError("numbers in another order of bytes")
    named = _Unpickler(stream).load()
    kinds = {one.storage.key: one.storage.kind for one in named.values()}
    storages = {}
    for key in _Unpickler(stream).load():
        length = int.from_bytes(stream.read(8), "little")
        storages[key] = np.frombuffer(stream.read(length * kinds[key].itemsize), kinds[key], length)
    return {name: _array(one, storages[one.storage.key]) for name, one in named.items()}


def _array(one: _Tensor, numbers: NDArray[Any]) -> NDArray[Any]:
    """A tensor as an array of its own; its strides count numbers, and need not be those of its shape."""
    last = one.offset + sum((size - 1) * step for size, step in zip(one.shape, one.strides, strict=True))
    if not 0 <= one.offset <= last < len(numbers):
        raise ValueError("a tensor outside its storage")
    strides = [step * numbers.itemsize for step in one.strides]
    return np.lib.stride_tricks.as_strided(numbers[one.offset :], one.shape, strides).copy()
