"""Simulated futures: the states of all scenarios, and everything needed to have them again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from meguru.errors import UnknownNameError, did_you_mean
from meguru.foresight.compile import Program
from meguru.foresight.draws import Draws, Method
from meguru.foresight.interventions import Intervention
from meguru.foresight.model import CausalModel, edge_names
from meguru.foresight.write import document

if TYPE_CHECKING:
    from xarray import Dataset

Floats = NDArray[np.float64]
Store = Literal["float32", "float64"]


@dataclass(frozen=True, slots=True)
class Asked:
    """How a run was asked for: with the model, everything on which a scenario depends."""

    seed: int
    count: int
    method: Method
    every: float | None
    store: Store


@dataclass(frozen=True, slots=True, eq=False)
class Futures:
    """Futures of a causal model.

    Attributes
    ----------
    program, asked
        What was run, and how; ``asked.count`` scenarios belong to the run, whichever were simulated.
    members
        (scenario,) numbers of the scenarios simulated.
    states
        (year, node, scenario) in the unit of each node, nodes in the order of the model.
    events
        (event, scenario) beginning of the step in which each event happened, nan where it did not.
    interventions
        What was forced.
    """

    program: Program
    asked: Asked
    members: NDArray[np.int64]
    states: NDArray[Any]
    events: Floats
    interventions: tuple[Intervention, ...]
    created: str
    version: str

    @property
    def model(self) -> CausalModel:
        return self.program.model

    @property
    def seed(self) -> int:
        return self.asked.seed

    @property
    def count(self) -> int:
        """Scenarios that belong to the run."""
        return self.asked.count

    @property
    def years(self) -> Floats:
        """(year,) of the snapshots, the first year included."""
        return self.program.years

    @property
    def nodes(self) -> tuple[str, ...]:
        return tuple(self.model.nodes)

    def of(self, node: str) -> NDArray[Any]:
        """(year, scenario) of one node, in its unit.

        Raises
        ------
        UnknownNameError
            There is no such node.
        """
        if node not in self.model.nodes:
            raise UnknownNameError("no such node", found=node, hint=did_you_mean(node, self.model.nodes))
        return np.asarray(self.states[:, self.nodes.index(node)])

    def strengths(self) -> Floats:
        """(edge, scenario) drawn, in scales of the target per year per scale of the source."""
        return self._inputs(self.program.inputs.strengths)

    def lags(self) -> Floats:
        """(edge, scenario) drawn, in years; the simulation rounds them to whole steps."""
        return self._inputs(self.program.inputs.lags)

    def starts(self) -> Floats:
        """(node, scenario) drawn, in the unit of the node."""
        return self._inputs(self.program.inputs.starts)

    def _inputs(self, wanted: slice) -> Floats:
        asked = self.asked
        draws = Draws(self.program.inputs, asked.seed, asked.count, asked.method, wanted)
        return draws.of(self.members).T

    def again(
        self,
        interventions: Sequence[Intervention] | None = None,
        members: NDArray[np.int64] | Sequence[int] | None = None,
        *,
        threads: int | None = None,
    ) -> Futures:
        """The same scenarios again, also with other interventions: all random numbers are the same.

        Parameters
        ----------
        interventions
            Instead of those of this run; None: those of this run.
        members
            Numbers of the scenarios to run, from 0 to ``count`` − 1; None: those of this run.
        """
        from meguru.foresight.simulation import run_program

        forced = self.interventions if interventions is None else interventions
        chosen = self.members if members is None else np.array(members, dtype=np.int64).reshape(-1)
        return run_program(self.program, self.asked, chosen, forced, threads)

    @property
    def provenance(self) -> dict[str, Any]:
        """Where the numbers are from: hash of the model, version, seed, settings, time."""
        return {
            "model": self.model.name,
            "model_hash": hash_of(self.model),
            "version": self.version,
            "seed": self.seed,
            "scenarios": self.count,
            "members": self.members.size,
            "method": self.asked.method,
            "every": self.asked.every,
            "store": self.asked.store,
            "interventions": [_plain(one) for one in self.interventions],
            "created": self.created,
        }

    def labelled(self) -> Dataset:
        """States, events, strengths, lags and starts with their names as coordinates."""
        import xarray

        return xarray.Dataset(
            {
                "state": (("year", "node", "scenario"), self.states),
                "event_year": (("event", "scenario"), self.events),
                "strength": (("edge", "scenario"), self.strengths()),
                "lag": (("edge", "scenario"), self.lags()),
                "start": (("node", "scenario"), self.starts()),
            },
            coords={
                "year": self.years,
                "node": list(self.nodes),
                "scenario": self.members,
                "event": list(self.model.events),
                "edge": edge_names(self.model.edges),
                "unit": ("node", [node.unit for node in self.model.nodes.values()]),
            },
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write to a NetCDF file, to be read by :func:`load_futures`.

        Raises
        ------
        WriteError
            The file can not be written.
        """
        from meguru.foresight.futures_files import save_futures

        save_futures(self, path)


def hash_of(model: CausalModel) -> str:
    """SHA-256 of a model's content; where it was read from and how it was written do not count."""
    text = json.dumps(plain_model(model), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def plain_model(model: CausalModel) -> dict[str, Any]:
    """A model as plain data in the form of a file, whatever the order in which it was written."""
    from dataclasses import replace

    return document(replace(model, marks={}))


def _plain(one: Intervention) -> dict[str, Any]:
    return {"node": one.node, "year": one.year, "kind": one.kind, "value": one.value, "until": one.until}
