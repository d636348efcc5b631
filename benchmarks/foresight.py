"""Futures of a causal model of stated size, made of synthetic numbers: ours, plain numpy, EMA workbench.

All three draw strength and lag of each influence and the start of each factor per future, and noise on all
factors. The drawn numbers differ; the spread of the last year is told by each, and must agree.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.measure import measure, tell
from meguru.examples import example_path
from meguru.examples.locate import CAUSAL
from meguru.foresight import CausalModel, Condition, Event, load

YEARS, LONGEST = 26, 5
COUNT, THREADS, BLOCK = 20_000, 2, 500


def model(step: float) -> CausalModel:
    """The example foresight-synthetic in steps of another length."""
    return replace(load(example_path("foresight-synthetic", CAUSAL)), step=step)


# -- ours ------------------------------------------------------------------------------------------


def ours(step: float) -> None:
    from meguru.foresight.simulation import simulate

    causal = model(step)
    simulate(causal, 64, threads=THREADS)
    shown: list[float] = []

    def work() -> None:
        shown[:] = [float(simulate(causal, COUNT, threads=THREADS).states[-1].std(dtype=float))]

    tell(**measure(work, warm=0, runs=3), check=shown[0])


def years() -> None:
    ours(1.0)


def months() -> None:
    ours(1 / 12)


# -- the analysis ----------------------------------------------------------------------------------

SWITCHES = {2030: 0.6, 2034: 0.7, 2038: 0.8}  # year → push per year on a third of the KPIs
GROUPS = 2 ** len(SWITCHES)


def switched() -> CausalModel:
    """The synthetic model with three switches: a lever above its rest in a year lifts some KPIs for good."""
    plain = model(1.0)
    kpis = [name for name, node in plain.nodes.items() if node.role == "kpi"]
    levers = [name for name, node in plain.nodes.items() if node.role == "lever"]
    events = {
        f"switch_{year}": Event(
            f"switch_{year}",
            {plain.first: 0.0, year: 60.0, year + 1: 0.0},
            push=dict.fromkeys(kpis[at :: len(SWITCHES)], push),
            conditions=(Condition(levers[at], above=plain.nodes[levers[at]].rest),),
        )
        for at, (year, push) in enumerate(SWITCHES.items())
    }
    return replace(plain, events=events)


def analysis() -> None:
    """Groups to conditions: all that ``meguru foresight report`` does but the page."""
    from meguru.foresight.analysis import Analysis, Choices, analyse
    from meguru.foresight.simulation import simulate

    futures = simulate(switched(), COUNT, threads=THREADS)
    found: list[Analysis] = []
    figures = measure(lambda: found.append(analyse(futures, Choices(count=GROUPS))), warm=0, runs=1)
    years = sorted({branch.year for branch in found[0].branches if branch.supported and branch.year})
    requirements = sum(len(one.requirements) for one in found[0].conditions)
    tell(**figures, years=years, requirements=requirements)


# -- plain numpy -----------------------------------------------------------------------------------


class Plain:
    """The same equation on arrays (influence or factor, future)."""

    def __init__(self, step: float) -> None:
        causal = model(step)
        edges = sorted(causal.edges, key=lambda edge: int(edge.target[1:]))
        self.step, self.steps = step, round(YEARS / step)
        self.source = np.array([int(edge.source[1:]) for edge in edges])
        target = np.array([int(edge.target[1:]) for edge in edges])
        self.targets, self.begins = np.unique(target, return_index=True)
        self.strength = [(edge.strength.low, edge.strength.mode, edge.strength.high) for edge in edges]
        self.lag = [(edge.lag.low, edge.lag.mode, edge.lag.high) for edge in edges]
        self.start = np.array([node.start.mode for node in causal.nodes.values()])
        one = next(iter(causal.nodes.values()))  # all relax alike
        self.pull, self.noise, self.bound = one.pull, one.noise, one.high

    def draw(self, random: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Strengths, lags, starts, each (name, future)."""
        triples = [*self.strength, *self.lag, *((x - 1, x, x + 1) for x in self.start.tolist())]
        low, mode, high = np.array(triples).T[:, :, None]
        drawn = random.triangular(low, mode, high, (len(triples), count))
        strength, lag, start = np.split(drawn, [len(self.strength), 2 * len(self.strength)])
        return strength, lag, start

    def run(
        self, random: np.random.Generator, strength: np.ndarray, lag: np.ndarray, start: np.ndarray
    ) -> np.ndarray:
        """(year, factor, future)"""
        longest, count = round(LONGEST / self.step), strength.shape[1]
        lags = np.floor(lag / self.step + 0.5).astype(np.int64)
        history = np.empty((longest + 1 + self.steps, self.start.size, count))
        history[: longest + 1] = start
        reference, future = self.start[self.source][:, None], np.arange(count)
        for now in range(longest, longest + self.steps):
            x = history[now]
            rate = -self.pull * x
            acting = strength * (history[now - lags, self.source[:, None], future] - reference)
            rate[self.targets] += np.add.reduceat(acting, self.begins)
            moved = x + self.step * rate
            moved += np.sqrt(self.step) * self.noise * random.standard_normal(x.shape)
            np.clip(moved, -self.bound, self.bound, out=history[now + 1])
        return history[longest :: round(1 / self.step)]


def plain_numpy(step: float, count: int) -> None:
    plain = Plain(step)
    last: list[float] = []

    def work() -> None:
        states = np.empty((YEARS + 1, plain.start.size, count), dtype=np.float32)
        for begin in range(0, count, BLOCK):
            random = np.random.Generator(np.random.SFC64([1, begin]))
            states[:, :, begin : begin + BLOCK] = plain.run(random, *plain.draw(random, BLOCK))
        last[:] = [float(states[-1].std(dtype=float))]

    tell(**measure(work, warm=0, runs=1), check=last[0])


def numpy_years() -> None:
    plain_numpy(1.0, COUNT)


def numpy_months() -> None:
    plain_numpy(1 / 12, COUNT // 10)


# -- EMA workbench ---------------------------------------------------------------------------------


def workbench(step: float, count: int) -> None:
    """Its own sampler and evaluator around one future in numpy."""
    warnings.simplefilter("ignore")
    from ema_workbench import (  # type: ignore[import-not-found,unused-ignore]
        ArrayOutcome,
        Model,
        RealParameter,
        perform_experiments,
    )
    from scipy import stats

    plain = Plain(step)
    random = np.random.default_rng(1)

    def one(**drawn: float) -> dict[str, Any]:
        values = np.fromiter(drawn.values(), dtype=float)[order, None]
        parts = np.split(values, [len(plain.strength), 2 * len(plain.strength)])
        return {"states": plain.run(random, *parts)[:, :, 0]}

    spreads = [*plain.strength, *plain.lag, *((x - 1, x, x + 1) for x in plain.start.tolist())]
    names = [f"u{k:04d}" for k in range(len(spreads))]
    order = np.arange(len(names))  # the names sort as they stand
    asked = Model("synthetic", function=one)
    asked.uncertainties = [
        RealParameter.from_dist(name, stats.triang((mode - low) / (high - low), low, high - low))
        for name, (low, mode, high) in zip(names, spreads, strict=True)
    ]
    asked.outcomes = [ArrayOutcome("states", shape=(YEARS + 1, plain.start.size), dtype=float)]
    last: list[float] = []

    def work() -> None:
        _, outcomes = perform_experiments(asked, scenarios=count)
        last[:] = [float(outcomes["states"][:, -1].std())]

    tell(**measure(work, warm=0, runs=1), check=last[0])


def workbench_years() -> None:
    workbench(1.0, COUNT // 10)


def workbench_months() -> None:
    workbench(1 / 12, COUNT // 100)


CASES = {
    case.__name__: case
    for case in (years, months, analysis, numpy_years, numpy_months, workbench_years, workbench_months)
}
