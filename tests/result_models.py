"""Small models for the tests of accounts, origins, balances and results: plain data that a test changes."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from meguru.engine.results.result import Result
from meguru.engine.run import run
from meguru.model.components import Model
from meguru.model.read import from_data

LAMP: dict[str, Any] = {
    "meguru": 1,
    "name": "lamp",
    "time": {"first": 2020, "last": 2023, "history": 2010},
    "money": {"currency": "JPY"},
    "actors": {"maker": {}, "user": {}, "yard": {}, "carrier": {}},
    "impacts": {"climate": {"unit": "kg_CO2e"}},
    "exchanges": {
        "power": {
            "unit": "kWh",
            "price": {"values": {"2020": 10, "2023": 16}, "unit": "JPY/kWh"},
            "factors": {"climate": {"values": {"2020": 0.5, "2023": 0.2}, "unit": "kg_CO2e/kWh"}},
        },
        "solvent": {"unit": "litre", "category": "material"},
    },
    "items": {
        "steel": {"kind": "material"},
        "glass": {"kind": "material"},
        "lamp": {"kind": "product", "bom": {"steel": "2 kg", "glass": "500 g"}},
    },
    "processes": {
        "ore": {"kind": "supply"},
        "make": {"kind": "make", "item": "lamp", "actor": "maker"},
        "use": {
            "kind": "use",
            "product": "lamp",
            "actor": "user",
            "demand": {"sales": "100 piece/year"},
            "leave": {"old": {"distribution": "fixed", "age": "4 year"}},
        },
        "collect": {"kind": "sort", "actor": "yard", "split": {"back": "70 %", "lost": "rest"}},
        "recycle": {"kind": "recycle", "actor": "yard", "yield": {"steel": "90 %", "glass": "50 %"}},
        "store": {"kind": "store"},
        "dump": {"kind": "sink"},
    },
    "routes": [
        {"name": "secondary in", "from": "store", "to": "make", "priority": 1},
        {"name": "new in", "from": "ore", "to": "make", "item": ["steel", "glass"], "priority": 2},
        {"name": "sale", "from": "make", "to": "use"},
        {"name": "return", "from": "use.retired", "to": "collect"},
        {"name": "taken back", "from": "collect.back", "to": "recycle"},
        {"name": "lost", "from": "collect.lost", "to": "dump"},
        {"name": "recovered", "from": "recycle.secondary", "to": "store"},
        {"name": "residue", "from": "recycle.residue", "to": "dump"},
    ],
}  # 100 lamps of 2.5 kg a year; 70 come back with 140 kg steel and 35 kg glass: 126 and 17.5 kg are recovered


def lamp(**changes: Any) -> dict[str, Any]:
    """The lamp's data; a change is named by its place with double underscores for dots."""
    data = copy.deepcopy(LAMP)
    for place, value in changes.items():
        *path, last = place.split("__")
        found: Any = data
        for key in path:
            if isinstance(found, list):
                found = next(entry for entry in found if entry["name"] == key.replace("_", " "))
            else:
                found = found.setdefault(key, {})
        if isinstance(found, list):
            found.append(value)
        else:
            found[last] = value
    return data


def model_of(data: dict[str, Any]) -> Model:
    """A model from data as a file would hold."""
    return from_data(data)


def run_lamp(scenario: str | None = None, **changes: Any) -> Result:
    """Run the lamp with changes."""
    return run(model_of(lamp(**changes)), scenario)


def flow(result: Result, route: str, item: str) -> int:
    """Position of a flow."""
    found = [
        index
        for index, (name, thing) in enumerate(
            zip(result.units["route"].to_numpy(), result.units["item"].to_numpy(), strict=True)
        )
        if (name, thing) == (route, item)
    ]
    assert len(found) == 1, (route, item)
    return found[0]


def rich_lamp(**changes: Any) -> dict[str, Any]:
    """A lamp with something in every array."""
    return lamp(
        routes__sale__price="900 JPY/piece",
        processes__make__unit=[{"cost": "50 JPY", "exchanges": {"power": "1 kWh"}, "time": "1 hour"}],
        processes__use__parts={
            "bulb": {"lifetime": {"distribution": "weibull", "shape": 2, "scale": "6 year"}, "repair": "50 %"}
        },
        items__bulb={"kind": "part", "bom": {"glass": "100 g"}},
        items__lamp__bom={"steel": "2 kg", "glass": "400 g", "bulb": 1},
        processes__bulbs={"kind": "supply"},
        routes__a={"name": "new bulbs", "from": "bulbs", "to": "make", "item": "bulb"},
        routes__b={"name": "spares", "from": "bulbs", "to": "use", "item": "bulb"},
        routes__c={"name": "failed", "from": "use.failed", "to": "dump"},
        **changes,
    )


def paid(result: Result, **labels: str) -> Any:
    """(time,) all payments with these labels together."""
    money = result.money
    wanted = np.ones(money.sizes["payment"], dtype=bool)
    for name, value in labels.items():
        wanted &= money[name].to_numpy() == value
    assert wanted.any(), labels
    return money.to_numpy()[0][:, wanted].sum(axis=1)


def impact(result: Result, **labels: str) -> Any:
    """(time,) climate impact of all entries with these labels together."""
    impacts = result.impacts
    wanted = np.ones(impacts.sizes["entry"], dtype=bool)
    for name, value in labels.items():
        wanted &= impacts[name].to_numpy() == value
    assert wanted.any(), labels
    return impacts.sel(category="climate").to_numpy()[0][:, wanted].sum(axis=1)
