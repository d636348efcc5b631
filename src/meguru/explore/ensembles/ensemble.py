"""Ensembles: many samples of several scenarios, of which the indicators are kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meguru.engine.given import numbers_given
from meguru.engine.run import MOST_SAMPLES
from meguru.engine.sampling import sampling_of
from meguru.errors import RunError, UnknownNameError, asked, did_you_mean
from meguru.explore.ensembles.folder import Folder
from meguru.explore.ensembles.plan import Plan
from meguru.explore.ensembles.result import Ensemble
from meguru.explore.ensembles.workers import run_blocks
from meguru.model import Model, apply, reference_name, scenario_names
from meguru.model.components import Indicator, Sampling

Progress = Callable[[int, int], None]
SAMPLES = 1000  # where nothing says how many


def ensemble(
    model: Model,
    scenarios: Iterable[str] | None = None,
    *,
    samples: int | None = None,
    seed: int = 0,
    sampling: Sampling | str | None = None,
    values: Mapping[str, NDArray[np.float64]] | None = None,
    indicators: Iterable[str] | None = None,
    series: Mapping[str, tuple[str, str]] | None = None,
    processes: int = 1,
    cluster: str | None = None,
    block: int | None = None,
    folder: str | os.PathLike[str] | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> Ensemble:
    """Run many samples of scenarios side by side and keep the indicators of each sample.

    The scenarios share their random numbers, so that their differences are not blurred by chance. The numbers
    are the same, bit for bit, for any blocks, processes and cluster.

    Parameters
    ----------
    scenarios
        Default all; the reference is always among them.
    samples
        Default as many as ``values`` gives, else 1000.
    seed, sampling
        As :func:`meguru.run`.
    values
        Numbers given from outside instead of drawn: place in the model → (sample,), in the unit of the
        quantity there; every place must be that of a quantity of at least one of the scenarios.
    indicators
        Ids of those kept; default all of the model.
    series
        What else is kept: name → formula in the language of indicators, and unit.
    processes
        On this machine. More than 1 start new ones: call it from a file or the command line, under
        ``if __name__ == "__main__":``.
    cluster
        Address of a Dask scheduler, as ``tcp://10.0.0.1:8786`` (extra ``meguru[cluster]``), instead of
        processes.
    block
        Samples at once; default as many as fit in little memory.
    folder
        Where finished blocks are kept, so that an ensemble that is broken off can be resumed.
    resume
        Go on with the ensemble in the folder.
    progress
        Called with (samples done, samples in all) after each block.

    Raises
    ------
    ModelError, RunError
        As :func:`meguru.run`.
    ResumeError
        The folder holds another ensemble, or none to go on with.
    """
    plan = plan_ensemble(model, scenarios, samples, seed, sampling, indicators, series, values)
    for name, number in (("processes", processes), ("block", block)):
        if number is not None and number < 1:
            raise RunError("must be at least one", place=name, found=number, expected="1 or more")
    if cluster is not None and processes > 1:
        raise RunError(
            "a cluster and processes on this machine",
            place="processes",
            found=processes,
            expected="one of them: the workers of a cluster are its own",
        )
    if resume and folder is None:
        raise RunError("nothing to resume without a folder", place="folder", found="none")
    done = np.zeros(
        plan.draws.samples, dtype=bool
    )  # what can not be drawn is refused before a folder is made
    kept = None if folder is None else Folder(Path(folder), plan, resume=resume)
    found = kept.blocks(plan) if kept is not None and resume else {}
    kept_of = np.empty((len(plan.scenarios), len(plan.indicators), plan.samples, len(plan.years)))
    for one in found.values():
        kept_of[:, :, one.first : one.last] = one.values
        done[one.first : one.last] = True
    missing = [span for gap in _gaps(done) for span in _within(gap, plan.blocks(block))]
    with closing(run_blocks(plan, missing, processes, cluster)) as arriving:
        for one in arriving:
            if kept is not None:
                kept.keep(one)
            kept_of[:, :, one.first : one.last] = one.values
            done[one.first : one.last] = True
            if progress is not None:
                progress(int(done.sum()), plan.samples)
    return Ensemble(plan, kept_of)


def plan_ensemble(
    model: Model,
    scenarios: Iterable[str] | None,
    samples: int | None,
    seed: int,
    sampling: Sampling | str | None,
    indicators: Iterable[str] | None,
    series: Mapping[str, tuple[str, str]] | None = None,
    values: Mapping[str, NDArray[np.float64]] | None = None,
) -> Plan:
    """What an ensemble runs; refuses names that are not there."""
    if samples is not None and not 1 <= samples <= MOST_SAMPLES:
        raise RunError(
            "a number of samples that can not be run", found=samples, expected=f"1 to {MOST_SAMPLES}"
        )
    reference = reference_name(model)
    names = _known(scenarios, scenario_names(model), "scenario")
    wanted = {
        name: model.indicators[name] for name in _known(indicators, list(model.indicators), "indicator")
    }
    for name, (formula, unit) in (series or {}).items():
        wanted[name] = Indicator(formula=formula, unit=unit)
    if not wanted:
        raise RunError(
            "nothing to keep of each sample",
            place="indicators",
            found="no indicators in the model",
            hint="Write some, or name series to keep.",
        )
    ordered = names if reference in names else [reference, *names]
    given = numbers_given((apply(model, name) for name in ordered), values or {}, samples)
    if samples is None:
        samples = len(next(iter(given.values()))) if given else SAMPLES
    return Plan(model, ordered, reference, wanted, samples, seed, sampling_of(model, sampling), given)


def _known(wanted: Iterable[str] | None, known: list[str], what: str) -> list[str]:
    names = known if wanted is None else list(dict.fromkeys(wanted))
    for name in names:
        if name not in known:
            with asked():
                raise UnknownNameError(
                    f"no such {what}", found=name, expected=known, hint=did_you_mean(name, known)
                )
    return names


def _gaps(done: np.ndarray) -> list[tuple[int, int]]:
    """First and last of each stretch of samples that are not done."""
    edges = np.flatnonzero(np.diff(np.concatenate([[True], done, [True]]).astype(np.int8)))
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]


def _within(gap: tuple[int, int], blocks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The parts of blocks that lie in a gap."""
    cut = [(max(first, gap[0]), min(last, gap[1])) for first, last in blocks]
    return [(first, last) for first, last in cut if first < last]
