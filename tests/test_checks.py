"""Checks by themselves: what they let pass, what they read from declarations, faults that a run shows."""

from __future__ import annotations

import pytest
from whole_model import WHOLE, whole

from meguru import errors
from meguru.engine.check import check, faults
from meguru.engine.compiling.program import compile_model
from meguru.engine.run import run
from meguru.model import apply
from meguru.model.checks import check_model, faults_here, find_faults
from meguru.model.checks.kinds import kinds_of_keys
from meguru.model.checks.measured import measured
from meguru.model.components import (
    PROCESS_KINDS,
    Demand,
    Exchange,
    Item,
    Lifetime,
    Measure,
    Model,
    Process,
    Route,
    Scenario,
    Time,
)
from meguru.model.walk import quantities
from meguru.quantity import Quantity


def built() -> Model:
    """A small model built in Python, without file or lines."""
    return Model(
        name="small",
        time=Time(first=2020, last=2025),
        items={"iron": Item(kind="material"), "nail": Item(kind="product", bom={"iron": Quantity(5, "g")})},
        processes={
            "ore": Process(kind="supply", supplies=["iron"]),
            "make": Process(kind="make", item="nail"),
            "use": Process(
                kind="use",
                product="nail",
                demand=Demand(sales=Quantity(10, "piece/year")),
                leave={"rust": Lifetime(distribution="fixed", age=Quantity(4, "year"))},
            ),
            "dump": Process(kind="sink"),
        },
        routes=[
            Route(source="ore", target="make"),
            Route(source="make", target="use"),
            Route(source="use.retired", target="dump"),
        ],
    )


def test_keys_belong_to_the_kinds_that_the_declarations_name() -> None:
    kinds = kinds_of_keys()
    assert kinds["yield"] == ("recycle",)
    assert kinds["limit"] == ("supply", "store")
    assert kinds["capacity"] == ("sort", "dismantle", "recondition", "recycle", "make")
    everywhere = {key for key, having in kinds.items() if having == PROCESS_KINDS}
    assert everywhere == {"label", "note", "kind", "actor", "stage", "group", "circulation", "unit"}


def test_every_quantity_but_the_parameters_is_measured() -> None:
    model = whole()
    expected = {place for place, *_ in quantities(model) if not place.startswith("parameters.")}
    found = [one.place for one in measured(model)]
    assert set(found) == expected and len(found) == len(expected)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("price: 100 JPY/kg", "price: 0.1 MJPY/t"),
        ("price: 100 JPY/kg", "price: -100 JPY/kg"),
        ("price: 9000 JPY/piece", "price: 1800 JPY/kg"),
        ("price: 9000 JPY/piece", "price: {formula: some_price * 2, unit: JPY/piece}"),
        ("price: 9000 JPY/piece", "price: = some_price * 2"),
        ("mass: 5 kg", "mass: 5000 g/piece"),
        ("core: 2, coil", "core: 2 piece, coil"),
        ("iron: 0.5 kg}", "iron: 500 g/piece}"),
        ("iron: {efficiency: 90 %}", "iron: {amount: 2 kg, efficiency: 90 %}"),
        ("iron: {efficiency: 90 %}", "iron: {amount: 2000 g/piece, efficiency: 90 %}"),
        ("discount_rate: 3 %", "discount_rate: 3 %/year"),
        ("loss: 5 %/year", "loss: 0.4 %/month"),
        ("cost: 30 JPY/tkm", "cost: 30 JPY/(t*km)"),
        ("fixed_cost: 1 MJPY/year", "fixed_cost: -0.1 MJPY/month"),
        ("exchanges: {electricity: 2 kWh}, cost: 10 JPY", "credit: true, exchanges: {electricity: -7 MJ}"),
        ("reference: 1 kg", "reference: 0.01 t"),
        ("unit: [melting, ", "unit: [{reference: 10 piece, cost: 5 JPY}, "),
        ("history: 2010}", "history: 2010, step: month}"),
        ("targets: {dumped: 2 t/year}", "targets: {dumped: 2000 kg/year}"),
        ("survival: {0: 1, 20: 0.9, 40: 0}", "survival: {0: 1, 21: 0.9}"),
    ],
)
def test_what_is_right_passes(old: str, new: str) -> None:
    price = ("  rate: 40 %\n", "  rate: 40 %\n  some_price: 4500 JPY/piece\n")
    assert faults(whole((old, new), price)) == []


def test_a_model_built_in_python_passes_and_its_faults_have_a_place() -> None:
    check(built())
    model = built()
    model.items["nail"].bom["iron"] = Quantity(5, "m")
    with pytest.raises(errors.DimensionError) as caught:
        check(model)
    assert str(caught.value).startswith("items.nail.bom.iron: wrong dimension; found '5 m', expected ")


def test_what_the_reader_sees_to_is_checked_in_models_built_in_python() -> None:
    model = built()
    model.time.step = "week"
    model.exchanges = {"heat": Exchange()}
    model.items["iron"].kind = "matter"
    found = {error.place: type(error) for error in find_faults(model)}
    assert found == {
        "time.step": errors.UnknownNameError,
        "exchanges.heat.unit": errors.MissingValueError,
        "items.iron.kind": errors.UnknownNameError,
    }


def test_routes_of_one_name_built_in_python() -> None:
    model = built()
    model.routes.append(Route(source="use.retired", target="dump"))
    with pytest.raises(errors.NetworkError, match="two routes of the same name"):
        check(model)


def test_a_process_may_wait_for_a_scenario() -> None:
    model = built()
    model.processes["burn"] = Process(kind="sink")
    with pytest.raises(errors.NetworkError, match=r"processes\.burn: nothing reaches this process"):
        check(model)
    path = "routes.use.retired -> dump"
    model.measures = {"fire": Measure(changes={f"{path}.to": "burn"})}
    model.scenarios = {"now": Scenario(reference=True), "then": Scenario(measures=["fire"])}
    check(model)


def test_a_fault_of_a_scenario_names_it_once() -> None:
    change = ("changes: {parameters.rate: 60 %}", "changes: {processes.dump.unit.fixed_cost: 5 EUR/year}")
    more = ("then: {measures", "later: {inherits: then}\n  then: {measures")
    model = whole(change, more)
    (error,) = find_faults(model)
    assert error.place == "processes.dump.unit.0.fixed_cost.since.2025"
    assert str(error).endswith("Scenario 'later'.")
    assert list(faults_here(model)) == []
    assert [one.place for one in faults_here(apply(model, "then"))] == [error.place]


def test_the_first_fault_is_the_one_raised() -> None:
    model = whole(("actor: yard, recover: {", "actor: yarn, recover: {"), ("mass: 5 kg", "mass: 6 kg"))
    with pytest.raises(errors.UnknownNameError) as caught:
        check_model(model)
    assert str(caught.value) == str(find_faults(model)[0])


def test_what_shows_only_when_compiled_is_told_for_each_scenario() -> None:
    change = ("changes: {parameters.rate: 60 %}", "changes: {parameters.rate: 160 %}")
    found = faults(whole(change))
    assert [(type(error), error.place) for error in found] == [
        (errors.RangeError, "processes.collect.split.take")
    ]
    assert found[0].file == "whole.yaml"


LOOP = (
    "{from: collect.leave, to: dump}",
    "{from: collect.leave, to: again}\n  - {from: again.back, to: collect}",
)


def run_error(*edits: tuple[str, str]) -> errors.MeguruError:
    """The error of a run of a model that passes all checks."""
    model = whole(*edits)
    check(model)
    with pytest.raises(errors.MeguruError) as caught:
        run(model)
    return caught.value


def test_a_falling_stock_is_refused_in_the_run() -> None:
    wanted = "{values: {2010: 5000, 2020: 5000, 2021: 10, 2030: 10}, unit: piece}"
    sales = "sales: {values: {2010: 1000, 2030: 2000}, unit: piece/year}"
    error = run_error((sales, f"stock: {wanted}"))
    assert type(error) is errors.StockError
    assert (error.file, error.place) == ("whole.yaml", "processes.use.demand")
    assert error.line is not None and "demand:" in WHOLE.splitlines()[error.line - 1]
    assert "the stock wanted in 2021 would need negative sales; found" in str(error)
    assert "expected a slower fall" in str(error)


def test_a_cycle_without_loss_is_refused_in_the_run() -> None:
    error = run_error(
        ("rate: 40 %\n", "rate: 0 %\n"),
        ("{segment: work, split: {take: 1}}", "{segment: work, split: {leave: 1}}"),
        LOOP,
        ("  dump: {kind", "  again: {kind: sort, split: {back: 1}}\n  dump: {kind"),
    )
    assert type(error) is errors.NetworkError
    assert (error.file, error.place) == ("whole.yaml", "processes.collect")
    assert error.line is not None and "collect:" in WHOLE.splitlines()[error.line - 1]
    assert "(collect, again) loses nothing in 2011; found 'a cycle without loss'" in str(error)
    assert "expected some share that leaves" in str(error)


def test_a_model_with_every_kind_of_process_runs() -> None:
    model = whole()
    check(model)
    assert float(run(model).balance.max()) < 1e-9


def test_an_age_limit_is_named_with_its_rule() -> None:
    limit = "age_below: {values: {2010: 1, 2030: 2}, unit: year}"
    edit = ("{segment: work, split", f"{{segment: home, {limit}, split")
    (error,) = faults(whole(edit))
    assert type(error) is errors.UnsupportedError
    assert (error.file, error.place) == ("whole.yaml", "processes.collect.rules.0.age_below")
    assert error.line is not None and limit in WHOLE.replace(*edit).splitlines()[error.line - 1]


def test_a_loop_with_loss_passes() -> None:
    model = whole(
        LOOP,
        ("  dump: {kind", "  again: {kind: sort, split: {back: 1}}\n  dump: {kind"),
    )
    check(model)
    run(model)


def test_a_scenario_with_wrong_names_keeps_the_network_from_being_looked_at() -> None:
    change = ("changes: {parameters.rate: 60 %}", "changes: {routes.collect.leave -> dump.to: dumb}")
    model = whole(change, ("more: {from: 2025, ", "more: {"))
    (error,) = find_faults(model)
    assert type(error) is errors.UnknownNameError and "Did you mean 'dump'?" in str(error)


@pytest.mark.parametrize(
    ("rules", "refused"),
    [
        ("[{condition: failed, split: {bad: 1}}]", False),
        ("[{condition: intact, split: {good: 1}}, {split: {bad: 1}}]", False),
        ("[{condition: failed, split: {bad: 1}}, {age_below: 3 year, split: {good: 1}}]", False),
        ("[{condition: failed, age_below: 3 year, split: {bad: 1}}]", True),
        ("[{condition: failed, item: core, split: {bad: 1}}]", True),
        ("[{condition: intact, split: {bad: 1}}]", True),
        ("[{condition: failed, split: {bad: 50 %, good: rest}}]", True),
    ],
)
def test_failed_things_that_an_earlier_rule_sends_away_do_not_come_to_the_store(
    rules: str, refused: bool
) -> None:
    model = whole(
        ("{from: use.failed, to: melt}", "{from: use.failed, to: look}\n  - {from: look.bad, to: melt}\n"
         "  - {from: look.good, to: coils}\n  - {from: coils, to: use, item: coil, priority: 1}"),
        ("{from: make_coil, to: use}", "{from: make_coil, to: use, priority: 2}"),
        ("  scrap: {kind: store}", f"  scrap: {{kind: store}}\n  coils: {{kind: store}}\n"
         f"  look: {{kind: sort, rules: {rules}, split: {{good: 1}}}}"),
    )  # fmt: skip
    if refused:
        with pytest.raises(errors.NetworkError, match="failed 'coil' would be stored with good ones"):
            compile_model(model)
    else:
        compile_model(model)
