"""Run a model: one scenario, or several side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from meguru.engine.check_once import check_once, kept_copy
from meguru.engine.compiling.program import Program, compile_model
from meguru.engine.given import numbers_given, those_of
from meguru.engine.results.result import Comparison, Result, build_result, hash_of_values, join_results
from meguru.engine.results.side_by_side import require_same_years
from meguru.engine.sampling import Draw, Draws, draws_of, sampling_data, sampling_from, sampling_of
from meguru.engine.simulate import simulate
from meguru.engine.uncollected import uncollected
from meguru.errors import ModelError, RunError, did_you_mean
from meguru.model import Model, apply, reference_name, scenario_names
from meguru.model.checks import in_scenario
from meguru.model.components import Sampling
from meguru.model.walk import clone

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from meguru.engine.items.fleet import Fleet, FleetTable

ENGINES = ("cohorts", "items")
BLOCK_BYTES = 256 * 2**20
MOST_SAMPLES = 10_000_000


def run(
    model: Model,
    scenario: str | None = None,
    *,
    engine: str = "cohorts",
    samples: int | None = None,
    seed: int = 0,
    sampling: Sampling | str | None = None,
    values: Mapping[str, NDArray[np.float64]] | None = None,
    progress: Callable[[int, int], None] | None = None,
    fleet: FleetTable | None = None,
    histories: bool = False,
) -> Result:
    """Simulate one scenario of a model.

    Parameters
    ----------
    model
        As read by :func:`meguru.load` or built from :mod:`meguru.model.components`.
    scenario
        Name of the scenario; default the reference.
    engine
        ``cohorts``: expected values of cohorts by age. ``items``: every product and every followed part by
        itself, by chance; whole numbers.
    samples
        Number of samples of the model's distributions; None takes their means, as one run. With ``items``
        each sample is a run with chance of its own.
    seed
        Of the random streams; the same seed gives the same numbers, whatever the blocks.
    sampling
        How samples are drawn: ``random``, ``latin-hypercube``, ``sobol``, or everything that the section
        ``sampling`` of a model can say; default what the model says there.
    values
        Sampled numbers given from outside: place in the model → (sample,), in the unit of the quantity there;
        every place must be that of a quantity of the scenario.
    progress
        Called with (samples done, samples in all) after each block.
    fleet
        With ``items``: what is in use when the first year begins, a row a unit; a table, or a CSV or XLSX
        file. None: what the history of the model leaves.
    histories
        With ``items``: keep what happened to each serial number, in :attr:`Result.histories`.

    Returns
    -------
    Result
        Labelled arrays with dimensions sample, time, flow, material and so on.

    Raises
    ------
    ModelError
        The model is not right; the error names file and place.
    RunError
        The run cannot give a right answer; a balance that does not close is one.
    """
    if engine not in ENGINES:
        raise RunError(
            "no such engine", found=engine, expected=list(ENGINES), hint=did_you_mean(engine, ENGINES)
        )
    if engine != "items" and (fleet is not None or histories):
        raise RunError(
            "only individuals have serial numbers",
            found="a fleet" if fleet is not None else "histories",
            hint='Run it with engine="items".',
        )
    if samples is not None and not 1 <= samples <= MOST_SAMPLES:
        raise RunError(
            "a number of samples that can not be run", found=samples, expected=f"1 to {MOST_SAMPLES}"
        )
    name = scenario if scenario is not None else reference_name(model)
    with uncollected():
        # A copy: whoever changes the model afterwards does not change what this result is compared with.
        model = kept_copy(model)
        applied = apply(model, name)
        check_once(model, applied, name)
        given = numbers_given([applied], values or {}, samples)
        if given and samples is None:
            samples = len(next(iter(given.values())))
        settings: dict[str, Any] = {"engine": engine, "sampled": samples is not None}
        if given:
            settings["values"] = hash_of_values(given)
        how = sampling_of(model, sampling)
        if samples is not None and how != Sampling():
            settings["sampling"] = sampling_data(how)
        draws = draws_of(model, samples or 1, seed, how)
        units = None
        if fleet is not None:
            from meguru.engine.items.fleet import read_fleet

            units = read_fleet(fleet)
            settings["fleet"] = units.hash
        one_block = partial(
            _cohorts if engine == "cohorts" else partial(_items, units, histories), applied, name, seed
        )
        try:
            result = _in_blocks(one_block, applied, samples, draws, given, settings, progress)
        except ModelError as error:
            if name != reference_name(model):
                in_scenario(error, name)
            raise
        result.values = given
        _tell_model(result, model, applied)
    return run_again(result, fleet)


def _tell_model(result: Result, model: Model, applied: Model) -> None:
    """What a result was run from: of :func:`kept_copy`, which other runs share, and a model of its own."""
    result.unapplied = model
    result.model = clone(applied) if applied is model else applied


def _cohorts(
    applied: Model, name: str, seed: int, program: Program, first: int, settings: Mapping[str, Any]
) -> Result:
    """One block of samples by the engine of cohorts."""
    return build_result(program, simulate(program), applied, name, seed, settings)


def _items(
    fleet: Fleet | None,
    histories: bool,
    applied: Model,
    name: str,
    seed: int,
    program: Program,
    first: int,
    settings: Mapping[str, Any],
) -> Result:
    """One block of runs by the engine of individuals."""
    from meguru.engine.items.histories import history_table
    from meguru.engine.items.simulate import simulate_items

    units = None if fleet is None else fleet.place_in(program)
    record, logs = simulate_items(program, seed=seed, first_run=first, fleet=units, histories=histories)
    result = build_result(program, record, applied, name, seed, settings)
    if histories:
        result.histories = history_table(program, logs, first, None if fleet is None else fleet.serials)
    return result


def _in_blocks(
    one_block: Callable[[Program, int, Mapping[str, Any]], Result],
    applied: Model,
    samples: int | None,
    draws: Draws,
    given: Mapping[str, NDArray[np.float64]],
    settings: Mapping[str, Any],
    progress: Callable[[int, int], None] | None,
) -> Result:
    """A scenario run in blocks of samples that fit in memory, joined; without samples one block of means."""
    parts: list[Result] = []
    for block in [None] if samples is None else blocks_of(applied, draws, given, samples):
        program = compile_model(applied, draws=draws, block=block, values=given)
        parts.append(one_block(program, 0 if block is None else block[0], settings))
        if progress is not None:
            progress(1 if block is None else block[1], samples or 1)
    return parts[0] if len(parts) == 1 else join_results(parts)


def run_block(
    model: Model,
    scenario: str,
    draws: Draw,
    block: tuple[int, int],
    settings: Mapping[str, Any] | None = None,
    values: Mapping[str, NDArray[np.float64]] | None = None,
) -> Result:
    """Samples ``block`` of a scenario by themselves, for whoever keeps little of each.

    Parameters
    ----------
    model
        Before a scenario is applied.
    draws
        Gives uniform numbers by place, first and last sample, as :class:`meguru.engine.sampling.Draws`.
    settings
        Of the whole run.
    values
        Numbers given from outside for all samples of the whole run; those that the scenario does not have are
        passed over.

    Raises
    ------
    ModelError, RunError
        As :func:`run`.
    """
    with uncollected():
        model = kept_copy(model)
        applied = apply(model, scenario)
        check_once(model, applied, scenario)
        given = those_of(applied, values or {})
        program = compile_model(applied, draws=draws, block=block, values=given)
        result = build_result(program, simulate(program), applied, scenario, settings=settings)
        _tell_model(result, model, applied)
    result.again = partial(run_block, model, draws=draws, block=block, settings=settings, values=values)
    return result


def run_again(result: Result, fleet: FleetTable | None = None) -> Result:
    """The result, which from now on runs other scenarios of its model as it was run itself.

    One that was read from a file does not have its fleet any more, and runs nothing.
    """
    assert result.unapplied is not None
    if fleet is None and "fleet" in result.settings:
        return result
    result.again = partial(
        _run_other,
        result.unapplied,
        engine=result.settings["engine"],
        samples=result.samples if result.settings["sampled"] else None,
        seed=result.seed,
        sampling=sampling_from(result.settings),
        values=result.values,
        fleet=fleet,
    )
    return result


def _run_other(
    model: Model,
    scenario: str,
    *,
    values: Mapping[str, NDArray[np.float64]],
    fleet: FleetTable | None = None,
    **more: Any,
) -> Result:
    """Run a scenario that need not have every quantity that numbers are given for."""
    result = run(model, scenario, values=those_of(apply(model, scenario), values), fleet=fleet, **more)
    result.values = values
    return run_again(result, fleet)


def blocks_of(
    model: Model,
    draws: Draw,
    values: Mapping[str, NDArray[np.float64]],
    samples: int,
    most_bytes: int = BLOCK_BYTES,
) -> list[tuple[int, int]]:
    """First and last sample of blocks that fit; their size is found from one sample, so that it is the same
    for the same model (with a scenario applied).
    """
    from meguru.engine.plan import FLOWS, RECORD

    program = compile_model(model, draws=draws, block=(0, 1), values=values)
    record = int(program.plan[FLOWS + 2 * len(RECORD) - 2 :][:2].sum())
    size = int(max(1, most_bytes // (8 * (record + program.numbers.shape[1]))))
    return [(start, min(samples, start + size)) for start in range(0, samples, size)]


def compare(
    model: Model,
    scenarios: Iterable[str] | None = None,
    *,
    engine: str = "cohorts",
    samples: int | None = None,
    seed: int = 0,
    sampling: Sampling | str | None = None,
    values: Mapping[str, NDArray[np.float64]] | None = None,
    progress: Callable[[int, int], None] | None = None,
    fleet: FleetTable | None = None,
) -> Comparison:
    """Run several scenarios side by side; the reference is always among them.

    Random numbers are common to all scenarios: a difference between two is not blurred by chance.

    Raises
    ------
    ScenarioError
        Scenarios of different years; no such scenario.
    ModelError, RunError
        As :func:`run`.
    """
    reference = reference_name(model)
    names = list(scenarios) if scenarios is not None else scenario_names(model)
    ordered = names if reference in names else [reference, *names]
    # A measure may bring a quantity that other scenarios do not have.
    applied = {name: apply(model, name) for name in ordered}
    for name in ordered:
        require_same_years(applied[reference], applied[name], name)
    given = numbers_given(applied.values(), values or {}, samples)
    if given and samples is None:
        samples = len(next(iter(given.values())))
    same: dict[str, Any] = {
        "engine": engine,
        "samples": samples,
        "seed": seed,
        "sampling": sampling,
        "values": given,
        "fleet": fleet,
    }
    results = {n: _run_other(model, n, progress=progress, **same) for n in ordered}
    return Comparison(results=results, reference=reference)
