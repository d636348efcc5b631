"""Models of other tools: what they printed comes out again, and whatever is not taken over is listed."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from meguru import errors
from meguru.foresight import CausalModel, Edge, Event, Node, Spread, load, save
from meguru.foresight.checks import check, faults
from meguru.foresight.exporters import export_xmile
from meguru.foresight.importers import ImportReport, import_kumu, import_loopy, import_vensim, import_xmile
from meguru.foresight.importers.algebra import canonical
from meguru.foresight.simulation import simulate

DATA = Path(__file__).parent / "data" / "system_dynamics"
Floats = NDArray[np.float64]


def read(name: str) -> ImportReport:
    return import_vensim(DATA / name) if name.endswith(".mdl") else import_xmile(DATA / name)


def run(report: ImportReport) -> dict[str, Floats]:
    """(step,) of every node and of every readout, by the engine."""
    futures = simulate(report.model, 1, every=report.model.step)
    states = {name: np.asarray(futures.of(name)[:, 0]) for name in futures.nodes}
    return states | {one.name: one.values(states) for one in report.readouts if one.terms}


def published(name: str) -> tuple[dict[str, list[str]], Floats]:
    with (DATA / name).open(encoding="utf-8") as stream:
        head, *rows = list(csv.reader(stream))
    columns = {canonical(title): [row[index] for row in rows] for index, title in enumerate(head)}
    return columns, np.array([float(text) for text in columns.pop("time")])


def last_digit(texts: list[str]) -> Floats:
    """One unit of the last digit printed; values are printed with as many digits as the longest of them."""
    digits = max(len(text.replace(".", "").replace("-", "").lstrip("0")) for text in texts)
    sizes = [abs(float(text)) for text in texts]
    return np.array(
        [10.0 ** (math.floor(math.log10(one)) - digits + 1) if one else 10.0**-digits for one in sizes]
    )


@pytest.mark.parametrize(
    ("model", "output", "digits"),
    [
        ("teacup.mdl", "teacup_stella.csv", 0.51),
        ("teacup.xmile", "teacup_stella.csv", 0.51),
        ("SIR.mdl", "SIR_stella.csv", 0.51),
        ("SIR.xmile", "SIR_stella.csv", 0.51),
        ("SIR_reciprocal-dt.xmile", "SIR_stella.csv", 0.51),
        # Vensim prints six digits of a computation in single precision: up to three units of the sixth.
        ("teacup.mdl", "teacup_vensim.csv", 3),
        ("SIR.mdl", "SIR_vensim.csv", 3),
    ],
)
def test_every_variable_has_its_published_value(model: str, output: str, digits: float) -> None:
    report = read(model)
    assert report.is_whole and list(faults(report.model)) == []
    found = {canonical(name): values for name, values in run(report).items()}
    columns, times = published(output)
    assert set(found) == set(columns)
    every = round((times[1] - times[0]) / report.model.step)
    for name, texts in columns.items():
        values = found[name][::every]
        assert values.size == len(texts)
        assert (
            np.abs(values - np.array([float(text) for text in texts])) <= digits * last_digit(texts)
        ).all()


def test_stocks_become_nodes_and_flows_are_inlined() -> None:
    model = read("SIR.mdl").model
    assert list(model.nodes) == ["Infectious", "Recovered", "Susceptible"]
    infectious = model.nodes["Infectious"]
    assert (infectious.dynamics, infectious.pull, infectious.rest, infectious.unit) == (
        "relax",
        0.2,
        0.0,
        "Persons",
    )
    assert infectious.source.startswith(
        "The population with the disease, manifesting symptoms, and able to transmit"
    )
    contagion = model.edges[0]
    assert (contagion.source, contagion.second, contagion.target) == (
        "Infectious",
        "Susceptible",
        "Infectious",
    )
    assert contagion.form == "product" and contagion.strength.mode == pytest.approx(0.3 / 1000, rel=1e-15)
    assert (contagion.reference, contagion.second_reference) == (0.0, 0.0)
    assert (model.first, model.last, model.step) == (0, 100, 0.03125) and "'Day'" in model.note
    readouts = {one.name: one.terms for one in read("SIR.mdl").readouts}
    assert set(readouts) == {
        "Contact Infectivity", "Duration", "Recovering", "Succumbing", "Total Population",
    }  # fmt: skip
    assert None not in readouts.values()


def test_an_imported_model_is_a_model_like_any_other(tmp_path: Path) -> None:
    model = read("SIR.xmile").model
    save(model, tmp_path / "sir.yaml")
    assert load(tmp_path / "sir.yaml") == model
    assert [one.kind for one in check(model)] == ["diverging", "unreached_kpis"]


def test_limits_at_zero_are_listed() -> None:
    report = import_xmile(DATA / "teacup_w_diagram.xmile")
    assert [(one.place, one.effect, one.line) for one in report.unsupported] == [
        ("teacup_temperature", "changed", 22),
        ("heat_loss_to_room", "changed", 28),
    ]


def test_pictures_of_any_spelling_are_no_equations() -> None:
    assert import_vensim(DATA / "teacup_mdl.mdl").is_whole


VENSIM = """{UTF-8}
Births = Birth Rate * Rabbits ~ Rabbits/Year ~ |
Birth Rate = 0.5 + MIN(0.1, 0.3) * 0 ~ 1/Year [0,1] ~ a comment |
Rabbits = INTEG(Births - Rabbits * Foxes / 1000 - 2 * (Rabbits - 100) - 3, 100 * Birth Rate) ~~|
Foxes = INTEG(DELAY FIXED(Rabbits, 2, 50) * 0.1 - Foxes / 4, 20) ~~|
Odd = INTEG(STEP(5, 10) + Table(Rabbits) + Rabbits / Foxes + 0.1 * Odd + SMOOTH(Foxes, 3) + 7, 1) ~~|
Cubic = INTEG(Rabbits^2 * Foxes + Rabbits^2 + Time + Wear and tear, 0) ~~|
Wear and tear = 2 ~~|
Table([(0,0)-(10,10)],(0,0),(10,5)) ~~|
Area[region] = 3 ~~|
region: north, south ~~|
Circle = Circle * 2 ~~|
Given := 3 ~~|
FINAL TIME = 2050 ~~| INITIAL TIME = 2020 ~~| TIME STEP = 0.5 ~ Year ~| SAVEPER = TIME STEP ~~|
\\\\\\---/// Sketch
Nonsense = INTEG(1, 1) ~~|
"""


@pytest.fixture
def rabbits(tmp_path: Path) -> ImportReport:
    path = tmp_path / "rabbits.mdl"
    path.write_text(VENSIM, encoding="utf-8")
    return import_vensim(path)


def test_terms_of_an_equation_become_drift_relaxation_edges_products_and_lags(rabbits: ImportReport) -> None:
    model = rabbits.model
    hare, fox = model.nodes["Rabbits"], model.nodes["Foxes"]
    assert (hare.start.mode, hare.dynamics) == (50, "relax")
    assert (hare.pull, hare.rest * hare.pull) == (1.5, 197)
    assert (fox.pull, fox.rest) == (0.25, 0)
    (delayed,) = [edge for edge in model.edges if edge.target == "Foxes"]
    assert (delayed.source, delayed.lag.mode, delayed.strength.mode) == ("Rabbits", 2, 0.1)
    (eaten,) = [edge for edge in model.edges if edge.target == "Rabbits"]
    assert (eaten.form, {eaten.source, eaten.second}, eaten.strength.mode) == (
        "product",
        {"Rabbits", "Foxes"},
        -0.001,
    )
    odd = model.nodes["Odd"]
    (grows,) = [edge for edge in model.edges if edge.target == "Odd"]
    assert (odd.dynamics, odd.drift, grows.source, grows.strength.mode) == ("drift", 7, "Odd", 0.1)
    cubic = [edge for edge in model.edges if edge.target == "Cubic"]
    assert [(edge.source, edge.second) for edge in cubic] == [("Rabbits", "Rabbits")]
    assert model.nodes["Cubic"].drift == 2
    assert (model.first, model.last, model.step) == (2020, 2050, 0.5)


def test_whatever_is_not_taken_over_is_listed_with_its_line(rabbits: ImportReport) -> None:
    listed = {(one.place, one.construct, one.line) for one in rabbits.unsupported}
    assert listed == {
        ("Odd", "the function STEP", 6),
        ("Odd", "the function TABLE", 6),
        ("Odd", "a division by a value that changes", 6),
        ("Odd", "the function SMOOTH", 6),
        ("Cubic", "a product of more than two stocks: Foxes × Rabbits × Rabbits", 7),
        ("Cubic", "the time", 7),
        ("Table", "a lookup table", 9),
        ("Area", "subscripts", 10),
        ("region", "a range of subscripts", 11),
        ("Circle", "a circle of equations through 'Circle'", 12),
        ("Given", "data", 13),
    }
    assert not rabbits.is_whole
    assert all(str(one).startswith(f"{one.file}:{one.line}: {one.place}: ") for one in rabbits.unsupported)


def test_a_delay_reads_the_past_exactly(rabbits: ImportReport) -> None:
    found = run(rabbits)
    hares, foxes = [50.0], [20.0]
    for step in range(8):
        past = hares[step - 4] if step >= 4 else 50.0  # two years are four steps
        hare, fox = hares[-1], foxes[-1]
        hares.append(hare + 0.5 * (0.5 * hare - hare * fox / 1000 - 2 * (hare - 100) - 3))
        foxes.append(fox + 0.5 * (0.1 * past - fox / 4))
    assert found["Rabbits"][:9] == pytest.approx(hares, rel=1e-12)
    assert found["Foxes"][:9] == pytest.approx(foxes, rel=1e-12)


XMILE = """<?xml version="1.0"?>
<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0"
xmlns:isee="http://iseesystems.com/XMILE"> <header><name>bath</name></header>
<sim_specs method="rk4" time_units="Minutes"><start>0</start><stop>10</stop></sim_specs>
<macro name="twice"/>
<model><variables>
<stock name="Water\\nin Bath"><eqn>2*tap</eqn><inflow>tap</inflow><outflow>"drain"</outflow><isee:x/></stock>
<flow name="tap"><eqn>3 {litres}</eqn></flow>
<flow name="drain"><eqn>Water_in_Bath * 0.1 + graph</eqn><non_negative/></flow>
<aux name="graph"><eqn>TIME</eqn><gf><ypts>1,2</ypts></gf></aux>
<aux name="choice"><eqn>IF tap &gt; 2 THEN 1 ELSE 0</eqn></aux>
<aux name="array"><dimensions><dim name="d"/></dimensions><eqn>1</eqn></aux>
<aux name="empty"/>
<group name="g"/>
</variables></model>
<model name="other"/>
</xmile>
"""


def test_what_xmile_says_beyond_nodes_and_edges_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "bath.xmile"
    path.write_text(XMILE, encoding="utf-8")
    report = import_xmile(path)
    (bath,) = report.model.nodes.values()
    assert (bath.name, bath.start.mode, bath.dynamics, bath.drift) == ("Water in Bath", 6, "relax", 0)
    assert bath.rest * bath.pull == 3 and report.model.step == 1
    assert [(one.place, one.construct.split(",")[0], one.line) for one in report.unsupported] == [
        ("<sim_specs>", "the method of integration rk4", 4),
        ("<macro>", "a part of the file that is not read", 5),
        ("other", "a submodel", 16),
        ("drain", "a limit at 0 (non_negative)", 9),
        ("graph", "a graphical function", 10),
        ("array", "<dimensions>", 12),
        ("empty", "no equation", 13),
        ("g", "<group>", 14),
        ("Water in Bath", "'drain': 'graph'", 7),
        ("drain", "'graph'", 9),
        ("choice", "'IF'", 11),
    ]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.mdl", "x = 1 ~~|", "no INITIAL TIME"),
        ("a.mdl", VENSIM.replace("INTEG(", "SMOOTH("), "a model without stocks"),
        ("a.mdl", VENSIM.replace("100 * Birth Rate)", "Given)"), "no start value"),
        (
            "a.mdl",
            VENSIM.replace("TIME STEP = 0.5", "TIME STEP = Rabbits * x"),
            "step of the simulation is no number",
        ),
        ("a.xmile", "<xmile>", "not valid XML"),
        ("a.xmile", "<html/>", "not XMILE"),
        ("a.xmile", "<xmile><sim_specs/></xmile>", "no model in it"),
        ("a.xmile", '<!DOCTYPE x [<!ENTITY a "b">]><xmile>&a;</xmile>', "an entity"),
        ("none.mdl", "", "can not be opened"),
    ],
)
def test_files_that_are_no_models_are_errors(name: str, text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if text:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(errors.NotReadableError, match=says):
        (import_vensim if name.endswith(".mdl") else import_xmile)(path)


def expressible() -> CausalModel:
    nodes = {
        '意識 "a"': Node(
            '意識 "a"', start=Spread.constant(2.0), scale=4.0, dynamics="relax", pull=0.3, rest=1.5, unit="%"
        ),
        "b\\c": Node("b\\c", start=Spread.constant(-1.0), scale=0.5, dynamics="drift", drift=0.25),
        "d & e": Node("d & e", start=Spread.constant(3.0), source="a <source>"),
    }
    a, b, d = nodes
    edges = (
        Edge(a, b, Spread.constant(0.3)),
        Edge(b, a, Spread.constant(-0.2), lag=Spread.constant(1.0), reference=0.7),
        Edge(a, d, Spread.constant(0.1), form="product", second=b, lag=Spread.constant(0.5), reference=0.0),
        Edge(d, d, Spread.constant(0.01)),
    )
    return CausalModel("round", nodes, edges, first=2020, last=2030, step=0.25)


def test_what_both_say_takes_the_same_steps_after_export_and_import(tmp_path: Path) -> None:
    model = expressible()
    assert export_xmile(model, tmp_path / "round.xmile") == ()
    report = import_xmile(tmp_path / "round.xmile")
    assert report.is_whole
    before, after = run(ImportReport(model)), run(report)
    for name, values in before.items():
        assert after[name] == pytest.approx(values, rel=1e-12, abs=1e-12)
    again = tmp_path / "again.xmile"
    assert export_xmile(report.model, again) == ()
    twice = run(import_xmile(again))
    assert all(twice[name] == pytest.approx(values, rel=1e-12, abs=1e-12) for name, values in before.items())


def test_export_lists_what_xmile_is_not_told(tmp_path: Path) -> None:
    model = CausalModel(
        "m",
        {"a": Node("a", noise=1.0, start=Spread(0, 1, 2), low=0.0)},
        (Edge("a", "a", Spread(0, 1, 2), lag=Spread(0, 1, 2), form="threshold"),),
        {"e": Event("e", {2030: 0.1}, {"a": 1.0})},
    )
    lost = export_xmile(model, tmp_path / "m.xmile")
    assert [(one.place, one.construct.split(":")[0], one.effect) for one in lost] == [
        ("a", "noise", "left out"),
        ("a", "a spread of starts", "changed"),
        ("a → a", "a spread of strength", "changed"),
        ("a → a", "a spread of lag", "changed"),
        ("e", "an event", "left out"),
    ]
    equation = (tmp_path / "m.xmile").read_text(encoding="utf-8").split("<flow")[1]
    assert "MAX(0.0, " in equation and "DELAY(" in equation and "EXP(" in equation
    with pytest.raises(errors.WriteError, match="the same name in XMILE"):
        export_xmile(CausalModel("m", {"a b": Node("a b"), "A_b": Node("A_b")}), tmp_path / "m.xmile")


KUMU = {
    "elements": [
        {"label": "意識", "type": "生活者", "description": "what people think"},
        {"_id": "e2", "attributes": {"label": "Demand", "element type": "market"}},
        {"description": "no label"},
    ],
    "connections": [
        {"from": "意識", "to": "e2", "type": "+", "description": "a reason"},
        {"from": "e2", "to": "意識", "attributes": {"connection type": "- delayed"}},
        {"from": "e2", "to": "Waste", "direction": "mutual", "polarity": "negative"},
        {"from": "意識", "to": "Waste"},
        {"from": "意識", "to": "e2", "type": "-"},
        {"from": "Waste", "to": "意識", "direction": "undirected", "type": "+"},
        {"from": "Waste", "type": "+"},
    ],
}


def test_a_map_of_kumu_gives_signs_and_says_that_strengths_are_assumed(tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    path.write_text(json.dumps(KUMU), encoding="utf-8")
    report = import_kumu(path, strength=0.2)
    model = report.model
    assert list(model.nodes) == ["意識", "Demand", "Waste"]
    assert (model.nodes["意識"].field, model.nodes["Demand"].field) == ("生活者", "market")
    signs = {(edge.source, edge.target): (edge.polarity, edge.strength.mode) for edge in model.edges}
    assert signs == {
        ("意識", "Demand"): ("+", 0.2),
        ("Demand", "意識"): ("-", -0.2),
        ("Demand", "Waste"): ("-", -0.2),
        ("Waste", "Demand"): ("-", -0.2),
    }
    assert [one.construct for one in report.unsupported] == [
        "no label", "a delay mark", "a connection without a sign", "a second connection between the same two",
        "a connection without direction", "a connection with one end",
    ]  # fmt: skip
    assert len(report.assumed) == 1 and "0.2 scales a year" in report.assumed[0] and "assumed" in model.note
    assert model.edges[0].citation == "a reason; sign from Kumu, strength assumed"
    assert list(faults(model)) == []


def test_tables_of_kumu(tmp_path: Path) -> None:
    (tmp_path / "elements.csv").write_text("Label,Type\na,x\nb,y\n", encoding="utf-8")
    (tmp_path / "connections.csv").write_text("From,To,Type\na,b,+\nb,c,-\n", encoding="utf-8")
    whole = import_kumu(tmp_path).model
    assert {node.name: node.field for node in whole.nodes.values()} == {"a": "x", "b": "y", "c": ""}
    assert [edge.polarity for edge in import_kumu(tmp_path / "connections.csv").model.edges] == ["+", "-"]


def test_a_drawing_of_loopy(tmp_path: Path) -> None:
    nodes = [[1, 0, 0, 0.5, "%25E6%2584%258F%25E8%25AD%2598", 0], [2, 9, 9, 0.16, "100%2525", 1]]
    arrows = [[1, 2, 50, 1, 0], [2, 1, 50, -1, 0], [2, 2, 50, -1, 0]]
    drawing = [nodes, arrows, [[0, 0, "a%2520note"]], 2]
    path = tmp_path / "loop.loopy"
    path.write_text(json.dumps(drawing), encoding="utf-8")
    report = import_loopy(path)
    assert {node.name: node.start.mode for node in report.model.nodes.values()} == {"意識": 0.5, "100%": 0.16}
    assert [(edge.source, edge.target, edge.strength.mode) for edge in report.model.edges] == [
        ("意識", "100%", 0.1), ("100%", "意識", -0.1), ("100%", "100%", -0.1),
    ]  # fmt: skip
    assert [one.construct for one in report.unsupported] == ["a text on the drawing: a note"]
    assert len(report.assumed) == 2 and "from 0 to 1" in report.assumed[1]
    assert {(node.low, node.high) for node in report.model.nodes.values()} == {(0.0, 1.0)}
    path.write_text(
        json.dumps(drawing).replace('"', "%22")[:-1] + "%5D", encoding="utf-8"
    )  # as in an address
    assert import_loopy(path).model.nodes == report.model.nodes


@pytest.mark.parametrize("text", ["", "{", "{}", "[]", "[[[1]],[],[]]", "[[],[],[],1]"])
def test_drawings_that_are_none(text: str, tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    path.write_text(text, encoding="utf-8")
    for reader in (import_kumu, import_loopy):
        with pytest.raises(errors.NotReadableError):
            reader(path)


def every_form() -> CausalModel:
    def of(value: float) -> Spread:
        return Spread.constant(value)

    nodes = {
        "a": Node("a", start=of(2.0), scale=4.0, dynamics="relax", pull=0.3, rest=1.5),
        "b": Node("b", start=of(-1.0), scale=0.5, dynamics="drift", drift=0.25, low=-1.2, high=1.5),
        "c": Node("c", start=of(3.0)),
    }
    gate = Edge("b", "c", of(0.1), form="product", second="a", gate="threshold", steepness=3.0, threshold=0.2)
    edges = (
        Edge("a", "b", of(0.3)),
        Edge("b", "a", of(-0.2), lag=of(1.0), reference=0.7),
        Edge("a", "c", of(0.1), form="product", second="b", reference=0.0),
        Edge("c", "a", of(0.2), form="saturating", cap=0.5),
        Edge("a", "c", of(0.3), form="threshold", steepness=2.0, threshold=0.1),
        replace(gate, lag=of(0.5)),
    )
    return CausalModel("every form", nodes, edges, first=0, last=20, step=0.25)


def by_pysd(name: str) -> dict[str, Floats]:
    with (DATA / name).open(encoding="utf-8") as stream:
        head, *rows = list(csv.reader(stream))
    return {title: np.array([float(row[index]) for row in rows]) for index, title in enumerate(head)}


def test_an_imported_model_with_delays_and_squares_runs_as_in_pysd() -> None:
    report = import_vensim(DATA / "predators.mdl")
    assert report.is_whole
    found = run(report)
    for name, values in by_pysd("predators_pysd.csv").items():
        assert found[name] == pytest.approx(values, rel=1e-13)


def test_an_exported_model_of_every_form_runs_in_pysd_as_here(tmp_path: Path) -> None:
    model = every_form()
    assert export_xmile(model, tmp_path / "every.xmile") == ()
    told = [(path / name).read_text(encoding="utf-8").splitlines() for path, name in (
        (tmp_path, "every.xmile"), (DATA, "every_form.xmile"),
    )]  # fmt: skip
    without_version = [[line for line in lines if "<product" not in line] for lines in told]
    assert without_version[0] == without_version[1], "what PySD was given"
    found = run(ImportReport(model))
    for name, values in by_pysd("every_form_pysd.csv").items():
        assert found[name] == pytest.approx(values, rel=1e-13, abs=1e-13)
