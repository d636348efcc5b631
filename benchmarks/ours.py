"""The cases, done by meguru through its public calls, with balances on."""

from __future__ import annotations

import numpy as np

import meguru
from benchmarks import models
from benchmarks.measure import measure, peak_mib, tell
from meguru.quantity import Quantity


def stock() -> None:
    model = models.stock()
    result = meguru.run(model)
    figures = measure(lambda: meguru.run(model).flows)
    tell(**figures, check=float(result.events.sel(event=result.events.kind == "retired").sum()))


def pv() -> None:
    model = meguru.example("pv-modules")
    tell(**measure(lambda: meguru.run(model).flows))


def pv_values(samples: int) -> dict[str, np.ndarray]:
    """Each sample with T50, T90, collection and yields per material of its own (synthetic)."""
    model = meguru.example("pv-modules")
    random = np.random.default_rng(3)
    chosen = [place for place in model.parameters if place.startswith(("collection", "recycling_yield_"))]
    values = {f"parameters.{name}": random.uniform(20, 90, samples) for name in chosen}
    life = model.processes["use"].leave["failure"]
    assert life.t50 is not None and life.t90 is not None
    t50 = random.uniform(25, 35, samples)
    return values | {
        "processes.use.leave.failure.t50": t50,
        "processes.use.leave.failure.t90": t50 + random.uniform(4, 12, samples),
    }


def pv_samples() -> None:
    model, values = meguru.example("pv-modules"), pv_values(1000)
    tell(**measure(lambda: meguru.run(model, samples=1000, values=values), runs=3))


def network() -> None:
    model = models.network()
    tell(**measure(lambda: meguru.run(model), runs=3), processes=len(model.processes))


def network_samples() -> None:
    model = models.network()
    meguru.run(model)
    tell(**measure(lambda: meguru.run(model, samples=1000), warm=0, runs=1))


def case_one_again() -> None:
    """Case I with another number each time, as someone drags a slider."""
    model = meguru.example("compressor-magnet")
    share = [0.2]

    def again() -> None:
        share[0] += 0.01
        model.processes["collect_end_of_life"].split["separate"] = Quantity(share[0])
        meguru.run(model, "conventional")

    tell(**measure(again, warm=3, runs=21))


def flows_table() -> None:
    """ISO 59020 and CTI on a table of 10,000 flows in ten years (synthetic)."""
    import pandas as pd

    random = np.random.default_rng(5)
    count = 10_000
    frame = pd.DataFrame(
        {
            "year": random.integers(2015, 2025, count),
            "flow": random.choice(["in", "out"], count),
            "mass [kg]": random.uniform(1, 100, count),
            "recycled [%]": random.uniform(0, 50, count),
            "reused [%]": random.uniform(0, 50, count),
            "recovery_potential [%]": random.uniform(0, 100, count),
            "actual_recovery [%]": random.uniform(0, 100, count),
            "traceable": random.choice(["yes", "no"], count),
        }
    )
    outflows = ["recovery_potential [%]", "actual_recovery [%]", "traceable"]
    frame.loc[frame["flow"] == "in", outflows] = None
    tell(**measure(lambda: meguru.measure(frame, ["iso_59020", "cti"])))


def case_one_indicators() -> None:
    """All indicators of case I, those of the model and those of the sets, after the run."""
    comparison = meguru.compare(meguru.example("compressor-magnet"))

    def every() -> None:
        meguru.evaluate(comparison)
        meguru.measure(comparison)

    tell(**measure(every))


def compiled() -> None:
    """The kernels of both engines are compiled and kept."""
    meguru.run(meguru.example("motor"))
    meguru.run(models.fleet(10), engine="items")


def run_fleet(machines: int, runs: int) -> None:
    """Units of all flows, as plain numbers like those of the peer.

    The memory of the work is what comes on top of that of a fleet of ten.
    """
    model = models.fleet(machines)
    meguru.run(models.fleet(10), engine="items").plain("units")
    before = peak_mib()
    figures = measure(lambda: meguru.run(model, engine="items", seed=1).plain("units"), warm=0, runs=runs)
    tell(**figures, work_mib=figures["peak_mib"] - before)


def case_one_samples() -> None:
    model = models.case_one_unsure()
    tell(**measure(lambda: meguru.run(model, "B", samples=10_000, seed=1).flows, warm=0, runs=1))


def case_one_ensemble() -> None:
    model = models.case_one_unsure()
    tell(**measure(lambda: meguru.ensemble(model, samples=10_000, seed=1), warm=0, runs=1))


def items() -> None:
    run_fleet(10_000, 9)


def items_million() -> None:
    run_fleet(1_000_000, 1)


_ALL = (
    stock,
    pv,
    pv_samples,
    network,
    network_samples,
    case_one_again,
    flows_table,
    case_one_indicators,
    items,
    items_million,
    case_one_samples,
    case_one_ensemble,
)
CASES = {case.__name__: case for case in _ALL}
