"""A small model whose indicators are known in closed form, for tests of many samples."""

from __future__ import annotations

from typing import Any

from meguru.model import Model
from meguru.model.read import from_data

SALES = 1000.0


def small(**sections: Any) -> dict[str, Any]:
    """1000 one-kilogram pieces a year, all of which leave after exactly five years.

    Of what leaves ``rate`` is recycled. Indicators: ``recycled`` = rate · 1 t, ``cost`` = rate · price ·
    1000, ``steady`` never reacts, ``undefined`` divides by nothing.
    """
    data: dict[str, Any] = {
        "meguru": 1,
        "name": "small",
        "time": {"first": 2020, "last": 2022, "history": 2000, "sales": "end"},
        "money": {"currency": "JPY"},
        "actors": {"maker": {}, "recycler": {}},
        "parameters": {
            "rate": {"distribution": "uniform", "low": 0.2, "high": 0.6},
            "price": {"distribution": "uniform", "low": 10.0, "high": 30.0, "unit": "JPY/piece"},
        },
        "items": {
            "steel": {"kind": "material"},
            "tool": {"kind": "product", "bom": {"steel": "1 kg"}},
        },
        "processes": {
            "mill": {"kind": "supply", "supplies": "steel", "actor": "maker"},
            "making": {"kind": "make", "item": "tool", "actor": "maker"},
            "use": {
                "kind": "use",
                "product": "tool",
                "demand": {"sales": f"{SALES} piece/year"},
                "leave": {"old": {"distribution": "fixed", "age": "5 year"}},
            },
            "collect": {"kind": "sort", "actor": "maker", "split": {"back": "= rate", "lost": "= 1 - rate"}},
            "recycling": {"kind": "sink", "actor": "recycler"},
            "away": {"kind": "sink"},
        },
        "routes": [
            {"from": "mill", "to": "making"},
            {"from": "making", "to": "use"},
            {"from": "use.retired", "to": "collect"},
            {"from": "collect.back", "to": "recycling", "price": "= price"},
            {"from": "collect.lost", "to": "away"},
        ],
        "indicators": {
            "recycled": {"formula": 'mass(target="recycling")', "unit": "t/year", "wanted": "more"},
            "cost": {
                "formula": 'cost(actor="recycler")', "unit": "JPY/year", "wanted": "less",
            },
            "steady": {"formula": 'mass(target="collect")', "unit": "t/year"},
            "undefined": {"formula": 'mass(target="away") / (mass(target="away") - mass(target="away"))'},
        },
        "scenarios": {
            "today": {"reference": True},
            "more": {
                "changes": {"processes.collect.split": {"back": "= rate + 0.05", "lost": "= 0.95 - rate"}}
            },
            "unsure": {
                "changes": {
                    "processes.use.demand.sales": {
                        "value": SALES, "unit": "piece/year",
                        "uncertain": {"distribution": "normal", "mean": 1, "sd": 0.1, "low": 0.5},
                    }
                }
            },
        },
    }  # fmt: skip
    return data | sections


def small_model(**sections: Any) -> Model:
    return from_data(small(**sections), file="small.yaml")
