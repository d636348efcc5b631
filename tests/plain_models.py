"""Plain data run by the engine, and asked by names: what the tests of the engine share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.engine.compiling.program import Program, compile_model
from meguru.engine.simulate import Record, simulate
from meguru.model.read import from_data

Data = dict[str, Any]
Float = NDArray[np.float64]
FIRST = 2000


class Run:
    """One run of plain data, asked by names."""

    def __init__(self, data: Data, **compiled: Any) -> None:
        routes = [{"name": f"route {n}", **route} for n, route in enumerate(data["routes"])]
        self.program: Program = compile_model(
            from_data({"name": "theory", **data, "routes": routes}), **compiled
        )
        self.record: Record = simulate(self.program)

    def flow(self, source: str, target: str = "", item: str = "", sample: int = 0) -> Float:
        """Units per step from a process (``process.port`` for one port) to another."""
        process, _, port = source.partition(".")
        rows = [
            n
            for n, f in enumerate(self.program.network.flows)
            if f.source == process
            and port in ("", f.port)
            and target in ("", f.target)
            and item in ("", f.item)
        ]
        return np.asarray(self.record.flows[sample, rows].sum(axis=0))

    def stock(self, process: str, item: str = "", sample: int = 0) -> Float:
        uses = self.program.uses.names
        stores = [n for n, (p, i) in enumerate(self.program.stores) if p == process and item in ("", i)]
        row = uses.index(process) if process in uses else len(uses) + stores[0]
        return np.asarray(self.record.stock[sample, row])

    def event(self, kind: str, process: str = "use", cause: str = "", item: str = "") -> Float:
        rows = [
            n
            for n, e in enumerate(self.program.uses.events)
            if (e.process, e.kind) == (process, kind) and cause in ("", e.cause) and item in ("", e.item)
        ]
        return np.asarray(self.record.events[0, rows].sum(axis=0))


def by_year(values: Any, unit: str) -> Data:
    return {
        "values": {FIRST + n: float(v) for n, v in enumerate(values)},
        "unit": unit,
        "interpolate": "none",
    }


def weibull(shape: float, scale: float) -> Data:
    return {"distribution": "weibull", "shape": float(shape), "scale": f"{scale} year"}


def fixed(age: float) -> Data:
    return {"distribution": "fixed", "age": f"{age} year"}


def simple(years: int, demand: Data, leave: Data, **time: Any) -> Data:
    """A product of one kilogram of iron, sold, used, thrown away."""
    return {
        "time": {"first": FIRST, "last": FIRST + years - 1, **time},
        "items": {"iron": {"kind": "material"}, "A": {"kind": "product", "bom": {"iron": "1 kg"}}},
        "processes": {
            "make": {"kind": "make", "item": "A"},
            "ore": {"kind": "supply", "supplies": ["iron"]},
            "use": {"kind": "use", "product": "A", "demand": demand, "leave": leave},
            "dump": {"kind": "sink"},
        },
        "routes": [
            {"from": "ore", "to": "make"},
            {"from": "make", "to": "use"},
            {"from": "use.retired", "to": "dump"},
        ],
    }


def rivals(limit: float, one: float, two: float, **route: Any) -> Data:
    """Two users of one product that a limited supply gives."""
    use = {"kind": "use", "product": "A", "leave": {"old": fixed(30)}}
    return {
        "time": {"first": FIRST, "last": FIRST + 2},
        "items": {"iron": {"kind": "material"}, "A": {"kind": "product", "bom": {"iron": "1 kg"}}},
        "processes": {
            "world": {"kind": "supply", "supplies": ["A"], "limit": f"{limit} piece/year"},
            "one": {**use, "demand": {"sales": f"{one} piece/year"}},
            "two": {**use, "demand": {"sales": f"{two} piece/year"}},
            "dump": {"kind": "sink"},
        },
        "routes": [
            {"from": "world", "to": "one", **route},
            {"from": "world", "to": "two"},
            {"from": "one.retired", "to": "dump"},
            {"from": "two.retired", "to": "dump"},
        ],
    }


def returns(years: int, **processes: Data) -> Data:
    """Products that come back after two years and go on by way of a store to be sold again."""
    data = simple(years, {"sales": "100 piece/year"}, {"let_go": fixed(2)}, sales="start")
    data["processes"] |= {"shop": {"kind": "store"}, **processes}
    data["routes"] = [
        {"from": "ore", "to": "make"},
        {"from": "make", "to": "use", "priority": 2},
        {"from": "shop", "to": "use", "item": "A", "priority": 1, "max_share": 0.3},
        {"from": "use.retired", "to": "shop"},
    ]
    return data
