"""Sentences of an analysis: in both languages, found again, and with evidence that can be checked."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from planted import gate

import meguru.foresight.analysis as room
from meguru.cli.foresight.analysed import head_of
from meguru.foresight import CausalModel, Condition, Edge, Event, Node, Spread
from meguru.foresight.analysis import Analysis, Choices, Kept, analyse
from meguru.foresight.analysis.branches.drivers import InputDriver
from meguru.foresight.analysis.requirements.deadline import Deadline
from meguru.foresight.futures import Futures
from meguru.foresight.simulation import simulate
from meguru.foresight.telling import Sentence, tell
from meguru.foresight.telling.evidence import Ways
from meguru.foresight.telling.words import (
    bound,
    change,
    level,
    percent,
    points,
    reason_of,
    sentence,
    texts,
    unit_of,
)
from meguru.foresight.wishes import count_of, why_count

QUICK = Choices(count=3, nulls=19, split_nulls=49, largest=3)


@cache
def futures() -> Futures:
    return simulate(gate(), 900, 5)


@cache
def found() -> Analysis:
    return analyse(futures(), QUICK)


def sentences(kind: str, analysis: Analysis | None = None) -> list[Sentence]:
    return [one for one in tell(futures(), analysis or found()) if one.kind == kind]


def test_every_template_has_the_same_places_in_both_languages() -> None:
    for part, entries in texts().items():
        for key, entry in entries.items():
            english, japanese = (set(re.findall(r"{[\w:]+}", entry[one])) for one in ("en", "ja"))
            assert english == japanese and all(entry.values()), (part, key)


def test_differences_of_shares_are_told_in_points_never_in_percent() -> None:
    """Of what is written as points, points are said; of what is in percent, a difference is in points too."""
    for kind, entry in texts()["sentences"].items():
        for text, says in ((entry["en"], " percentage points"), (entry["ja"], "ポイント")):
            assert not re.search(rf":(?:points|signed)}}(?! ± |{says})", text), (kind, text)
    values = {"node": {"en": "A", "ja": "あ"}, "shift": {"size": 8.94, "unit": "%"}, "year": 2030.0}
    values |= {
        "left": ["A"],
        "right": ["B"],
        "rerun": 600,
        "up": 0.7,
        "down": 0.3,
        "effect": 0.4,
        "error": 0.02,
    }
    told = sentence("driver", values)
    assert (
        "level of 2030 raised by 8.94 percentage points" in told["en"] and "8.94ポイント上げる" in told["ja"]
    )
    held = sentence("driver", values | {"shift": {"size": 8.94, "unit": "kg"}})
    assert "raised by 8.94 kg" in held["en"] and "8.94 kg上げる" in held["ja"]


def test_every_sentence_is_whole_in_both_languages() -> None:
    told = tell(futures(), found())
    assert {one.part for one in told} == {"groups", "branches", "conditions"}
    for one in told:
        for language in ("en", "ja"):
            assert not re.search(r"[{}]|nan|None", one.text[language]), one
        assert re.search(r"[ぁ-ん]", one.text["ja"]) and not re.search(r"[ぁ-ん]", one.text["en"])


def test_the_same_analysis_tells_the_same_after_it_was_kept() -> None:
    again = Analysis.from_json(found().to_json())
    assert tell(futures(), again) == tell(futures(), found())


def test_a_branch_and_a_cut_of_a_continuum_are_told_apart() -> None:
    split = {one.supported: one for one in found().tree.splits}
    assert set(split) == {True, False}
    (branch,), (cut,) = sentences("branch"), sentences("continuum")
    assert branch.node == "lever" and "Most is turned by Lever" in branch.text["en"]
    assert branch.text["en"].startswith("In 2024 ")  # the lever stands from the start
    assert set(cut.about) == {*split[False].left, *split[False].right}
    assert "no branches: a cut of a continuum" in cut.text["en"]
    assert not [one for one in sentences("driver") if set(one.about) == set(cut.about)]


def test_a_driver_is_told_with_the_numbers_of_its_reruns() -> None:
    (told,) = sentences("driver")
    place = next(at for at, one in enumerate(found().tree.splits) if one.supported)
    driven = found().drivers[place]
    assert driven is not None
    first = driven.nodes[0]
    assert first.causal_effect is not None and first.error is not None
    effect = f"{points(first.causal_effect, signed=True)} ± {points(first.error)}"
    assert f"{effect} percentage points" in told.text["en"] and f"{effect}ポイント" in told.text["ja"]
    year = max(first.year, 2025.0)  # the start of the run is given: what is forced there stands a step later
    assert f"level of {year:g} raised by" in told.text["en"] and "600 futures rerun" in told.text["en"]
    assert len(told.evidence.members) == told.evidence.counts["rerun"] == 600


def test_typical_scenarios_replayed_alone_end_in_their_group() -> None:
    groups = found().groups
    for one in sentences("group"):
        ((code, numbers),) = one.evidence.typical.items()
        alone = futures().again(members=numbers)
        assert [groups.codes[place] for place in groups.classify(alone)] == [code] * 3
        assert one.evidence.counts["told"] == int((groups.labels == groups.number(code)).sum())


def test_a_sentence_names_the_event_through_which_its_driver_acts() -> None:
    (told,) = sentences("driver")
    assert [(one.name, one.kind) for one in told.evidence.links] == [("gate", "event")]


def chain() -> CausalModel:
    nodes = {name: Node(name, {"en": name.upper()}) for name in "abcd"}
    one = Spread.constant(0.1)
    edges = (
        Edge("a", "b", one, citation="first", author="A", basis="literature"),
        Edge("b", "c", one, citation="second", author="B", confidence=0.5),
        Edge("b", "c", Spread.constant(0.2), lag=one, form="saturating", citation="third", author="A"),
        Edge("c", "b", one),
        Edge("d", "c", one, form="product", second="a", citation="gate"),
    )
    event = Event(
        "shock", {2024: 0.1}, jump={"d": 1.0}, conditions=(Condition("c", above=1.0),), source="fourth"
    )
    return CausalModel("chain", nodes, edges, {"shock": event})


def test_evidence_is_what_stands_on_the_shortest_way() -> None:
    ways = Ways(chain())
    assert ways.way("a", "d") == ("a", "c", "d")  # a opens and closes the influence of d on c
    assert [one.name for one in ways.links("a", ["d"])] == ["d → c", "shock"]
    assert [one.citation for one in ways.links("b", ["c"])] == ["second", "third"]
    assert ways.links("c", ["c"]) == () and ways.way("d", "x") == ()
    assert [one.name for one in ways.links("b", ["x", "c"])] == [
        "b → c",
        "b → c (2)",
    ]  # the first that is reached
    (link,) = ways.links("a", ["b"])
    assert (link.basis, link.citation, link.author) == ("literature", "first", "A")
    assert link.label == {"en": "A → B", "ja": "A → B"}


def with_requirement(**changes: object) -> Analysis:
    conditions = next(one for one in found().conditions if one.requirements)
    changed = replace(conditions.requirements[0], **changes)  # type: ignore[arg-type]
    return replace(found(), conditions=(replace(conditions, requirements=(changed,)),))


NONE = Deadline(
    year=None,
    wanted=0.5,
    curve=((2030.0, 0.9), (2031.0, 0.8), (2032.0, 0.4), (2040.0, 0.3)),
    without=0.1,
    reason="from no year on is it enough",
    instead=(),
    spared=0.1,
    along=(),
    jointly=0.1,
)
MET = replace(NONE, year=2031.0, reason="")
IDLE = replace(NONE, reason="the other requirements suffice", curve=(), without=0.6, jointly=0.55)


@pytest.mark.parametrize(
    ("deadline", "kind", "says"),
    [
        (MET, "condition_deadline", "gives 80.0 %, from 2032 on only 40.0 %, where 50.0 % is asked for"),
        (replace(MET, curve=((2031.0, 0.8),)), "condition_end", "no deadline within the run"),
        (
            replace(MET, instead=("echo",), spared=0.7),
            "condition_either",
            "Without it the other causes give 70.0 %, without it and echo 10.0 %",
        ),
        (
            replace(NONE, instead=("echo", "idle"), spared=0.7),
            "condition_spared",
            "It can be spared, but not together with echo, idle.",
        ),
        (IDLE, "condition_cause", "suffice, giving 60.0 % without it, where 50.0 % is asked for"),
        (replace(IDLE, along=("echo",)), "condition_cause", "without it and 55.0 % without echo as well"),
        (NONE, "condition_never", "gives at best 90.0 %, from 2030 on"),
        (None, "condition_symptom", "a sign to watch"),
    ],
)
def test_causes_with_and_without_deadlines_and_symptoms(
    deadline: Deadline | None, kind: str, says: str
) -> None:
    (told,) = sentences(kind, with_requirement(deadline=deadline, cause=deadline is not None))
    assert says in told.text["en"] and not re.search(r"must|[{}]|None", told.text["en"])
    if deadline is not None and deadline.year is not None:  # the deadline, not the milestone
        assert "deadline is 2031" in told.text["en"] or "only from 2031 on" in told.text["en"]
        assert "2031年" in told.text["ja"]


def test_bounds_in_words() -> None:
    for low, high, says in (
        (1.0, None, "at least 1"),
        (None, -2.0, "at most −2"),
        (0.5, 0.7, "from 0.5 to 0.7"),
    ):
        analysis = with_requirement(low=low, high=high, deadline=None, cause=False)
        assert says in sentences("condition_symptom", analysis)[0].text["en"]


def with_branch(**changes: object) -> Analysis:
    branches = list(found().branches)
    place = next(at for at, one in enumerate(found().tree.splits) if one.supported)
    branches[place] = replace(branches[place], **changes)  # type: ignore[arg-type]
    drivers = [
        one if branch.year is not None else None
        for one, branch in zip(found().drivers, branches, strict=True)
    ]
    return replace(found(), branches=tuple(branches), drivers=tuple(drivers))


def test_a_branch_whose_year_says_little_and_one_without_a_year() -> None:
    doubted = with_branch(supported=False, reason="a continuum is told as early")
    assert "a continuum would be told as early" in sentences("branch_doubted", doubted)[0].text["en"]
    unturned = replace(doubted, drivers=tuple(None for _ in found().drivers))
    (told,) = sentences("branch_doubted_alone", unturned)  # no driver makes no doubted year a decided one
    assert "the year says little" in told.text["en"] and "it is decided" not in told.text["en"]
    untold = with_branch(
        supported=False, year=None, low=None, high=None, reason="no year from which the state tells the side"
    )
    assert "no year is told: there is no year" in sentences("branch_untold", untold)[0].text["en"]
    few = with_branch(supported=False, year=None, low=None, high=None, reason="too few scenarios")
    assert "no year is told: too few scenarios" in sentences("branch_untold", few)[0].text["en"]
    splits = tuple(replace(one, supported=False, reason="too few scenarios") for one in found().tree.splits)
    small = replace(with_branch(supported=False, year=None, reason="too few scenarios"), drivers=(None, None))
    small = replace(small, tree=replace(found().tree, splits=splits))
    assert ["is not told" in one.text["en"] for one in sentences("split_few", small)] == [True, True]
    unturned = replace(found(), drivers=tuple(None for _ in found().drivers))
    assert "No factor that was tried" in sentences("branch_alone", unturned)[0].text["en"]


def test_who_fixed_the_number_of_groups_and_what_the_test_proposed() -> None:
    (asked,) = sentences("count_asked")
    assert "3, is fixed for this analysis, not found" in asked.text["en"]
    assert f"proposes {found().groups.evidence.proposed} (p = " in asked.text["en"]
    settings: dict[str, object] = {
        "groups": {"count": 3, "why": {"en": "after a look at 2 to 4", "ja": "2～4群を見て"}}
    }
    model = replace(gate(), settings=settings)
    fixed = replace(futures(), program=replace(futures().program, model=model))
    assert (count_of(model), why_count(model)["ja"]) == (3, "2～4群を見て")
    told = tell(fixed, replace(found(), choices=replace(QUICK, count=None)))[0]
    assert told.kind == "count_model" and "not found (after a look at 2 to 4): " in told.text["en"]
    assert "（2～4群を見て）" in told.text["ja"]
    plain = tell(futures(), replace(found(), choices=replace(QUICK, count=None)))[0]
    assert "fixed by the authors of the model, not found: the test" in plain.text["en"]


def test_one_group_and_groups_found_are_told_with_their_evidence() -> None:
    quiet = {name: replace(node, noise=0.1) for name, node in gate().nodes.items()}
    model = replace(gate(), nodes=quiet, events={})
    one = simulate(model, 300, 1)
    told = tell(one, analyse(one, Choices(nulls=19, split_nulls=19, largest=3)))
    assert told[0].kind == "count_one" and "no groups" in told[0].text["en"]
    assert {sentence.kind for sentence in told} == {"count_one", "group", "conditions_none"}
    assert "（p" in told[0].text["ja"]
    two = replace(found(), groups=replace(found().groups, forced=False))
    assert tell(futures(), two)[0].kind == "count_found"


def test_every_reason_of_the_analysis_has_words() -> None:
    home = Path(room.__file__).parent
    source = "".join(path.read_text(encoding="utf-8") for path in home.rglob("*.py"))
    for reason in texts()["reasons"]:
        assert f'"{reason}"' in source, reason
    given = re.findall(r'(?:reason|return|SUFFICE|ENOUGH|split.reason or) ?=? ?"([a-z][a-z ,]{8,})"', source)
    assert len(given) > 5 and all(reason_of(one) for one in given)


def test_shares_and_points_as_they_are_read() -> None:
    shown = [percent(one) for one in (0, 0.0001, 0.004, 0.5, 0.9993, 1)]
    assert shown == ["0 %", "< 0.1 %", "0.4 %", "50 %", "99.9 %", "100 %"]
    assert percent(0.9999).startswith("> 99.9") and points(-0.125, signed=True) == "−12.5"


def test_a_year_in_which_a_continuum_is_told_too_is_no_decision() -> None:
    branch = next(one for one in found().branches if one.supported)
    early = with_branch(null_year=branch.year, null_auc=branch.auc)
    (told,) = sentences("branch_early", early)
    assert "can mostly be told" in told.text["en"] and "decided" not in told.text["en"]
    assert f"in a continuum cut in the same way from {branch.year:g} on" in told.text["en"]
    assert sentences("branch", with_branch(null_year=None)) and not sentences(
        "branch_early", with_branch(null_year=None)
    )
    unturned = replace(early, drivers=tuple(None for _ in found().drivers))
    assert "No factor that was tried" in sentences("branch_early_alone", unturned)[0].text["en"]


def test_groups_of_which_no_split_is_supported_are_not_called_found() -> None:
    splits = tuple(replace(one, supported=False) for one in found().tree.splits)
    proposed = replace(found(), groups=replace(found().groups, forced=False))
    assert sentences("count_found", proposed)
    cut = replace(proposed, tree=replace(found().tree, splits=splits))
    (told,) = sentences("count_unsupported", cut)
    assert f"of {len(splits)} splits none is supported" in told.text["en"]
    assert head_of(Kept(futures(), proposed, Path(), "", "")).endswith(", found")
    assert head_of(Kept(futures(), cut, Path(), "", "")).endswith(
        "groups, proposed, but no split is supported"
    )


def test_what_is_drawn_is_told_where_it_tells_most() -> None:
    driven = next(one for one in found().drivers if one is not None)
    for kind, name, says in (
        ("start", "lever", "the start of “Lever” tells"),
        ("strength", "lever → echo", "the strength of “Lever → echo” tells"),
        ("lag", "lever → echo", "the lag of “Lever → echo” tells"),
    ):
        top = InputDriver(kind, name, -1.5, 0.001, 0.2)
        drivers = tuple(None if one is None else replace(one, inputs=(top,)) for one in found().drivers)
        told = sentences("drawn", replace(found(), drivers=drivers))
        assert says in told[0].text["en"] and "1.5 standard deviations" in told[0].text["en"]
        weak = replace(top, importance=0.001)
        drivers = tuple(None if one is None else replace(one, inputs=(weak,)) for one in found().drivers)
        assert not sentences("drawn", replace(found(), drivers=drivers))
    assert driven.inputs


@pytest.mark.parametrize(
    ("unit", "english", "japanese"),
    [
        ("1", "", ""),
        ("%", "%", "%"),
        ("index", "index", "指数"),
        ("trillion JPY/year", "trillion JPY/year", "兆円/年"),
        ("million person", "million people", "百万人"),
        ("kg/month", "kg/month", "kg/月"),
        ("million t", "million t", "百万 t"),
        ("千台", "千台", "千台"),
    ],
)
def test_units_are_told_in_words_of_both_languages(unit: str, english: str, japanese: str) -> None:
    assert unit_of(unit) == {"en": english, "ja": japanese}
    model = replace(gate(), nodes=gate().nodes | {"lever": replace(gate().nodes["lever"], unit=unit)})
    alone = unit in ("1", "index")  # a number of an index needs no word in a sentence
    expected = {"en": "0.7", "ja": "0.7"} if alone else {"en": f"0.7 {english}", "ja": f"0.7 {japanese}"}
    assert level(model, "lever", 0.7) == expected


def test_a_plain_number_stands_alone() -> None:
    counted = replace(gate().nodes["lever"], unit="1")
    model = replace(gate(), nodes=gate().nodes | {"lever": counted})
    assert set(level(model, "lever", 16411.0).values()) == {"16,411"}
    assert change(model, "lever", 0.5)["ja"] == "0.5"
    assert bound(model, "lever", 0.2, None)["en"] == "at least 0.2"
