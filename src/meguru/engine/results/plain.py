"""A labelled array without the library of labelled arrays.

Loading that library takes longer than a run does: 0.25 s, and as much again where it finds Dask. Indicators,
reports, files and tables need no more of an array than is here, so no command loads it; who asks a result for
an array gets the full one, made of this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from numpy.typing import NDArray

if TYPE_CHECKING:
    from xarray import DataArray


class Coordinate(NamedTuple):
    """Labels along some dimensions."""

    dims: tuple[str, ...]
    values: NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Plain:
    """Numbers, and what their rows mean."""

    name: str
    values: NDArray[Any]
    dims: tuple[str, ...]
    coords: Mapping[str, Coordinate]
    unit: str

    def size(self, dim: str) -> int:
        """Number of rows along a dimension."""
        return int(self.values.shape[self.dims.index(dim)])

    def labelled(self) -> DataArray:
        """The same numbers, not copied, as the array that users of a result get."""
        import xarray

        return xarray.DataArray(
            self.values,
            dims=self.dims,
            coords={name: (one.dims, one.values) for name, one in self.coords.items()},
            name=self.name,
            attrs={"unit": self.unit},
        )


def plain_of(array: DataArray) -> Plain:
    """What a labelled array holds."""
    coords = {
        str(name): Coordinate(tuple(map(str, one.dims)), one.values) for name, one in array.coords.items()
    }
    return Plain(str(array.name), array.values, tuple(map(str, array.dims)), coords, array.attrs["unit"])
