"""What is asked for its sensitivity: outputs of independent uncertain inputs, of a model or a function."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from meguru.engine import Comparison
from meguru.engine.run import blocks_of, run_block
from meguru.engine.sampling import Draw
from meguru.errors import IndicatorError, RunError, UnknownNameError, asked, did_you_mean
from meguru.explore.ensembles.plan import BLOCK_BYTES
from meguru.explore.years import year_at
from meguru.indicators import sampled
from meguru.model import Model, apply, reference_name, scenario_names
from meguru.model.components import Indicator
from meguru.model.uncertain import varying_places
from meguru.quantity import Distribution, Quantity, draw

Array = NDArray[np.float64]
Function = Callable[[Mapping[str, Array]], Mapping[str, Array] | Array]
Progress = Callable[[int, int], None]
Input = Distribution | Quantity | tuple[float, float]
NOTHING_UNCERTAIN = "nothing in the model is uncertain"
OUTPUT = "output"  # name of the only output of a function that gives one array


class TogetherWarning(UserWarning):
    """Inputs that move together in the model are moved by themselves."""


@dataclass(frozen=True)
class Problem:
    """Outputs as a function of inputs.

    Parameters
    ----------
    inputs
        Names, of a model the places of its distributions.
    run
        (sample, input) uniform numbers inside (0, 1), the levels of each input → output → (sample,); NaN
        where undefined.
    units
        Output → unit.
    together
        Inputs that move together in the model: none, or two and more.
    """

    inputs: Sequence[str]
    run: Callable[[Array], dict[str, Array]]
    units: Mapping[str, str] = field(default_factory=dict)
    together: Sequence[str] = ()

    @property
    def caution(self) -> str | None:
        """What to bear in mind where each input is moved by itself; None where nothing is."""
        if not self.together:
            return None
        return (
            f"{', '.join(self.together)} move together in the model; here each is moved by itself, "
            "which leads to combinations that the model does not have"
        )

    def warn(self) -> None:
        """Give the caution as a Python warning, where there is one."""
        if self.caution is not None:
            warnings.warn(self.caution, TogetherWarning, stacklevel=3)

    def __call__(self, levels: Array) -> dict[str, Array]:
        """Output → (sample,) at levels (sample, input), pulled inside (0, 1)."""
        return self.run(np.clip(levels, 2.0**-53, 1.0 - 2.0**-53))


def problem_of(function: Function, inputs: Mapping[str, Input]) -> Problem:
    """Any function as a problem.

    Parameters
    ----------
    function
        Input → (sample,) numbers; gives (sample,) numbers, or several by name.
    inputs
        Distribution of each; two numbers are the ends of a uniform one.

    Raises
    ------
    RunError
        No inputs, or one that is certain; later, when it is run: outputs that are no numbers by sample.
    """
    distributions = {name: _distribution(name, one) for name, one in inputs.items()}
    if not distributions:
        raise RunError("no uncertain inputs", place="inputs", expected="at least one")

    def run(levels: Array) -> dict[str, Array]:
        drawn = {name: draw(one, levels[:, k]) for k, (name, one) in enumerate(distributions.items())}
        found = function(drawn)
        outputs = found if isinstance(found, Mapping) else {OUTPUT: found}
        return {name: _row(name, values, len(levels)) for name, values in outputs.items()}

    return Problem(list(distributions), run)


def _distribution(name: str, given: Input) -> Distribution:
    if isinstance(given, Distribution):
        return given
    if isinstance(given, Quantity):
        if given.distribution is None:
            raise RunError("an input that is certain", place=f"inputs.{name}", expected="a distribution")
        return given.distribution
    return Distribution("uniform", low=given[0], high=given[1])


def _row(name: str, values: Array, samples: int) -> Array:
    row = np.asarray(values, dtype=np.float64)
    if row.shape != (samples,):
        raise RunError(
            "an output of the wrong shape",
            place=name,
            found=row.shape,
            expected=f"({samples},), one by sample",
        )
    return row


def model_problem(
    model: Model,
    scenario: str | None = None,
    *,
    indicators: Iterable[str] | None = None,
    year: int | None = None,
    progress: Progress | None = None,
) -> Problem:
    """Indicators of a model as a problem: its inputs are all uncertain numbers of the scenario.

    Parameters
    ----------
    scenario
        Default the reference.
    indicators
        Ids; default all.
    year
        Default the last.
    progress
        Called with (samples done, samples in all) after each block.

    Raises
    ------
    RunError
        Nothing in the scenario is uncertain, or no indicator is asked for.
    UnknownNameError
        No such scenario or indicator.
    RangeError
        A year that is not reported.
    """
    reference = reference_name(model)
    name = reference if scenario is None else _one_of(scenario, scenario_names(model), "scenario")
    wanted = _indicators(model, indicators)
    column = year_at(year, range(model.time.first, model.time.last + 1))
    looked_at = [apply(model, one) for one in dict.fromkeys([name, reference])]
    places = list(dict.fromkeys(place for one in looked_at for place in varying_places(one)))
    if not places:
        raise RunError(NOTHING_UNCERTAIN, place=name, expected="at least one distribution")

    def run(levels: Array) -> dict[str, Array]:
        columns = {place: levels[:, k] for k, place in enumerate(places)}

        def draws(place: str, start: int, end: int) -> Array:
            return columns[place][start:end] if place in columns else np.full(end - start, 0.5)

        return _in_blocks(model, name, reference, wanted, draws, len(levels), column, progress)

    units = {key: one.unit for key, one in wanted.items()}
    return Problem(places, run, units, _together(model, places, set(varying_places(apply(model, name)))))


def _together(model: Model, places: list[str], vary: set[str]) -> list[str]:
    """Inputs that move with others: what is certain in the scenario moves with none."""
    said = model.sampling.correlations if model.sampling else []
    groups = [vary.intersection(one.between) for one in said]
    moved = {place for group in groups if len(group) > 1 for place in group}
    return [place for place in places if place in moved]


def _in_blocks(
    model: Model,
    scenario: str,
    reference: str,
    wanted: Mapping[str, Indicator],
    draws: Draw,
    samples: int,
    column: int,
    progress: Progress | None,
) -> dict[str, Array]:
    found: dict[str, Array] = {name: np.empty(samples) for name in wanted}
    for block in blocks_of(apply(model, scenario), draws, {}, samples, BLOCK_BYTES):
        result = run_block(model, scenario, draws, block)
        values = sampled(Comparison({scenario: result}, reference), wanted)
        for name in wanted:
            found[name][block[0] : block[1]] = values[scenario, name][:, column]
        if progress is not None:
            progress(block[1], samples)
    return found


def _indicators(model: Model, wanted: Iterable[str] | None) -> dict[str, Indicator]:
    names = list(model.indicators) if wanted is None else list(wanted)
    if not names:
        raise RunError("no indicator to look at", place="indicators", expected="at least one")
    return {_one_of(name, model.indicators, "indicator"): model.indicators[name] for name in names}


def _one_of(name: str, known: Iterable[str], what: str) -> str:
    names = list(known)
    if name not in names:
        hint = did_you_mean(name, names)
        with asked():
            raise UnknownNameError(f"no such {what}", found=name, expected=names, hint=hint)
    return name


def defined(name: str, values: Array) -> Array:
    """The values of an output that must be defined in every sample.

    Raises
    ------
    IndicatorError
        It is not.
    """
    missing = int(np.isnan(values).sum())
    if missing:
        raise IndicatorError(
            "undefined in some samples: no index can be computed",
            place=f"indicators.{name}",
            found=f"{missing} of {values.size} samples",
        )
    return values
