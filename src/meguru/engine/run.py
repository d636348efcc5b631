"""Run a model: one scenario, or several side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from meguru.engine.compile import compile_model
from meguru.engine.result import Comparison, Result, build_result, join_results
from meguru.engine.simulate import simulate
from meguru.errors import RunError, did_you_mean
from meguru.model import Model, apply, reference_name, scenario_names
from meguru.model.checks import faults_here
from meguru.model.walk import clone

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

ENGINES = ("cohorts",)
BLOCK_BYTES = 256 * 2**20


def run(
    model: Model,
    scenario: str | None = None,
    *,
    engine: str = "cohorts",
    samples: int | None = None,
    seed: int = 0,
    values: Mapping[str, NDArray[np.float64]] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Simulate one scenario of a model.

    Parameters
    ----------
    model
        As read by :func:`meguru.load` or built from :mod:`meguru.model.components`.
    scenario
        Name of the scenario; default the reference.
    engine
        ``cohorts``: expected values of cohorts by age.
    samples
        Number of samples of the model's distributions; None takes their means, as one run.
    seed
        Of the random streams; the same seed gives the same numbers, whatever the blocks.
    values
        Sampled numbers given from outside: place in the model → (sample,), in the unit of the quantity there.
    progress
        Called with (samples done, samples in all) after each block.

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
    if samples is not None and samples < 1:
        raise RunError("a run needs at least one sample", found=samples)
    name = scenario if scenario is not None else reference_name(model)
    applied = apply(model, name)
    _check_once(model, applied, name)
    given = dict(values or {})
    if given and samples is None:
        samples = len(next(iter(given.values())))
    for place, array in given.items():
        if len(array) != samples:
            raise RunError(
                "sampled values of the wrong length", place=place, found=len(array), expected=f"{samples}"
            )
    settings = {"engine": engine, "sampled": samples is not None}
    parts: list[Result] = []
    done = 0
    while not parts or done < (samples or 1):
        block = (
            None
            if samples is None
            else (done, min(samples, done + _block_size(applied, seed, given, samples)))
        )
        program = compile_model(applied, seed=seed, block=block, values=given)
        parts.append(build_result(program, simulate(program), applied, name, seed, settings))
        done = 1 if block is None else block[1]
        if progress is not None:
            progress(done, samples or 1)
    result = parts[0] if len(parts) == 1 else join_results(parts)
    # A copy: whoever changes the model afterwards does not change what this result is compared with.
    result.before, result.values = clone(model), given
    return run_again(result)


def run_again(result: Result) -> Result:
    """The result, which from now on runs other scenarios of its model as it was run itself."""
    assert result.before is not None
    result.again = partial(
        run,
        result.before,
        engine=result.settings["engine"],
        samples=result.samples if result.settings["sampled"] else None,
        seed=result.seed,
        values=result.values,
    )
    return result


def _check_once(model: Model, applied: Model, scenario: str) -> None:
    """Name what is wrong, once for each structure: who changes only numbers and runs again does not wait
    for it.

    Numbers are read, and refused where they are impossible, in every run.
    """
    structure = hash((
        tuple((n, i.kind, i.unit, *i.bom) for n, i in applied.items.items()),
        tuple(
            (n, q.kind, q.actor, q.item, q.product, *q.split, *q.leave, *q.parts, *q.yields)
            for n, q in applied.processes.items()
        ),
        tuple((r.source, r.target, *r.items) for r in applied.routes),
        tuple(applied.actors), tuple(applied.exchanges), tuple(applied.impacts), tuple(applied.parameters),
    ))  # fmt: skip
    checked = vars(model).setdefault("checked", {})
    if checked.get(scenario) != structure:
        for fault in faults_here(applied):
            raise fault
        checked[scenario] = structure


def _block_size(model: Model, seed: int, values: Mapping[str, NDArray[np.float64]], samples: int) -> int:
    """Samples that fit in a block; found from one, so that it is the same for the same model."""
    from meguru.engine.plan import FLOWS, RECORD

    program = compile_model(model, seed=seed, block=(0, 1), values=values)
    record = int(program.plan[FLOWS + 2 * len(RECORD) - 2 :][:2].sum())
    return int(max(1, min(samples, BLOCK_BYTES // (8 * (record + program.numbers.shape[1])))))


def compare(
    model: Model,
    scenarios: Iterable[str] | None = None,
    *,
    samples: int | None = None,
    seed: int = 0,
    values: Mapping[str, NDArray[np.float64]] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Run several scenarios side by side; the reference is always among them.

    Random numbers are common to all scenarios: a difference between two is not blurred by chance.
    """
    reference = reference_name(model)
    names = list(scenarios) if scenarios is not None else scenario_names(model)
    ordered = names if reference in names else [reference, *names]
    results = {
        n: run(model, n, samples=samples, seed=seed, values=values, progress=progress) for n in ordered
    }
    return Comparison(results=results, reference=reference)
