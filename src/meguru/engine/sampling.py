"""Uniform numbers for every uncertain place of a model: how a run draws its samples.

The numbers of a place depend on the seed, the method, how many samples there are, and the place; not on the
block, the process or the scenario that asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.errors import RunError, asked, did_you_mean
from meguru.files.document import component_data
from meguru.files.tree import node_of
from meguru.model.components import SAMPLING_METHODS, Model, Sampling
from meguru.model.read import Reader
from meguru.model.uncertain import correlated, uncertain_places
from meguru.random import Correlated, SobolPoints, hypercube, uniforms

Array = NDArray[np.float64]
Draw = Callable[[str, int, int], Array]  # place, first and last sample → uniform numbers


@dataclass(frozen=True)
class Draws:
    """What a run draws.

    Parameters
    ----------
    seed
        Of the random streams.
    method
        One of :data:`meguru.model.components.SAMPLING_METHODS`.
    samples
        In all; needed by every method but ``random``, and where numbers are correlated.
    places
        All uncertain places, in the order of the coordinates of Sobol points.
    groups
        Places whose numbers move together.
    """

    seed: int = 0
    method: str = "random"
    samples: int = 0
    places: Sequence[str] = ()
    groups: Sequence[Correlated] = ()
    _whole: dict[str, Array] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __call__(self, place: str, first: int, last: int) -> Array:
        """(last − first,) uniform numbers of a place in samples ``first`` to ``last``, inside (0, 1)."""
        group = self._group_of.get(place)
        if group is None:
            return self._independent(place, first, last)
        if self.method != "latin-hypercube":
            return self._moved(group, place, first, last)
        if place not in self._whole:
            # The parts of the hypercube stay; in the order of the correlated numbers (Iman & Conover 1982,
            # https://doi.org/10.1080/03610918208812265).
            ranks = np.argsort(np.argsort(self._moved(group, place, 0, self.samples), kind="stable"))
            self._whole[place] = np.sort(self._independent(place, 0, self.samples))[ranks]
        return self._whole[place][first:last]

    def _independent(self, place: str, first: int, last: int) -> Array:
        if self.method == "random":
            return uniforms(self.seed, place, last - first, start=first)
        if self.method == "sobol":
            return self._points.of(place, first, last)
        if f"{place} alone" not in self._whole:
            self._whole[f"{place} alone"] = hypercube(self.seed, place, self.samples)
        return self._whole[f"{place} alone"][first:last]

    def _moved(self, group: Correlated, place: str, first: int, last: int) -> Array:
        from scipy.special import ndtr

        members = group.names[: group.names.index(place) + 1]
        scores = group.scores(place, {name: self._independent(name, first, last) for name in members})
        return np.asarray(np.clip(ndtr(scores), 2.0**-53, 1.0 - 2.0**-53))

    @cached_property
    def _points(self) -> SobolPoints:
        return SobolPoints(self.seed, self.places)

    @cached_property
    def _group_of(self) -> Mapping[str, Correlated]:
        return {place: group for group in self.groups for place in group.names}


def sampling_of(model: Model, wanted: Sampling | str | None) -> Sampling:
    """How samples are drawn: what the call says, else the model; a name alone changes the method only.

    Raises
    ------
    RunError
        No such method.
    """
    said = wanted if isinstance(wanted, Sampling) else model.sampling or Sampling()
    method = wanted if isinstance(wanted, str) else said.method
    if method not in SAMPLING_METHODS:
        raise RunError(
            "no such way to draw samples",
            found=method,
            expected=list(SAMPLING_METHODS),
            hint=did_you_mean(method, SAMPLING_METHODS),
        )
    return replace(said, method=method)


def draws_of(model: Model, samples: int, seed: int, sampling: Sampling) -> Draws:
    """What a run of any scenario of a model draws; ``model`` is the one before a scenario is applied.

    Raises
    ------
    RunError
        ``sobol`` with a number of samples that is no power of two.
    ModelError
        Correlations that can not be.
    """
    if sampling.method == "sobol" and samples & (samples - 1):
        with asked():
            raise RunError(
                "Sobol points are balanced for powers of two only",
                place="samples",
                found=samples,
                expected=f"{1 << (samples.bit_length() - 1)} or {1 << samples.bit_length()}",
            )
    if sampling.method != "sobol" and not sampling.correlations:
        return Draws(seed, sampling.method, samples)
    places = uncertain_places(model)
    return Draws(seed, sampling.method, samples, places, correlated(model, sampling, places))


def sampling_data(sampling: Sampling) -> Mapping[str, Any]:
    """How samples were drawn as plain data, for the provenance of a result."""
    return {"method": sampling.method, **component_data(sampling, "", {})}


def sampling_from(settings: Mapping[str, Any]) -> Sampling:
    """How the samples of a result were drawn, from its settings."""
    if "sampling" not in settings:
        return Sampling()
    sampling: Sampling = Reader().component(Sampling, node_of(settings["sampling"], (None, None)), "sampling")
    return sampling
