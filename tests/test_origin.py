"""Origins: known shares of simple loops, and a slow re-derivation by repetition on real models."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from result_models import flow, lamp, model_of, run_lamp

from meguru.engine.results.result import Result
from meguru.engine.run import run
from meguru.examples import example
from meguru.model.components import ORIGINS, Model
from meguru.quantity import Quantity

VIRGIN, RENEWABLE, PRE, POST, REUSED = range(5)


def shares(result: Result, route: str, item: str, material: str) -> Any:
    """(time, origin) shares of a material in a flow."""
    row = flow(result, route, item)
    column = list(result.flows["material"].to_numpy()).index(material)
    mass = result.origins.to_numpy()[0, :, row, column]
    total = mass.sum(axis=1, keepdims=True)
    found: Any = np.divide(mass, total, out=np.full_like(mass, np.nan), where=total > 0.0)
    return found


# -- known answers -------------------------------------------------------------------------------------------


def test_closed_loop_reaches_yield_times_return_share() -> None:
    """63 % of the steel comes back (70 % × 90 %), 35 % of the glass: the recycled content."""
    result = run_lamp()
    np.testing.assert_allclose(shares(result, "sale", "lamp", "steel")[-1], [0.37, 0, 0, 0.63, 0], atol=1e-12)
    np.testing.assert_allclose(shares(result, "sale", "lamp", "glass")[-1], [0.65, 0, 0, 0.35, 0], atol=1e-12)


def test_goods_that_come_back_carry_the_average_of_those_in_use() -> None:
    """Recycled content starts when the first lamps come back; the pool in use follows step by step."""
    result = run_lamp(exchanges={}, time={"first": 2010, "last": 2030})
    sold = shares(result, "sale", "lamp", "steel")[:, POST]
    back = shares(result, "return", "lamp", "steel")[5:, POST]
    assert sold[:4].tolist() == [0.0, 0.0, 0.0, 0.0] and sold[4:] == pytest.approx(0.63)
    units, pool, expected = result.units.to_numpy()[0], 0.0, []
    stock = result.stock.sel(holder="use: lamp").to_numpy()[0]
    for year in range(
        4, len(stock)
    ):  # share of recycled steel in the pool: a mix of what enters and what is there
        expected.append(pool)
        leaving = units[year, flow(result, "return", "lamp")]
        pool += (100 * 0.63 - leaving * pool) / stock[year]
    np.testing.assert_allclose(back, expected[1:], rtol=1e-9)


def test_new_scrap_of_the_same_step_is_recycled_before_use() -> None:
    """Of 200/0.8 = 250 kg steel drawn, 50 become scrap; of that, 90 % go round again within the year."""
    data = lamp(
        processes__make__recipe={"steel": {"efficiency": "80 %"}},
        processes__collect__split={"back": 0, "lost": 1},
        routes__scrap={"name": "scrap", "from": "make.scrap", "to": "recycle"},
    )
    result = run(model_of(data))
    units = result.units.to_numpy()[0, -1]
    assert units[flow(result, "secondary in", "steel")] == pytest.approx(45.0)
    assert units[flow(result, "new in", "steel")] == pytest.approx(205.0)
    np.testing.assert_allclose(shares(result, "sale", "lamp", "steel")[-1], [0.82, 0, 0.18, 0, 0], atol=1e-12)
    np.testing.assert_allclose(
        shares(result, "scrap", "steel", "steel")[-1], [0.82, 0, 0.18, 0, 0], atol=1e-12
    )
    np.testing.assert_allclose(shares(result, "recovered", "steel", "steel")[-1], [0, 0, 1, 0, 0], atol=1e-12)


def test_a_mixed_return_is_recycled_before_and_after_use_in_proportion() -> None:
    data = lamp(
        processes__make__recipe={"steel": {"efficiency": "80 %"}},
        routes__scrap={"name": "scrap", "from": "make.scrap", "to": "recycle"},
    )
    result = run(model_of(data))
    got = shares(result, "recovered", "steel", "steel")[-1]
    np.testing.assert_allclose(got, [0, 0, 50 / 190, 140 / 190, 0], atol=1e-12)


def test_a_material_may_be_renewable_and_a_supply_may_say_its_origin() -> None:
    result = run_lamp(items__glass={"kind": "material", "renewable": True})
    np.testing.assert_allclose(shares(result, "new in", "glass", "glass"), [[0, 1, 0, 0, 0]] * 4)
    np.testing.assert_allclose(shares(result, "new in", "steel", "steel"), [[1, 0, 0, 0, 0]] * 4)
    result = run_lamp(processes__ore={"kind": "supply", "origin": "recycled_pre"})
    np.testing.assert_allclose(shares(result, "new in", "glass", "glass"), [[0, 0, 1, 0, 0]] * 4)


def regenerating_motor() -> Model:
    """The motor from its first year on, 60 % taken back."""
    model = example("motor")
    model.time.first, model.time.last, model.time.history = 1995, 2012, None
    model.processes["collect"].split["taken_back"] = Quantity(0.6)
    for carrier in model.exchanges.values():
        carrier.factors = {}
    return model


def test_parts_drawn_from_a_store_count_as_reused() -> None:
    result = run(regenerating_motor())
    used = shares(result, "used_parts -> regenerate_motor", "core", "steel")
    there = ~np.isnan(used[:, 0])
    assert there.sum() > 5
    np.testing.assert_allclose(used[there], [[0, 0, 0, 0, 1]] * int(there.sum()))
    motor = shares(result, "regenerate_motor -> use", "motor", "steel")[there]
    np.testing.assert_allclose(motor, [[0, 0, 0, 0, 1]] * int(there.sum()))
    kept = result.flows.to_numpy()[0, :, flow(result, "regenerate_motor -> use", "motor")]
    assert kept[there].min() > 0.0
    assert shares(result, "use.retired -> collect", "motor", "steel")[-1, REUSED] > 0.01


# -- invariants ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "scenario"),
    [
        ("motor", "regenerate"),
        ("compressor-magnet", "B"),
        ("atm-parts", "measure-2"),
        ("pv-modules", None),
        ("small-battery", None),
    ],
)
def test_origins_sum_to_the_mass_in_every_flow(name: str, scenario: str | None) -> None:
    result = run(example(name), scenario)
    origins, flows = result.origins.to_numpy(), result.flows.to_numpy()
    assert origins.min() >= 0.0
    np.testing.assert_allclose(origins.sum(axis=-1), flows, rtol=1e-12)


@settings(max_examples=25)
@given(
    st.floats(0.0, 1.0), st.floats(0.05, 1.0), st.floats(0.0, 1.0), st.floats(0.3, 1.0), st.floats(0.0, 1.0)
)
def test_every_process_gives_out_the_origins_that_it_took_in(
    back: float, recovered: float, other: float, efficiency: float, sent: float
) -> None:
    data = lamp(
        processes__make__recipe={"steel": {"efficiency": efficiency}},
        processes__collect__split={"back": back, "lost": "rest"},
        processes__recycle__yield={"steel": recovered, "glass": other},
        processes__scrap={"kind": "sort", "split": {"sent": sent, "dumped": "rest"}},
        routes__a={"name": "scrap", "from": "make.scrap", "to": "scrap"},
        routes__b={"name": "scrap back", "from": "scrap.sent", "to": "recycle"},
        routes__c={"name": "scrap away", "from": "scrap.dumped", "to": "dump"},
    )
    result = run(model_of(data))
    origins = result.origins.to_numpy()[0]
    source, target = (result.flows[label].to_numpy() for label in ("source", "target"))
    for process in ("make", "collect", "scrap"):
        taken, given_out = (origins[:, ends == process].sum(axis=1) for ends in (target, source))
        np.testing.assert_allclose(taken, given_out, atol=1e-9 * taken.max())
    recycled = origins[:, source == "recycle"][..., [PRE, POST]].sum()
    assert (recycled > 0) == (result.flows.to_numpy()[0, :, source == "recycle"].sum() > 0)


# -- a slow re-derivation ------------------------------------------------------------------------------------


class Slow:
    """Origins of a run without history, by plain loops; within a step by repetition until nothing changes."""

    def __init__(self, result: Result) -> None:
        self.model = result.model
        self.materials = [str(m) for m in result.flows["material"].to_numpy()]
        self.mass = result.flows.to_numpy()[0]
        labels = ("source", "port", "target", "item", "side")
        self.flows = [
            dict(zip(labels, row, strict=True))
            for row in zip(*(result.flows[label].to_numpy() for label in labels), strict=True)
        ]
        self.holders = list(
            zip(result.stock["process"].to_numpy(), result.stock["item"].to_numpy(), strict=True)
        )
        self.held = result.stock_mass.to_numpy()[0]

    def place(self, process: str, item: str) -> tuple[str, str]:
        keeps = self.model.processes[process].kind in ("sort", "store")
        return process, item if keeps else ""

    def mix(self, parts: list[tuple[float, Any]], material: int) -> Any:
        total = sum(weight for weight, _ in parts)
        if total <= 0.0:
            start = np.zeros(5)
            start[RENEWABLE if self.model.items[self.materials[material]].renewable else VIRGIN] = 1.0
            return start
        return sum(weight * vector for weight, vector in parts) / total

    def one_step(self, step: int, m: int, pools: dict[str, Any], stores: dict[tuple[str, str], Any]) -> Any:
        mass = self.mass[step, :, m]
        vectors = [self.mix([], m) for _ in self.flows]
        scrap = np.zeros(len(self.flows))
        for _ in range(400):
            before = np.array(vectors)
            for index, f in enumerate(self.flows):
                vectors[index], scrap[index] = self.leave(index, f, m, mass, vectors, scrap, pools, stores)
            if np.abs(np.array(vectors) - before).max() < 1e-15:
                return np.array(vectors)
        raise AssertionError("does not settle")

    def leave(
        self, index: int, f: Any, m: int, mass: Any, vectors: Any, scrap: Any, pools: Any, stores: Any
    ) -> Any:
        process = self.model.processes[f["source"]]
        here = self.place(f["source"], f["item"])
        arriving = [
            i
            for i, g in enumerate(self.flows)
            if g["target"] == f["source"] and self.place(g["target"], g["item"]) == here
        ]
        tag = self.tag(f, arriving, mass, scrap)
        if process.kind == "supply":
            return self.mix([], m), 0.0
        if process.kind == "use":
            return self.mix(
                [
                    (
                        pools[f["source"]].sum(),
                        self.mix([(1.0, pools[f["source"]] / max(pools[f["source"]].sum(), 1e-300))], m),
                    )
                ],
                m,
            ), 0.0
        if process.kind == "recycle" and f["port"] == "secondary":
            return np.array([0, 0, tag, 1 - tag, 0]), tag
        if process.kind == "store" and f["side"] == "pull" and self.model.items[f["item"]].kind != "material":
            return np.eye(5)[REUSED], 0.0
        parts = [(mass[i], vectors[i]) for i in arriving]
        if process.kind == "store":
            held = stores[(f["source"], f["item"])]
            parts.append((held.sum(), held / max(held.sum(), 1e-300)))
        return self.mix(parts, m), tag

    def tag(self, f: Any, arriving: list[int], mass: Any, scrap: Any) -> float:
        """Share of new scrap."""
        if f["port"] == "scrap":
            return 1.0
        total = sum(mass[i] for i in arriving)
        return sum(mass[i] * scrap[i] for i in arriving) / total if total > 0.0 else 0.0

    def shares(self) -> Any:
        """(time, flow, material, origin)."""
        out = np.zeros((*self.mass.shape, 5))
        for m in range(len(self.materials)):
            pools = {n: np.zeros(5) for n, p in self.model.processes.items() if p.kind == "use"}
            stores = {key: np.zeros(5) for key in self.holders}
            for step in range(len(self.mass)):
                out[step, :, m] = vectors = self.one_step(step, m, pools, stores)
                for index, f in enumerate(self.flows):
                    for name, sign in ((f["target"], 1.0), (f["source"], -1.0)):
                        if name in pools:
                            pools[name] = pools[name] + sign * self.mass[step, index, m] * vectors[index]
                for row, key in enumerate(self.holders):
                    arriving = [
                        (self.mass[step, i, m], vectors[i])
                        for i, f in enumerate(self.flows)
                        if (f["target"], f["item"]) == key
                    ]
                    old = stores[key]
                    mixed = self.mix([*arriving, (old.sum(), old / max(old.sum(), 1e-300))], m)
                    stores[key] = mixed * self.held[step, row, m]
        return out


def scrap_lamp() -> Model:
    """A lamp whose new scrap goes round within the year, partly through a store that overflows."""
    return model_of(
        lamp(
            exchanges={},
            time={"first": 2010, "last": 2020},
            processes__make__recipe={"steel": {"efficiency": "70 %"}, "glass": {"efficiency": "90 %"}},
            processes__store={"kind": "store", "limit": "150 kg", "loss": "5 %/year"},
            processes__recycle__yield={"steel": "90 %"},
            routes__a={"name": "scrap", "from": "make.scrap", "to": "recycle"},
            routes__b={"name": "over", "from": "store.overflow", "to": "dump"},
            routes__c={"name": "rust", "from": "store.loss", "to": "dump"},
        )
    )


def home_scrap_lamp() -> Model:
    """A lamp whose new scrap goes back into the same furnace as it is: a loop within the step."""
    return model_of(
        lamp(
            exchanges={},
            time={"first": 2010, "last": 2018},
            processes__make__recipe={"steel": {"efficiency": "60 %"}},
            routes__a={"name": "scrap", "from": "make.scrap", "to": "store"},
        )
    )


def test_new_scrap_that_is_not_recycled_keeps_its_origin() -> None:
    """Scrap that goes back into its own process is no recycled content (ISO 14021)."""
    model = home_scrap_lamp()
    model.processes["collect"].split["back"] = Quantity(0.0)
    result = run(model)
    assert result.units.to_numpy()[0, 2, flow(result, "secondary in", "steel")] > 100.0
    np.testing.assert_allclose(shares(result, "sale", "lamp", "steel"), [[1, 0, 0, 0, 0]] * 9)


@pytest.mark.parametrize(
    "model", [scrap_lamp(), home_scrap_lamp(), regenerating_motor()], ids=["scrap", "home scrap", "motor"]
)
def test_origins_are_those_of_a_slow_derivation(model: Model) -> None:
    result = run(model)
    slow = Slow(result)
    expected = slow.shares() * slow.mass[..., None]
    np.testing.assert_allclose(result.origins.to_numpy()[0], expected, atol=1e-9 * slow.mass.max())


def test_samples_have_the_origins_that_they_have_alone() -> None:
    data = lamp(
        processes__collect__split={
            "back": {"distribution": "uniform", "low": 0.2, "high": 0.9},
            "lost": "rest",
        }
    )
    model = model_of(data)
    together = run(model, samples=5, seed=3).origins.to_numpy()
    place = "processes.collect.split.back"
    for sample in range(5):
        steel = together[sample, -1].sum(axis=(0, 1))
        assert len({round(float(s), 9) for s in together[:, -1, :, :, POST].sum(axis=(1, 2))}) == 5
        back = float(together[sample, -1, 1].sum() / together[sample, -1, 0].sum())
        alone = run(model, values={place: np.array([back])}).origins.to_numpy()[0, -1].sum(axis=(0, 1))
        np.testing.assert_allclose(alone, steel, rtol=1e-9)


def test_order_of_origins_is_that_of_the_model() -> None:
    assert list(run_lamp().origins["origin"].to_numpy()) == list(ORIGINS)
