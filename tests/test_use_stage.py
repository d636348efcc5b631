"""Section 4 of the design page: the engine against an item-level Monte Carlo and an exact closed form.

Pieces of known age come from donor products of fixed lifetimes: their pieces are taken out, lie in a store
(a shelf ages nothing) in constant proportion, and go into the product under test when its sales begin. The
oracle of :mod:`oracle_use_stage` and the closed form of :mod:`test_oracle_use_stage` know nothing of the
engine.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from oracle_use_stage import (
    NEW,
    AgeLaw,
    BuildClass,
    Case,
    Cause,
    Convention,
    Estimate,
    FixedAge,
    Lifetime,
    Normal,
    Slot,
    Weibull,
    run,
)
from scipy.stats import norm
from scipy.stats import t as student_t
from test_oracle_use_stage import estimates, exact, expected_series, survival

from meguru.engine.compiling.program import Program, compile_model
from meguru.engine.simulate import Record, simulate
from meguru.model.read import from_data

Float = NDArray[np.float64]
Data = dict[str, Any]

REPLICATES = 40
YEARS = 18
WARM = 9  # years before the sales of the product under test begin
FIRST = 2000 + WARM
LAST = FIRST + YEARS - 1
CONVENTIONS: tuple[Convention, ...] = ("middle", "start", "end")
SALES = [100.0 + 15.0 * ((7 * t) % 5) for t in range(YEARS)]
USED = AgeLaw((2, 4, 7), (0.5, 0.3, 0.2))
OWN = (Cause("obsolescence", Weibull(2.2, 11.0)), Cause("let_go", Normal(12.0, 3.0)))
CONTRACT = Cause("contract", FixedAge(9.25))


def slots(replacement: AgeLaw = NEW) -> tuple[Slot, ...]:
    return (
        Slot("pump", 2, Weibull(1.8, 7.0), 0.8, replacement),
        Slot("magnet", 4, Weibull(3.0, 14.0), 0.5, NEW),
        Slot("board", 1, Weibull(1.0, 9.0), 0.9, replacement),
    )


def variant(name: str, convention: Convention) -> Case:
    new, rebuilt = BuildClass("new", SALES), BuildClass("rebuilt", SALES[::-1], USED)
    mixed = BuildClass("new", SALES, AgeLaw.mixed(0.6, USED))
    reused = AgeLaw.mixed(0.3, USED)
    return {
        "all new": Case((new,), (*OWN, CONTRACT), slots(), convention),
        "mixed by piece": Case((mixed,), OWN, slots(), convention),
        "wholly reused": Case((new, rebuilt), (CONTRACT, *OWN), slots(), convention),
        "reused spares": Case((new, rebuilt), OWN, slots(reused), convention),
        "mixed, reused spares": Case((mixed,), (CONTRACT,), slots(reused), convention),
        "low repair": Case(
            (new,),
            OWN,
            (Slot("pump", 4, Weibull(2.0, 12.0), 0.6), Slot("board", 1, Weibull(1.5, 8.0), 0.5)),
            convention,
        ),
    }[name]


VARIANTS = (
    "all new",
    "mixed by piece",
    "wholly reused",
    "reused spares",
    "mixed, reused spares",
    "low repair",
)


# --------------------------------------------------------------------------- a case as a model


def lifetime(law: Lifetime) -> Data:
    if isinstance(law, Weibull):
        return {"distribution": "weibull", "shape": law.shape, "scale": f"{law.scale} year"}
    if isinstance(law, FixedAge):
        return {"distribution": "fixed", "age": f"{law.age} year"}
    assert isinstance(law, Normal)
    # The oracle's normal law is cut at age 0; the same curve as a table, exact at the ages that a run reads.
    curve = survival(law)
    return {
        "distribution": "survival",
        "survival": {a / 2: curve(a / 2) for a in range(2 * (YEARS + WARM) + 4)},
    }


def series(values: dict[int, float], unit: str) -> Data:
    return {"values": values, "unit": unit, "interpolate": "none"}


def yearly(values: list[float], unit: str) -> Data:
    """Zero before the sales of the product under test begin."""
    return series({2000 + y: 0.0 for y in range(WARM)} | {FIRST + y: v for y, v in enumerate(values)}, unit)


def leaves_at(age: int, convention: Convention) -> tuple[float, int]:
    """Fixed lifetime after which pieces of the oracle's age come out, and steps from the sale to then."""
    return (float(age), age) if convention == "middle" else (age + 1.0, age + (convention == "end"))


def donors(case: Case) -> Iterator[tuple[int, float, float, int]]:
    for age, share in zip(USED.ages, USED.probabilities, strict=True):
        yield age, share, *leaves_at(age, case.convention)


def reused_share(law: AgeLaw) -> float:
    """Share of pieces from the shelf: all laws here are new, USED or a mix of both."""
    return (
        0.0
        if law == NEW
        else 1.0 - sum(p for a, p in zip(law.ages, law.probabilities, strict=True) if a == 0)
    )


def model_data(case: Case) -> Data:
    """The model of a case; donors are sold so that the shelf fills in one proportion from the start."""
    parts = [s.name for s in case.slots]
    items: Data = {"iron": {"kind": "material"}}
    items |= {p: {"kind": "part", "bom": {"iron": "1 kg"}} for p in parts}
    items["target"] = {"kind": "product", "bom": {s.name: s.count for s in case.slots}}
    processes: Data = {
        "world": {"kind": "supply", "supplies": [*parts, *(f"donor{a}" for a in USED.ages)]},
        "use": {
            "kind": "use",
            "product": "target",
            "demand": {
                "sales": yearly([sum(b.sales[y] for b in case.classes) for y in range(YEARS)], "piece/year")
            },
            "leave": {c.name: lifetime(c.lifetime) for c in case.causes},
            "parts": {
                s.name: {"lifetime": lifetime(s.failure), "repair": s.repair_share} for s in case.slots
            },
            "builds": [b.name for b in case.classes],
            "repair_by": "visit" if case.by_visit else "piece",
        },
        "open": {"kind": "dismantle", "recover": dict.fromkeys(parts, 1)},
        "open_own": {"kind": "dismantle", "recover": dict.fromkeys(parts, 1)},
        "open_failed": {"kind": "dismantle", "recover": dict.fromkeys(parts, 1)},
        "shelf": {"kind": "store"},
        "dump": {"kind": "sink"},
    }
    routes: list[Data] = [
        {"from": "use.retired", "to": "open_own"},
        {"from": "use.retired.part_failure", "to": "open_failed"},
        {"from": "use.failed", "to": "dump"},
        *({"from": f"open.{p}", "to": "shelf"} for p in parts),
        *({"from": f"{name}.{p}", "to": "dump"} for name in ("open_own", "open_failed") for p in parts),
        *({"from": f"open_failed.{p}.failed", "to": "dump"} for p in parts),
    ]
    for age, share, life, steps in donors(case):
        items[f"donor{age}"] = {"kind": "product", "bom": dict.fromkeys(parts, 1)}
        started = {2000 + y: (1e5 * share if y >= WARM - 1 - steps else 0.0) for y in range(YEARS + WARM)}
        processes[f"use{age}"] = {
            "kind": "use",
            "product": f"donor{age}",
            "demand": {"sales": series(started, "piece/year")},
            "leave": {"old": {"distribution": "fixed", "age": f"{life} year"}},
            "parts": {p: {} for p in parts},
        }
        routes += [
            {"from": "world", "to": f"use{age}", "item": f"donor{age}"},
            {"from": f"use{age}.retired", "to": "open"},
        ]
    make(case, processes, routes)
    routes = [{"name": f"route {n}", **route} for n, route in enumerate(routes)]
    return {
        "name": "use stage",
        "time": {"first": 2000, "last": LAST, "sales": case.convention},
        "items": items,
        "processes": processes,
        "routes": routes,
    }


def make(case: Case, processes: Data, routes: list[Data]) -> None:
    """One make process for each build class; its parts, and spares, new or from the shelf."""
    total = [sum(b.sales[y] for b in case.classes) for y in range(YEARS)]
    for build in case.classes:
        name = f"make_{build.name}"
        processes[name] = {"kind": "make", "item": "target", "build": build.name}
        route: Data = {"from": name, "to": "use", "item": "target"}
        if len(case.classes) > 1:
            share = [s / t for s, t in zip(build.sales, total, strict=True)]
            route["exact_share"] = yearly(share, "1")
            route["exact_share"]["values"] |= {2000 + y: 1.0 / len(case.classes) for y in range(WARM)}
        routes.append(route)
        for slot in case.slots:
            draw(slot.name, name, build.initial_of(slot.name), routes)
    for slot in case.slots:
        draw(slot.name, "use", slot.replacement, routes)


def draw(part: str, target: str, law: AgeLaw, routes: list[Data]) -> None:
    share = reused_share(law)
    if share == 1.0:
        routes.append({"from": "shelf", "to": target, "item": part})
        return
    routes.append({"from": "world", "to": target, "item": part, "priority": 2})
    if share > 0.0:
        routes.append({"from": "shelf", "to": target, "item": part, "priority": 1, "max_share": share})


# --------------------------------------------------------------------------- the engine's answer


@dataclass(frozen=True)
class Seen:
    """Series of the years in which the product under test is sold, under the names of the closed form."""

    series: dict[str, Float]
    inside: dict[str, Float]  # pieces taken out of products that left, by slot, reason and state


def event(
    program: Program, record: Record, process: str, kind: str, *, item: str = "", cause: str = ""
) -> Float:
    rows = [
        i
        for i, e in enumerate(program.uses.events)
        if (e.process, e.kind, e.cause) == (process, kind, cause) and item in ("", e.item)
    ]
    assert len(rows) == 1, (process, kind, item, cause)
    return np.asarray(record.events[0, rows[0]], dtype=np.float64)


def flow(program: Program, record: Record, source: str, port: str, item: str = "") -> Float:
    rows = [
        i
        for i, f in enumerate(program.network.flows)
        if (f.source, f.port) == (source, port) and item in ("", f.item)
    ]
    return np.asarray(record.flows[0, rows].sum(axis=0))


def ratio(total: Float, count: Float) -> Float:
    return np.asarray(
        np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0), dtype=np.float64
    )


def see(case: Case, **changes: Any) -> Seen:
    data = model_data(case)
    data["time"] |= changes
    program = compile_model(from_data(data))
    record = simulate(program)
    now = slice(WARM, None)
    stock = record.stock[0, program.uses.names.index("use")]
    # Index of the coming step; at the end of a step the engine counts the step of the sale as index 0.
    coming, met = (0, -1) if case.convention == "end" else (1, 0)
    found: dict[str, Float] = {"stock": stock[now]}
    for cause in case.cause_names:
        found[f"exits/{cause}"] = event(program, record, "use", "retired", item="target", cause=cause)[now]
    inside: dict[str, Float] = {}
    for slot in case.slots:
        name = slot.name
        row = program.parts.index(("use", name))
        failed = event(program, record, "use", "failed", item=name)
        found[f"loose_failed/{name}"] = failed[now]
        found[f"spares/{name}"] = event(program, record, "use", "spares", item=name)[now]
        found[f"stock_piece_age/{name}"] = ratio(record.part_age[0, row, 0], slot.count * stock)[now] + coming
        found[f"loose_failed_age/{name}"] = ratio(record.part_age[0, row, 1], failed)[now] + met
        inside[f"{name}/own/intact"] = flow(program, record, "open_own", name)[now]
        inside[f"{name}/part_failure/intact"] = flow(program, record, "open_failed", name)[now]
        inside[f"{name}/part_failure/failed"] = flow(program, record, "open_failed", f"{name}.failed")[now]
    return Seen(found, inside)


def standard_errors(estimate: Estimate, wanted: Float) -> Float:
    """Deviations in errors found from few replicates (Student's t), as if in errors known for sure."""
    z = estimate.z(wanted)[estimate.se > 1e-9]  # no error can be told where nothing has happened yet
    known = np.abs(z[np.isfinite(z)])
    return np.asarray(norm.isf(student_t.sf(known, REPLICATES - 1)), dtype=np.float64)


def one_step_late(case: Case, key: str) -> Float:
    """A series of the closed form where exits of the step of the sale come out one step later."""
    found = np.zeros(YEARS)
    for build in case.classes:
        one = exact(case, replace(build, sales=[1.0] + [0.0] * (YEARS - 1)))[key]
        late = np.concatenate([[0.0, one[0] + one[1]], one[2:]])
        found += np.convolve(build.sales, late)[:YEARS]
    return found


# --------------------------------------------------------------------------- tests


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("name", VARIANTS)
def test_every_series_is_the_closed_form(name: str, convention: Convention) -> None:
    case = variant(name, convention)
    seen = see(case)
    wanted = expected_series(case, case.classes)
    for key, values in seen.series.items():
        scale = np.nanmax(np.abs(wanted[key]))
        np.testing.assert_allclose(values, wanted[key], atol=1e-9 * max(scale, 1.0), rtol=1e-9, err_msg=key)
    for key, values in seen.inside.items():
        late = one_step_late(case, f"pieces_in_exits/{key}")
        np.testing.assert_allclose(values, late, atol=1e-9 * late.max(), rtol=1e-9, err_msg=key)


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("name", VARIANTS)
def test_every_series_is_within_four_standard_errors_of_single_items(
    name: str, convention: Convention
) -> None:
    case = variant(name, convention)
    seen = see(case)
    found = run(case, n_products=2_000, replicates=REPLICATES, seed=20).total
    groups = {
        "stock": {"": found.stock},
        "exits": found.exits,
        "loose_failed": found.loose_failed,
        "spares": found.spares,
        "stock_piece_age": found.stock_piece_age,
        "loose_failed_age": found.loose_failed_age,
    }
    away = []
    for kind, members in groups.items():
        for key, estimate in members.items():
            away.append(standard_errors(estimate, seen.series[f"{kind}/{key}".strip("/")]))
            assert np.all(away[-1] < 4.0), (kind, key, away[-1])
    assert 0.7 < math.sqrt(float(np.mean(np.concatenate(away) ** 2))) < 1.3


def visited(convention: Convention, shape: float) -> Case:
    """All failed pieces of a product are repaired in one visit, or none."""
    pumps, boards = (
        Slot("pump", 3, Weibull(shape, 7.0), 0.7),
        Slot("board", 1, Weibull(shape, 9.0), 0.7),
    )
    return Case((BuildClass("new", SALES),), OWN, (pumps, boards), convention, by_visit=True)


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_repair_by_visit_is_exact_where_failures_have_no_memory(convention: Convention) -> None:
    """What ties the pieces of a product together is their ages only; an exponential failure does not ask."""
    case = visited(convention, 1.0)
    seen, found = see(case), estimates(case, run(case, 80_000 // REPLICATES, REPLICATES, seed=21))
    worst = [
        np.max(standard_errors(found[key], values), initial=0.0)
        for key, values in seen.series.items()
        if key in found
    ]
    assert len(worst) == len(seen.series) and max(worst) < 4.0, dict(zip(seen.series, worst, strict=True))


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_repair_by_visit_is_an_approximation_within_ten_percent(convention: Convention) -> None:
    """With failures that come with age the pieces renewed in one visit stay of one age, which is not kept."""
    case = visited(convention, 2.5)
    seen, found = see(case), estimates(case, run(case, 80_000 // REPLICATES, REPLICATES, seed=22))
    apart = see(replace(case, by_visit=False)).series
    for key in ("stock", "spares/pump", "exits/part_failure"):
        np.testing.assert_allclose(seen.series[key].sum(), found[key].mean.sum(), rtol=0.1, err_msg=key)
        assert abs(apart[key].sum() / found[key].mean.sum() - 1.0) > 0.02, key  # the two are told apart


def test_an_always_repaired_part_fails_by_the_renewal_function() -> None:
    """M(t) = F(t) + ∫ M(t − x) dF(x), on a fine grid; sales spread over the first year, monthly steps."""
    years, fine = 14, 400
    pump = Slot("pump", 2, Weibull(2.5, 4.0), 1.0)
    data = model_data(Case((BuildClass("new", SALES),), (), (pump,), "middle"))
    data["time"] |= {"first": FIRST, "last": FIRST + years - 1, "step": "month"}
    data["processes"]["use"]["demand"] = {
        "sales": {"values": {FIRST: 100, FIRST + 1: 0}, "unit": "piece/year"}
    }
    data["processes"]["use"]["demand"]["sales"] |= {"interpolate": "step", "beyond": "hold"}
    for age in USED.ages:
        data["processes"].pop(f"use{age}")
        data["items"].pop(f"donor{age}")
    data["processes"]["world"]["supplies"] = ["pump"]
    gone = [f"use{age}" for age in USED.ages]
    data["routes"] = [
        r for r in data["routes"] if r["to"] not in gone and r["from"].partition(".")[0] not in gone
    ]
    data["routes"] = [r for r in data["routes"] if not r["from"].startswith("open.")]
    data["processes"]["use"]["leave"] = {"never": {"distribution": "fixed", "age": "99 year"}}
    program = compile_model(from_data(data))
    failed = event(program, simulate(program), "use", "failed", item="pump").reshape(years, 12).sum(axis=1)
    failing = 1.0 - np.exp(-((np.arange(years * fine + 1) / fine / 4.0) ** 2.5))
    density = np.diff(failing)
    renewals = np.zeros(years * fine + 1)
    for k in range(1, len(renewals)):
        renewals[k] = failing[k] + 0.5 * np.dot(renewals[k - 1 :: -1] + renewals[k:0:-1], density[:k])
    spread = np.convolve(renewals, np.full(fine, 1.0 / fine))[: len(renewals)]
    wanted = 200.0 * np.diff(spread[::fine])
    np.testing.assert_allclose(failed[1:], wanted[1:], rtol=0.01)
    mean_life = 4.0 * math.gamma(1.0 + 1.0 / 2.5)
    assert failed[-1] == pytest.approx(200.0 / mean_life, rel=0.02)
