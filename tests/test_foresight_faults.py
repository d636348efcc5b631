"""Every fault of a causal model gives its own error with file, line and place; warnings name theirs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from causal_models import WHOLE
from hypothesis import given, settings
from hypothesis import strategies as st

from meguru import errors
from meguru.errors import ModelError
from meguru.foresight import CausalModel, CausalWarning, Edge, Event, Node, Spread, check, load
from meguru.foresight.checks import divergence, faults
from meguru.foresight.read import parse


class Fault(NamedTuple):
    """A text that is replaced, and what the error must be; ``line`` is on the line that it names."""

    name: str
    old: str
    new: str
    error: type[ModelError]
    place: str
    line: str
    says: tuple[str, ...]


EDGE = "{from: law, to: awareness"
FAULTS = [
    # the file
    Fault("key twice", "name: whole\n", "name: whole\nname: other\n", errors.DuplicateKeyError, "",
          "name: other", ("found 'name'",)),
    Fault("broken off", "jump: {price: 50}}", "jump: {price: 50}", errors.NotReadableError, "", "reform",
          ("valid YAML",)),
    Fault("misspelt key", "scale: 20", "scael: 20", errors.UnknownKeyError, "nodes.price.scael", "scael",
          ("Did you mean 'scale'?",)),
    Fault("other format", "foresight: 1", "foresight: 2", errors.UnsupportedError, "foresight",
          "foresight: 2", ("the number 2", "expected 1")),
    Fault("no name", "name: whole\n", "", errors.MissingValueError, "name", "foresight: 1", ("short name",)),
    Fault("no strength", "strength: -0.1, polarity", "polarity", errors.MissingValueError,
          "edges.price → waste.strength", "from: price", ("missing",)),
    Fault("text for a number", "scale: 20", "scale: big", errors.WrongTypeError, "nodes.price.scale",
          "scale: big", ("the text 'big'", "a number")),
    Fault("full-width digits", "scale: 20", "scale: ２０", errors.WrongTypeError, "nodes.price.scale", "２０",
          ("Write the digits half-width.",)),
    Fault("not a number", "scale: 20", "scale: .nan", errors.RangeError, "nodes.price.scale", ".nan",
          ("not a number",)),
    Fault("list for a mapping", "{mode: 1}", "[1]", errors.WrongTypeError, "nodes.law.start", "law",
          ("a list",)),
    Fault("two of three", "{mode: 1}", "{low: 0, high: 1}", errors.MissingValueError, "nodes.law.start.mode",
          "law", ("most likely value",)),
    Fault("spread out of order", "high: 0.3", "high: 0.15", errors.RangeError,
          "edges.law → awareness.strength", "high: 0.15", ("0.1, 0.2, 0.15", "low ≤ mode ≤ high")),
    Fault("unknown role", "role: kpi", "role: kip", errors.UnknownNameError, "nodes.waste.role", "kip",
          ("Did you mean 'kpi'?",)),
    Fault("unknown step", "step: month", "step: week", errors.WrongTypeError, "step", "week",
          ("year, month",)),
    Fault("hazard without a year", "{2026: 0.1, 2030: 0.2}", "0.1", errors.WrongTypeError,
          "events.shock.hazard", "hazard: 0.1", ("a mapping of years", "{2030: 0.05}")),
    Fault("hazard by name", "{2026: 0.1,", "{soon: 0.1,", errors.WrongTypeError, "events.shock.hazard.soon",
          "soon", ("not a year",)),
    # names
    Fault("unknown source", EDGE, "{from: lwa, to: awareness", errors.UnknownNameError,
          "edges.lwa → awareness.from", "lwa", ("no such node", "Did you mean 'law'?")),
    Fault("unknown target", EDGE, "{from: law, to: awareness2", errors.UnknownNameError,
          "edges.law → awareness2.to", "awareness2", ("no such node",)),
    Fault("unknown second", "second: law", "second: laws", errors.UnknownNameError,
          "edges.awareness → waste (2).second", "laws", ("Did you mean 'law'?",)),
    Fault("jump of nothing", "jump: {price: 50}", "jump: {prise: 50}", errors.UnknownNameError,
          "events.shock.jump.prise", "prise", ("Did you mean 'price'?",)),
    Fault("condition on nothing", "node: awareness", "node: aware", errors.UnknownNameError,
          "events.reform.conditions.0.node", "aware,", ("no such node",)),
    # numbers
    Fault("scale 0", "scale: 20", "scale: 0", errors.RangeError, "nodes.price.scale", "scale: 0",
          ("above 0",)),
    Fault("negative noise", "noise: 5", "noise: -5", errors.RangeError, "nodes.price.noise", "noise: -5",
          ("at least 0",)),
    Fault("infinite start", "start: 300", "start: .inf", errors.RangeError, "nodes.waste.start", ".inf",
          ("finite",)),
    Fault("negative lag", "lag: 1}", "lag: -1}", errors.RangeError, "edges.law → awareness.lag", "lag: -1",
          ("at least 0",)),
    Fault("confidence above 1", "confidence: 0.5", "confidence: 50", errors.RangeError,
          "edges.awareness → waste.confidence", "confidence: 50", ("at most 1",)),
    Fault("cap below 0", "cap: 2", "cap: -2", errors.RangeError, "edges.price → waste.cap", "cap: -2",
          ("above 0",)),
    Fault("bounds out of order", "low: 0, high: 100", "low: 100, high: 0", errors.RangeError,
          "nodes.awareness.low", "low: 100", ("100 to 0", "low < high")),
    Fault("start outside its bounds", "high: 3}, high: 10", "high: 3}, high: 2", errors.RangeError,
          "nodes.law.start", "high: 2", ("0 to 3", "-inf to 2")),
    Fault("pull without relax", "dynamics: relax, pull", "pull", errors.UnsupportedError,
          "nodes.awareness.pull", "pull", ("'hold'", "dynamics: relax")),
    Fault("drift without drifting", "dynamics: drift, drift", "dynamics: hold, drift",
          errors.UnsupportedError, "nodes.price.drift", "drift", ("Write 'dynamics: drift'",)),
    Fault("no years", "last: 2040", "last: 2024", errors.RangeError, "last", "last: 2024",
          ("no year to simulate",)),
    Fault("half a step", "step: month", "step: 0.7", errors.RangeError, "step", "0.7",
          ("no whole number of steps",)),
    # edges
    Fault("contradictory polarity", 'polarity: "+"', 'polarity: "-"', errors.PolarityError,
          "edges.law → awareness.strength", "from: law", ("polarity '-'", "0.1 to 0.3", "0 or less")),
    Fault("spread over both signs", "{low: 0.1, mode: 0.2", "{low: -0.1, mode: 0.2", errors.PolarityError,
          "edges.law → awareness.strength", "from: law", ("-0.1 to 0.3", "0 or more")),
    Fault("edges that contradict each other", "edges:\n",
          "edges:\n  - {from: law, to: awareness, strength: -1, lag: 1}\n", errors.PolarityError,
          "edges.law → awareness (2)", "low: 0.1", ("opposite polarity", "first on line 14", "lags")),
    Fault("edge twice", "events:\n",
          "  - {from: waste, to: awareness, strength: 0.9, reference: 200}\nevents:\n",
          errors.DuplicateKeyError, "edges.waste → awareness (2)", "0.9",
          ("stands twice", "first on line 19", "Join them")),
    Fault("product of one", "second: law, ", "", errors.MissingValueError,
          "edges.awareness → waste (2).second", "form: product", ("without its second source",)),
    Fault("second of no product", "form: threshold", "second: law, form: threshold", errors.UnsupportedError,
          "edges.awareness → waste.second", "second: law, form", ("form threshold does not read it",)),
    Fault("cap of a threshold", "form: threshold", "cap: 3, form: threshold", errors.UnsupportedError,
          "edges.awareness → waste.cap", "cap: 3", ("does not read it",)),
    Fault("lag longer than the run", "lag: {low: 0, mode: 1, high: 2}", "lag: {low: 0, mode: 1, high: 20}",
          errors.RangeError, "edges.price → waste.lag", "high: 20", ("20 years", "at most 16 years")),
    # events and settings
    Fault("event after the run", "{2030: 0.1}", "{2041: 0.1}", errors.RangeError, "events.reform.hazard.2041",
          "2041", ("outside the run", "2024 to 2040")),
    Fault("negative hazard", "{2030: 0.1}", "{2030: -0.1}", errors.RangeError, "events.reform.hazard.2030",
          "-0.1", ("at least 0",)),
    Fault("event without effect", "jump: {price: 50}", "source: none", errors.MissingValueError,
          "events.shock", "shock", ("neither jump nor push",)),
    Fault("lasting of a jump", "jump: {price: 50}", "jump: {price: 50}, lasting: 3", errors.UnsupportedError,
          "events.shock.lasting", "lasting: 3", ("without a push",)),
    Fault("condition without level", "{node: awareness, above: 50}", "{node: awareness}",
          errors.MissingValueError, "events.reform.conditions.0", "reform", ("above, below or both",)),
    Fault("condition that can not hold", "above: 50}", "above: 50, below: 40}", errors.RangeError,
          "events.reform.conditions.0", "reform", ("can never hold",)),
    Fault("milestone outside", "[2030, 2040]", "[2030, 2060]", errors.RangeError, "settings.milestones",
          "2060", ("found 2060",)),
    Fault("milestones that are no list", "[2030, 2040]", "2030", errors.WrongTypeError, "settings.milestones",
          "milestones: 2030", ("a list of years",)),
    Fault("year of conditions outside", "milestones: [2030", "condition_years: [2020", errors.RangeError,
          "settings.condition_years", "2020", ("found 2020",)),
    Fault("groups that are no number", "scenarios: 100", "groups: six", errors.WrongTypeError,
          "settings.groups", "groups: six", ("a whole number",)),
    Fault("groups with a misspelt key", "scenarios: 100", "groups: {count: 3, wy: so}",
          errors.UnknownKeyError, "settings.groups.wy", "groups", ("Did you mean 'why'?",)),
    Fault("groups without a number", "scenarios: 100", "groups: {why: so}", errors.WrongTypeError,
          "settings.groups.count", "groups", ("a whole number",)),
    Fault("groups with no words for why", "scenarios: 100", "groups: {count: 3, why: 5}",
          errors.WrongTypeError, "settings.groups.why", "groups", ("words by language",)),
    Fault("one driving force", "scenarios: 100", "driving_forces: [{node: law, year: 2030}]",
          errors.WrongTypeError, "settings.driving_forces", "driving_forces", ("a list of two",)),
    Fault("driving force that is no node", "scenarios: 100",
          "driving_forces: [{node: law, year: 2030}, {node: lw, year: 2030}]", errors.UnknownNameError,
          "settings.driving_forces.1.node", "driving_forces", ("Did you mean 'law'?",)),
    Fault("driving force without a year", "scenarios: 100",
          "driving_forces: [{node: law, year: 2030}, {node: price}]", errors.WrongTypeError,
          "settings.driving_forces.1", "driving_forces", ("{node, year, cut}",)),
    Fault("no scenarios", "scenarios: 100", "scenarios: 0", errors.WrongTypeError, "settings.scenarios",
          "scenarios: 0", ("1 or more",)),
]  # fmt: skip


def test_the_model_that_is_edited_has_no_fault_and_no_warning() -> None:
    assert list(faults(parse(WHOLE))) == []
    assert check(parse(WHOLE)) == ()


def test_enough_faults_are_told_apart() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 45


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_each_fault_has_its_error(fault: Fault, tmp_path: Path) -> None:
    whole = WHOLE.replace("{low: 0, mode: 1, high: 3}", "{mode: 1}") if fault.old == "{mode: 1}" else WHOLE
    assert whole.count(fault.old) == 1, "an edit of one place"
    text = whole.replace(fault.old, fault.new)
    path = tmp_path / "whole.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        check(load(path))
    error = caught.value
    assert type(error) is fault.error, error
    assert (error.place or "") == fault.place
    assert error.line is not None and fault.line in text.splitlines()[error.line - 1]
    message = str(error)
    assert message.startswith(f"{path}:{error.line}: {error.place or ''}")
    for said in fault.says:
        assert said in message


def test_models_built_in_python_are_checked_like_files() -> None:
    node, strength = Node("a"), Spread.constant(1.0)
    untyped: Any = (Node, Edge)  # what a type checker would refuse
    boss, without = untyped[0]("a", role="boss"), untyped[1]("a", "a", None)
    for model, kind in (
        (CausalModel("m", {}), errors.MissingValueError),
        (CausalModel("m", {"b": node}), errors.UnknownNameError),
        (CausalModel("m", {"a": boss}), errors.UnknownNameError),
        (CausalModel("m", {"a": replace(node, start=Spread(2, 1, 3))}), errors.RangeError),
        (CausalModel("m", {"a": node}, (without,)), errors.MissingValueError),
        (CausalModel("m", {"a": node}, (Edge("a", "b", strength),)), errors.UnknownNameError),
        (CausalModel("m", {"a": node}, events={"e": Event("e", {}, {"a": 1.0})}), errors.MissingValueError),
    ):
        with pytest.raises(kind):
            check(model)


WARNINGS = [
    ("orphans", "waste: {role", "loner: {}\n  waste: {role", "nodes.loner", "acts on nothing"),
    ("unreached_kpis", "waste: {role", "wealth: {role: kpi, direction: up}\n  waste: {role", "nodes.wealth",
     "no lever, driver or event reaches"),
    ("unreached_kpis", "role: kpi, ", "", "nodes", "no node has the role kpi"),
    ("powerless_levers", "law: {", "tax: {role: lever}\n  law: {", "nodes.tax", "reaches no KPI"),
    ("aimless_kpis", "direction: down, ", "", "nodes.waste", "direction: up"),
    ("still_sources", "edges:\n", "edges:\n  - {from: rock, to: waste, strength: 1}\n", "edges.rock → waste",
     "'rock' never moves"),
    ("idle_dynamics", "drift: 2, ", "", "nodes.price", "drifts by 0"),
    ("idle_dynamics", "pull: 0.2, rest: 30", "pull: 0.2, rest: 130", "nodes.awareness.rest",
     "outside its bounds"),
    ("idle_dynamics", "pull: 0.2, ", "pull: 18, ", "nodes.awareness.pull", "jumps over its rest"),
    ("idle_dynamics", "pull: 0.2, ", "pull: 27, ", "nodes.awareness.pull", "swings ever wider"),
    ("parallel_edges", "events:\n", "  - {from: waste, to: awareness, strength: 0.9, lag: 5}\nevents:\n",
     "edges.waste → awareness (2)", "they add up"),
    ("lost_lags", "lag: 1}", "lag: 0.04}", "edges.law → awareness.lag", "rounds to no step"),
    ("mistyped_units", "unit: kg", "unit: kgg", "nodes.waste.unit", "Did you mean"),
    ("rounded_lags", "lag: 1}", "lag: 1.6}", "edges.law → awareness.lag", "no whole number of steps"),
    ("weak_edges", "strength: 0.02", "strength: 0", "edges.waste → awareness.strength", "does nothing"),
    ("idle_events", "{2030: 0.1}", "{2030: 0}", "events.reform.hazard", "its hazard is 0"),
    ("idle_events", "above: 50", "above: 150", "events.reform.conditions.0", "stays between 0 and 100"),
    ("diverging", "price: {role: driver", "boom: {}\n  price: {role: driver", "nodes.boom", "led by 'boom'"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "old", "new", "place", "says"), WARNINGS, ids=[f"{w[0]} {w[3]}" for w in WARNINGS]
)
def test_each_warning_names_its_place(kind: str, old: str, new: str, place: str, says: str) -> None:
    assert WHOLE.count(old) == 1
    text = WHOLE.replace(old, new)
    if "rock" in new:
        text = text.replace("nodes:\n", "nodes:\n  rock: {}\n")
    if "boom" in new:
        text = text.replace("edges:\n", "edges:\n  - {from: boom, to: boom, strength: 0.5, reference: 1}\n")
    found = [one for one in check(parse(text, file="m.yaml")) if one.kind == kind]
    assert (
        len(found) == 1 and isinstance(found[0], CausalWarning) and isinstance(found[0], errors.ModelWarning)
    )
    assert found[0].place == place and says in str(found[0])
    assert str(found[0]).startswith(f"m.yaml:{found[0].line}: {place}")


# the spectral radius, against the dense companion matrix written from its definition


def dense_radius(model: CausalModel) -> float:
    """Spectral radius of z(t+1) = A_0 z(t) + Σ_l A_l z(t−l), all lags of all nodes in one matrix."""
    index = {name: number for number, name in enumerate(model.nodes)}
    lags = [int(edge.lag.mode / model.step + 0.5) for edge in model.edges]
    count, longest = len(index), max(lags, default=0)
    matrix = np.eye(count * (longest + 1), k=-count)
    matrix[:count, :count] = np.diag([1 - model.step * node.pull for node in model.nodes.values()])
    for edge, lag in zip(model.edges, lags, strict=True):
        matrix[index[edge.target], lag * count + index[edge.source]] += model.step * edge.strength.mode
    return float(np.abs(np.linalg.eigvals(matrix)).max())


def loops(seed: int, count: int, edges: int, longest: float, pull: float, step: float = 1.0) -> CausalModel:
    rng = np.random.default_rng(seed)
    names = [f"n{number}" for number in range(count)]
    ends = {tuple(rng.integers(0, count, 2).tolist()) for _ in range(edges)}
    drawn = tuple(
        Edge(
            names[a],
            names[b],
            Spread.constant(rng.normal() / 2),
            lag=Spread.constant(rng.uniform(0, longest)),
        )
        for a, b in sorted(ends)
    )
    nodes = {name: Node(name, dynamics="relax", pull=pull) for name in names}
    return CausalModel("loops", nodes, drawn, step=step)


@given(
    st.integers(0, 10**6), st.integers(1, 8), st.integers(0, 16), st.sampled_from([0.0, 4.0]), st.floats(0, 1)
)
@settings(max_examples=60, deadline=None)
def test_the_growth_of_the_leading_motion_is_the_spectral_radius(
    seed: int, count: int, edges: int, longest: float, pull: float
) -> None:
    model = loops(seed, count, edges, longest, pull)
    mode = divergence.leading_mode(model)
    assert mode is not None and set(mode.nodes) <= set(model.nodes)
    assert mode.factor == pytest.approx(dense_radius(model), rel=1e-6, abs=1e-3)


@pytest.mark.parametrize(("seed", "pull"), [(1, 0.0), (2, 0.3), (3, 0.8)])
def test_large_models_with_long_lags_find_the_same(
    seed: int, pull: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(divergence, "DENSE", 50)  # what is large, so that the dense one stays quick
    model = loops(seed, 20, 60, 0.8, pull, step=1 / 12)  # up to 10 steps of lag: some 200 states
    mode = divergence.leading_mode(model)
    assert mode is not None and mode.factor == pytest.approx(dense_radius(model), abs=2e-4)


def test_motions_of_one_size_do_not_keep_it_from_ending() -> None:
    """A ring that forgets its own state: all eigenvalues lie on one circle."""
    names = [f"n{number}" for number in range(30)]
    edges = tuple(
        Edge(a, b, Spread.constant(1.1), lag=Spread.constant(20.0))
        for a, b in zip(names, names[1:] + names[:1], strict=True)
    )
    ring = CausalModel("ring", {name: Node(name, dynamics="relax", pull=1.0) for name in names}, edges)
    mode = divergence.leading_mode(ring)
    assert mode is not None and mode.factor == pytest.approx(1.1 ** (1 / 21), abs=1e-4)


def test_bounded_nodes_and_edges_that_level_off_do_not_run_away() -> None:
    self_edge = Edge("a", "a", Spread.constant(1.0), reference=1.0)
    free = CausalModel("m", {"a": Node("a", role="kpi", direction="up")}, (self_edge,))
    (found,) = [one for one in check(free) if one.kind == "diverging"]
    assert found.nodes == ("a",) and "67,108,864 times by 2050" in found.message  # 2**26
    for edge, node in (
        (replace(self_edge, form="saturating"), Node("a")),
        (self_edge, Node("a", low=-5, high=5)),
        (replace(self_edge, strength=Spread.constant(0.08)), Node("a")),  # 1.08**26 is 7.4: growth
    ):
        assert not [one for one in check(CausalModel("m", {"a": node}, (edge,))) if one.kind == "diverging"]


def test_strong_edges_of_a_spread_are_told_from_the_most_likely_ones() -> None:
    edge = Edge("a", "a", Spread(0.0, 0.01, 1.0), reference=1.0)
    (found,) = [one for one in check(CausalModel("m", {"a": Node("a")}, (edge,))) if one.kind == "diverging"]
    assert "in futures with the strongest edges" in found.message


def test_a_run_that_ends_before_it_begins_is_one_fault() -> None:
    model = parse(WHOLE, file="m.yaml")
    assert [one.place for one in faults(replace(model, last=model.first - 1))] == ["last"]


@pytest.mark.parametrize("groups", [0, 27, {"count": 99, "why": "many"}])
def test_more_groups_than_letters_are_a_fault_of_the_model(groups: object) -> None:
    model = replace(parse(WHOLE, file="m.yaml"), settings={"groups": groups})
    (one,) = faults(model)
    assert isinstance(one, errors.RangeError) and one.expected == "1 to 26" and "settings.groups" in str(one)
