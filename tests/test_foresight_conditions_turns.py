"""Conditions where what tells a group best is late: the search goes back to the branch year."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from planted import gate

from meguru.foresight.analysis import Analysis, Choices, analyse
from meguru.foresight.analysis.grouping.groups import Groups, group
from meguru.foresight.analysis.requirements.conditions import conditions
from meguru.foresight.futures import Futures
from meguru.foresight.model import CausalModel, Edge, Spread
from meguru.foresight.simulation import simulate
from meguru.foresight.telling import tell


def forgetting() -> CausalModel:
    """A gate that most who stand above its level pass, once; later reuse lifts the lever, and ``shops``."""
    model = gate()
    event = replace(model.events["gate"], hazard={2024: 0.0, 2036: 1.2, 2037: 0.0})
    lever = replace(
        model.nodes["lever"],
        role="state",
        dynamics="relax",
        pull=0.5,
        rest=0.5,
        start=Spread.constant(0.5),
        noise=0.2,
        high=9.0,
    )
    shops = replace(model.nodes["idle"], name="shops", role="state", start=Spread.constant(0.0), noise=0.02)
    edges = (
        *model.edges,
        Edge("reuse", "shops", Spread.constant(0.2)),
        Edge("reuse", "lever", Spread.constant(0.5)),
    )
    nodes = model.nodes | {"lever": lever, "shops": shops}
    return replace(model, nodes=nodes, edges=edges, events={"gate": event})


@pytest.fixture(scope="module")
def gated() -> tuple[Futures, Groups]:
    futures = simulate(forgetting(), 1500, 5)
    return futures, group(futures, 2, nulls=19, largest=2)


def test_late_echoes_are_no_cause_and_the_search_goes_back_to_the_branch_year(
    gated: tuple[Futures, Groups],
) -> None:
    futures, groups = gated
    asked = {"nodes": ["lever", "shops"], "years": [2030, 2036, 2045]}
    late = conditions(futures, groups, "B", **asked)  # type: ignore[arg-type]
    assert late.requirements and late.forced is None
    assert {(one.year, one.cause) for one in late.requirements} == {(2045, False)}
    found = conditions(futures, groups, "B", turns=[2036, 2031], **asked)  # type: ignore[arg-type]
    (lever,) = found.requirements
    assert (lever.node, lever.year, lever.cause) == ("lever", 2036, True)
    assert lever.deadline is not None and lever.deadline.year == 2036
    assert found.forced is not None and found.unforced is not None and found.forced > found.unforced + 0.3
    # Where no earlier search finds a cause either, the first stands.
    assert conditions(futures, groups, "B", turns=[2031], **asked) == late  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def found(gated: tuple[Futures, Groups]) -> Analysis:
    return analyse(gated[0], Choices(count=2, nulls=19, split_nulls=49, wanted=("B",)))


def test_the_event_that_decides_is_told_with_what_forcing_it_does(
    gated: tuple[Futures, Groups], found: Analysis
) -> None:
    futures, groups = gated
    (event,) = (one for one in tell(futures, found) if one.kind == "event")
    values = event.evidence.values
    assert "Event “gate”: by" in event.text["en"] and values["on_right"] > 0.95 > values["on_left"]
    (left,) = (groups.number(code) for code in values["left"])
    shares = []
    for hazard in ({2024: 0.0}, {2024: 0.0, 2036: 1e6, 2037: 0.0}):
        gate_forced = replace(futures.model.events["gate"], hazard=hazard)
        model = replace(futures.model, events={"gate": gate_forced})
        again = simulate(model, futures.count, futures.seed, members=event.evidence.members)
        shares.append(float(np.mean(groups.classify(again) == left)))
    assert [values["never"], values["soonest"]] == pytest.approx(shares)
    assert shares[0] > 0.99 > 0.9 > shares[1]


def test_the_analysis_goes_back_and_says_where_no_bound_is_a_cause(
    gated: tuple[Futures, Groups], found: Analysis
) -> None:
    futures, _ = gated
    (branch,) = found.branches
    assert branch.supported and branch.year is not None and 2036 <= branch.year <= 2039
    (conditions_of_b,) = found.conditions
    assert any(one.cause and one.node == "lever" for one in conditions_of_b.requirements)
    assert not [one for one in tell(futures, found) if one.kind == "conditions_no_cause"]
    symptoms = tuple(replace(one, cause=False, deadline=None) for one in conditions_of_b.requirements)
    symptom = replace(conditions_of_b, requirements=symptoms, forced=None)
    (told,) = (
        one
        for one in tell(futures, replace(found, conditions=(symptom,)))
        if one.kind == "conditions_no_cause"
    )
    assert "none of them brings B" in told.text["en"] and "原因ではない" in told.text["ja"]
