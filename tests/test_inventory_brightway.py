"""A Brightway database of 2,000 random activities becomes factors that equal bw2calc's own scores."""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from meguru import inventory
from meguru.errors import LibraryError
from meguru.inventory.importers import brightway

SIZE, EMISSIONS = 2000, 20
METHOD, OTHER = ("random", "climate"), ("random", "acid")


@pytest.fixture(scope="module")
def bw(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """bw2data on a folder of its own, with a random database of 2,000 activities and two methods."""
    patch = pytest.MonkeyPatch()
    patch.setenv("BRIGHTWAY2_DIR", str(tmp_path_factory.mktemp("brightway")))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # advice about solvers and whatever others deprecate
        data = importlib.import_module("bw2data")
        importlib.import_module("bw2calc")
        data.projects.set_current("random")
        write(data)
        yield data
    patch.undo()


def write(data: Any) -> None:
    rng = np.random.default_rng(20)
    data.config.p["no_progress"] = True
    emissions = {
        ("air", f"e{i}"): {"name": f"e{i}", "unit": "kilogram", "type": "emission", "categories": ("air",)}
        for i in range(EMISSIONS)
    }
    data.Database("air").write(emissions)
    activities = {}
    for i in range(SIZE):
        exchanges = [{"input": ("db", f"a{i}"), "amount": float(rng.uniform(0.5, 2)), "type": "production"}]
        for j in rng.choice(SIZE, 4, replace=False):
            if i != j:
                taken = {
                    "input": ("db", f"a{j}"),
                    "amount": float(rng.uniform(0, 0.1)),
                    "type": "technosphere",
                }
                exchanges.append(taken)
        for j in rng.choice(EMISSIONS, 3, replace=False):
            given = {"input": ("air", f"e{j}"), "amount": float(rng.uniform(0, 1)), "type": "biosphere"}
            exchanges.append(given)
        activities["db", f"a{i}"] = {
            "name": f"making {i}",
            "reference product": f"product {i}",
            "unit": "kilowatt hour" if i == 0 else "kilogram",
            "location": "GLO" if i % 2 else "JP",
            "exchanges": exchanges,
        }
    data.Database("db").write(activities)
    for method in (METHOD, OTHER):
        one = data.Method(method)
        one.register(unit="kg CO2-Eq" if method == METHOD else "kg SO2 eq")
        one.write([(("air", f"e{i}"), float(rng.uniform(0, 30))) for i in range(EMISSIONS)])


def test_factors_equal_the_scores_of_bw2calc(bw: Any, tmp_path: Path) -> None:
    import bw2calc

    library = inventory.import_brightway(
        "db", {"climate": METHOD, "acid": OTHER}, licence="none", cache=tmp_path
    )
    assert len(library.flows) == SIZE
    nodes = {f"db/{node['code']}": node for node in bw.Database("db")}
    demand, packages, _ = bw.prepare_lca_inputs({next(iter(nodes.values())): 1}, method=METHOD)
    lca = bw2calc.LCA(demand, data_objs=packages)
    lca.lci(factorize=True)
    lca.lcia()
    worst = 0.0
    for flow in [*library.flows.values()][::8]:  # every eighth: bw2calc solves anew for each demand
        lca.lci(demand={nodes[str(flow.id)].id: 1})
        lca.lcia()
        factor = next(one for one in flow.factors if one.impact == "climate")
        assert factor.amount.value is not None
        worst = max(worst, abs(factor.amount.value / lca.score - 1))
    assert worst < 1e-9
    # And all 2,000 at once: what they give, less what they take, is what the matrices of bw2calc say.
    totals = np.empty(SIZE)
    for flow in library.flows.values():
        totals[lca.dicts.product[nodes[str(flow.id)].id]] = flow.factors[0].amount.value
    own = np.asarray((lca.characterization_matrix @ lca.biosphere_matrix).sum(axis=0)).ravel()
    assert lca.technosphere_matrix.T @ totals == pytest.approx(own, rel=1e-9)


def test_units_regions_and_names_are_meguru_s(bw: Any, tmp_path: Path) -> None:
    library = inventory.import_brightway("db", {"climate": METHOD, "acid": OTHER}, cache=tmp_path)
    assert (library.impacts["climate"].unit, library.impacts["acid"].unit) == ("kg_CO2e", "kg_SO2e")
    name, flow = inventory.find_flow(library, "making 0")
    assert (name, flow.unit, flow.factors[0].region) == ("product_0", "kWh", "JP")
    assert inventory.find_flow(library, "product 1")[1].factors[0].region == "GLO"
    world = inventory.factor(library, "product 1", "climate", region="DE")
    assert world.region == "GLO"  # and says so
    inventory.write_library(inventory.subset(library, ["product 0"]), tmp_path / "part.yaml")
    assert list(inventory.read_library(tmp_path / "part.yaml").flows) == ["product_0"]


def test_solved_factors_are_kept_until_the_database_changes(
    bw: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    solved: list[Any] = []
    solve = brightway._solved

    def counted(*given: Any) -> Any:
        solved.append(given[1:])
        return solve(*given)

    monkeypatch.setattr(brightway, "_solved", counted)
    first = inventory.import_brightway("db", {"climate": METHOD}, cache=tmp_path)
    again = inventory.import_brightway("db", {"climate": METHOD}, cache=tmp_path)
    assert first == again
    assert solved == [("db", METHOD)]
    node = bw.get_node(database="db", code="a1")
    production = next(iter(node.production()))
    before = production["amount"]
    production["amount"] = before * 2
    production.save()
    changed = inventory.import_brightway("db", {"climate": METHOD}, cache=tmp_path)
    assert len(solved) == 2
    assert changed != first
    production["amount"] = before
    production.save()


@pytest.mark.parametrize(
    ("given", "about"),
    [
        ({"database": "dbb"}, "Did you mean 'db'"),
        ({"methods": {"climate": ("random", "climat")}}, "Did you mean 'random / climate'"),
        ({"project": "randon"}, "Did you mean 'random'"),
    ],
)
def test_names_that_brightway_does_not_know(
    bw: Any, tmp_path: Path, given: dict[str, Any], about: str
) -> None:
    wanted: dict[str, Any] = {"database": "db", "methods": {"climate": METHOD}, "cache": tmp_path} | given
    with pytest.raises(LibraryError) as caught:
        inventory.import_brightway(**wanted)
    assert about in str(caught.value)


def test_without_brightway_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bw2data", None)
    with pytest.raises(LibraryError, match=r"pip install 'meguru\[lca\]'"):
        inventory.import_brightway("db", {"climate": METHOD})
