"""The engine against the slow scalar reference, on small random models with every kind of process."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_engine import Reference

from meguru.engine.compiling.program import compile_model
from meguru.engine.simulate import simulate
from meguru.model.read import from_data

Data = dict[str, Any]
YEARS = 9

share = st.sampled_from([0.0, 0.2, 0.35, 0.5, 0.8, 1.0])
inner = st.sampled_from([0.2, 0.35, 0.5, 0.8])
count = st.sampled_from([1, 2, 3])


@st.composite
def lifetimes(draw: st.DrawFn, shortest: float = 2.0) -> Data:
    if draw(st.booleans()):
        return {"distribution": "fixed", "age": draw(st.sampled_from([2.0, 3.0, 3.25, 4.5, 5.0]))}
    return {
        "distribution": "weibull",
        "shape": draw(st.sampled_from([1.0, 1.7, 3.0])),
        "scale": draw(st.sampled_from([shortest, 3.5, 6.0])),
    }


@st.composite
def models(draw: st.DrawFn) -> Data:
    """Two products that share a part; collection in a loop, dismantling, reuse, resale, recycling, scrap."""
    kit, limited, shelf_for_new = draw(
        st.sampled_from([(True, False, False), (False, True, True), (False, False, True)])
    )
    items: Data = {
        "m1": {"kind": "material"},
        "m2": {"kind": "material"},
        "p": {"kind": "part", "bom": {"m1": draw(inner), "m2": 0.3}},
        "q": {"kind": "part", "bom": {"m2": 1.5}},
        "A": {"kind": "product", "bom": {"p": draw(count), "q": draw(count), "m1": 2.0}},
        "B": {"kind": "product", "bom": {"p": draw(count), "m2": 0.7}},
    }
    slot = {"lifetime": draw(lifetimes()), "repair": draw(share)}
    processes: Data = {
        "ore": {"kind": "supply", "supplies": ["m1", "m2"]},
        "world": {"kind": "supply", "supplies": ["q"]},
        "make_p": {"kind": "make", "item": "p", "recipe": {"m1": {"efficiency": draw(inner)}, "m2": {}}},
        "make_A": {"kind": "make", "item": "A", "build": "new"},
        "make_B": {"kind": "make", "item": "B"},
        "use_A": {
            "kind": "use",
            "product": "A",
            "demand": {"sales": draw(st.sampled_from([10.0, 100.0]))},
            "leave": {"first": draw(lifetimes()), "then": draw(lifetimes())},
            "parts": {"p": slot, "q": {}},
            "repair_by": draw(st.sampled_from(["piece", "visit"])),
            "builds": ["new", "kit", "resold"],
        },
        "use_B": {
            "kind": "use",
            "product": "B",
            "demand": {"sales": 70.0},
            "leave": {"old": draw(lifetimes())},
            "parts": {"p": {"lifetime": draw(lifetimes()), "repair": draw(share)}},
            "repair_by": draw(st.sampled_from(["piece", "visit"])),
        },
        "collect": {
            "kind": "sort",
            "rules": [
                {
                    "item": "A",
                    "condition": "intact",
                    "age_below": draw(st.sampled_from([2.0, 3.0, 8.0])),
                    "split": {"resell": (again := draw(share)), "open": 1.0 - again},
                },
                {"item": "B", "split": {"open": (taken := draw(share)), "waste": 1.0 - taken}},
            ],
            "split": {"open": 0.6, "look": 0.3, "waste": 0.1},
        },
        "look": {"kind": "sort", "split": {"back": 0.8, "waste": 0.2}},
        "open": {"kind": "dismantle", "recover": {"p": draw(share), "q": draw(share)}},
        "regen": {"kind": "recondition", "recovery": draw(share)},
        "shelf": {"kind": "store"},
        "resell": {"kind": "store"},
        "melt": {"kind": "recycle", "yield": {"m1": draw(share), "m2": 0.4}},
        "scrap": {"kind": "store"},
        "dump": {"kind": "sink"},
    }
    if draw(st.booleans()):
        processes["regen"]["age_reset"] = draw(share)
    if draw(st.booleans()):
        processes["open"]["capacity"] = draw(st.sampled_from([5.0, 60.0]))
    if draw(st.booleans()):
        processes["shelf"]["limit"] = draw(st.sampled_from([4.0, 90.0]))
    for store in ("shelf", "resell", "scrap"):
        if draw(st.booleans()):
            processes[store]["loss"] = draw(inner)
    if kit:
        processes["make_kit"] = {"kind": "make", "item": "A", "build": "kit"}
    if limited:
        processes["world"]["limit"] = draw(st.sampled_from([5.0, 60.0, 150.0]))
    routes: list[Data] = [
        {"from": "use_A.retired", "to": "collect"},
        {"from": "use_B.retired", "to": "collect"},
        {"from": "use_A.failed", "to": "regen"},
        {"from": "use_B.failed", "to": "melt"},
        {"from": "collect.resell", "to": "resell"},
        {"from": "collect.open", "to": "open"},
        {"from": "collect.look", "to": "look"},
        {"from": "collect.waste", "to": "melt"},
        {"from": "look.back", "to": "collect"},
        {"from": "look.waste", "to": "dump"},
        {"from": "open.overflow", "to": "melt"},
        {"from": "open.p", "to": "shelf"},
        {"from": "open.p.failed", "to": "regen"},
        {"from": "open.q", "to": "dump"},
        {"from": "open.rest", "to": "melt"},
        {"from": "regen.good", "to": "shelf"},
        {"from": "regen.rejected", "to": "melt"},
        {"from": "shelf.overflow", "to": "melt"},
        {"from": "shelf.loss", "to": "melt"},
        {"from": "resell.loss", "to": "melt"},
        {"from": "scrap.loss", "to": "dump"},
        {"from": "melt.secondary", "to": "scrap"},
        {"from": "melt.residue", "to": "dump"},
        {"from": "make_p.scrap", "to": "melt"},
        {"from": "shelf", "to": "use_A", "item": "p", "priority": 1, "max_share": draw(share)},
        {"from": "make_p", "to": "use_A", "item": "p", "priority": 2},
        {"from": "shelf", "to": "use_B", "item": "p", "priority": 1, "max_share": draw(share)},
        {"from": "make_p", "to": "use_B", "item": "p", "priority": 2},
        {"from": "resell", "to": "use_A", "item": "A", "priority": 1, "max_share": draw(share)},
        {"from": "make_A", "to": "use_A", "item": "A", "priority": 3},
        {"from": "make_B", "to": "use_B", "item": "B"},
        {"from": "make_p", "to": "make_A", "item": "p", "priority": 2},
        {"from": "world", "to": "make_A", "item": "q"},
        {"from": "ore", "to": "make_A", "item": "m1"},
        {"from": "make_p", "to": "make_B", "item": "p", "priority": 2},
        {"from": "ore", "to": "make_B", "item": "m2"},
        {"from": "scrap", "to": "make_p", "item": "m1", "priority": 1, "max_share": draw(share)},
        {"from": "ore", "to": "make_p", "item": "m1", "priority": 2},
        {"from": "scrap", "to": "make_p", "item": "m2", "priority": 1},
        {"from": "ore", "to": "make_p", "item": "m2", "priority": 2},
    ]
    if again == 0.0:
        # Resold products that leave in the step of the resale are pooled with others of their age.
        direct = draw(inner)
        routes += [
            {"from": "use_A.retired.then", "to": "melt", "share": direct},
            {"from": "use_A.retired.then", "to": "collect", "share": 1.0 - direct},
        ]
    if kit:
        routes += [
            {"from": "make_kit", "to": "use_A", "item": "A", "priority": 2, "max_share": draw(share)},
            {"from": "shelf", "to": "make_kit", "item": "p"},
            {"from": "world", "to": "make_kit", "item": "q"},
            {"from": "ore", "to": "make_kit", "item": "m1"},
        ]
    if shelf_for_new:
        routes += [
            {"from": "shelf", "to": "make_A", "item": "p", "priority": 1, "max_share": draw(share)},
            {"from": "shelf", "to": "make_B", "item": "p", "priority": 1, "max_share": draw(share)},
        ]
    given_ports = {f"{n}.{p}" for n in processes for p in ("overflow", "loss") if n in processes}
    routes = [
        r
        for r in routes
        if r["from"] not in given_ports
        or (r["from"].endswith("loss") and "loss" in processes[r["from"].partition(".")[0]])
        or (
            r["from"].endswith("overflow")
            and {"limit", "capacity"} & processes[r["from"].partition(".")[0]].keys()
        )
    ]
    return {
        "name": "random",
        "time": {
            "first": 2000,
            "last": 2000 + YEARS - 1,
            "sales": draw(st.sampled_from(["middle", "start", "end"])),
        },
        "items": items,
        "processes": processes,
        "routes": [{"name": f"route {n}", **r} for n, r in enumerate(routes)],
    }


def with_units(data: Data) -> Data:
    """The same as a model file has it."""
    data = copy.deepcopy(data)
    for item in data["items"].values():
        for child, amount in item.get("bom", {}).items():
            if data["items"][child]["kind"] == "material":
                item["bom"][child] = f"{amount} kg"
    for process in data["processes"].values():
        lives = [
            *process.get("leave", {}).values(),
            *(s["lifetime"] for s in process.get("parts", {}).values() if "lifetime" in s),
        ]
        for life in {id(one): one for one in lives}.values():
            for key in ("age", "scale"):
                if key in life:
                    life[key] = f"{life[key]} year"
        for rule in process.get("rules", []):
            if "age_below" in rule:
                rule["age_below"] = f"{rule['age_below']} year"
        if "demand" in process:
            process["demand"] = {"sales": f"{process['demand']['sales']} piece/year"}
        if "loss" in process:
            process["loss"] = f"{process['loss']} 1/year"
        if "capacity" in process:
            process["capacity"] = f"{process['capacity']} piece/year"
        if "limit" in process:
            process["limit"] = f"{process['limit']} piece" + ("/year" if process["kind"] == "supply" else "")
    return data


@settings(max_examples=25)
@given(models())
def test_every_flow_and_stock_is_that_of_the_reference(data: Data) -> None:
    wanted = Reference(data).run()
    program = compile_model(from_data(with_units(data)))
    record = simulate(program)
    for index, flow in enumerate(program.network.flows):
        one = wanted.flows.get((flow.name, flow.item), [0.0] * YEARS)
        np.testing.assert_allclose(
            record.flows[0, index],
            one,
            rtol=1e-9,
            atol=1e-9,
            err_msg=f"{flow.source}.{flow.port} -> {flow.target}: {flow.item}",
        )
    holders = [*((u, data["processes"][u]["product"]) for u in program.uses.names), *program.stores]
    for index, holder in enumerate(holders):
        one = wanted.stock.get(holder, [0.0] * YEARS)
        np.testing.assert_allclose(record.stock[0, index], one, rtol=1e-9, atol=1e-9, err_msg=str(holder))
