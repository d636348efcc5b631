"""What an import gives: the model, and an account of everything that is not in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meguru.foresight.importers.algebra import Polynomial
from meguru.foresight.model import CausalModel


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A construct that is not in the model as it was written.

    ``effect`` says what became of it: ``left out`` or ``changed``.
    """

    place: str  # the variable or element
    construct: str
    effect: str = "left out"
    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        where = "" if self.file is None else self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{f'{where}: ' if where else ''}{self.place}: {self.construct} ({self.effect})"


@dataclass(frozen=True, slots=True)
class Readout:
    """A variable that is no node, since it follows from the nodes at the same time.

    ``terms`` is None where it can not be computed from them.
    """

    name: str
    formula: str
    terms: Polynomial | None = None

    def values(self, states: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """Its values from those of the nodes; raises KeyError for a node that is not given."""
        if self.terms is None:
            raise ValueError(f"'{self.name}' can not be computed from the nodes")
        shape = np.broadcast_shapes(*(np.shape(one) for one in states.values()))
        total = np.zeros(shape)
        for symbols, factor in self.terms.items():
            product = np.full(shape, factor)
            for symbol in symbols:
                product = product * states[symbol.name]
            total += product
        return total


@dataclass(frozen=True, slots=True)
class ImportReport:
    """An imported model and what is to be known about it.

    ``unsupported`` lists every construct that is not in the model as written, ``assumed`` what the file does
    not say, ``readouts`` the variables that are no nodes.
    """

    model: CausalModel
    unsupported: tuple[Unsupported, ...] = ()
    assumed: tuple[str, ...] = ()
    readouts: tuple[Readout, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether the model says all that the file says."""
        return not self.unsupported
