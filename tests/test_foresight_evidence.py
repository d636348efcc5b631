"""Evidence: sentences are made from it alone, and its figures found again from the futures another way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from planted import gate
from scipy.spatial.distance import cdist
from scipy.stats import mannwhitneyu

from meguru.examples import example_path
from meguru.examples.locate import CAUSAL
from meguru.foresight import Intervention, load
from meguru.foresight.analysis import Analysis, Choices, Conditions, analyse
from meguru.foresight.analysis.forces import begins, stands
from meguru.foresight.analysis.store import from_json, to_json
from meguru.foresight.futures import Futures
from meguru.foresight.simulation import simulate
from meguru.foresight.telling import Evidence, Sentence, tell
from meguru.foresight.telling.words import places_of, sentence

Floats = NDArray[np.float64]
Told = tuple[Futures, Analysis, tuple[Sentence, ...]]


@cache
def told(name: str) -> Told:
    if name == "gate":
        futures = simulate(gate(), 900, 5)
        found = analyse(futures, Choices(count=3, nulls=19, split_nulls=49, largest=3))
    else:
        futures = simulate(load(example_path(name, CAUSAL)), 1200, 0)
        found = analyse(futures, Choices(nulls=9, split_nulls=49, largest=6, wanted=("C", "E")))
    return futures, found, tell(futures, found)


MODELS = ("gate", "circular-economy-2050")


def paths(values: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where numbers stand in plain data."""
    if isinstance(values, Mapping):
        for key, one in values.items():
            yield from paths(one, (*at, key))
    elif isinstance(values, (list, tuple)):
        for place, one in enumerate(values):
            yield from paths(one, (*at, place))
    elif isinstance(values, (int, float)) and not isinstance(values, bool):
        yield at


def changed(values: Any, at: tuple[Any, ...]) -> Any:
    """Plain data with one number changed as much as can be seen."""
    if not at:
        if isinstance(values, int):
            return values + 1
        return values * 1.5 + 1 if abs(values) > 1 else values + (0.13 if values < 0.8 else -0.13)
    whole = dict(values) if isinstance(values, Mapping) else list(values)
    whole[at[0]] = changed(values[at[0]], at[1:])
    return whole


@pytest.mark.parametrize("name", MODELS)
def test_every_sentence_is_made_again_from_its_written_evidence_alone(name: str) -> None:
    sentences = told(name)[2]
    assert len({one.kind for one in sentences}) >= 6
    for one in sentences:
        read = from_json(Evidence, to_json(one.evidence))
        assert sentence(one.kind, read.values) == one.text
        assert set(read.values) == set(places_of(one.kind)), one.kind  # nothing more, nothing less
        assert read.counts == one.evidence.counts and read.members == one.evidence.members
        assert (
            read.forced == one.evidence.forced
            and read.curves == one.evidence.curves
            and read.links == one.evidence.links
        )


@pytest.mark.parametrize("name", MODELS)
def test_every_number_of_the_values_stands_in_the_sentence(name: str) -> None:
    for one in told(name)[2]:
        for at in paths(one.evidence.values):
            other = sentence(one.kind, changed(one.evidence.values, at))
            for language in ("en", "ja"):
                assert other[language] != one.text[language], (one.kind, at)


def test_a_kept_analysis_tells_the_same_evidence() -> None:
    futures, found, sentences = told("gate")
    again = tell(futures, Analysis.from_json(found.to_json()))
    assert [to_json(one.evidence) for one in again] == [to_json(one.evidence) for one in sentences]


# ----------------------------------------------------------------- figures found again, by a way of their own


def nearest(futures: Futures, found: Analysis, codes: tuple[str, ...]) -> list[str]:
    """Code of the group, among some, in which each future ends: from states to points to distances."""
    space, columns = found.groups.space, []
    for feature in space.features:
        path = np.asarray(futures.of(feature.node), dtype=float)
        if feature.since is None:
            columns.append(path[list(futures.years).index(feature.year)])
        else:
            inside = (futures.years >= feature.since) & (futures.years <= feature.year)
            columns.append(np.polyfit(futures.years[inside], path[inside], 1)[0])
    points = ((np.array(columns).T - space.centre) / space.spread) @ space.axes.T
    places = [found.groups.codes.index(code) for code in codes]
    return [codes[at] for at in cdist(points, found.groups.centroids[places]).argmin(axis=1)]


def forced(futures: Futures, one: Evidence, *interventions: Intervention) -> Futures:
    return simulate(
        futures.model,
        futures.count,
        futures.seed,
        interventions=interventions,
        members=one.members,
        threads=1,
    )


def share(
    futures: Futures, found: Analysis, code: str, one: Evidence, *held: tuple[str, float, float]
) -> float:
    """Share of the reruns that ends in a group, with (node, year, level) held from the year on."""
    holds = [Intervention(node, max(2024.0, year - 1), "hold", level) for node, year, level in held]
    return float(
        np.mean([it == code for it in nearest(forced(futures, one, *holds), found, found.groups.codes)])
    )


def of_kind(sentences: tuple[Sentence, ...], *kinds: str) -> list[Sentence]:
    return [one for one in sentences if one.kind in kinds]


@pytest.mark.parametrize("name", MODELS)
def test_shares_of_groups_and_how_far_they_end_from_the_mean(name: str) -> None:
    futures, found, sentences = told(name)
    ends = np.array(nearest(futures, found, found.groups.codes))
    kpis = [key for key, node in futures.model.nodes.items() if node.role == "kpi"]
    last = {key: np.asarray(futures.of(key)[-1], dtype=float) for key in kpis}
    for one in of_kind(sentences, "group"):
        values, inside = one.evidence.values, ends == one.about[0]
        assert values["share"] == pytest.approx(inside.mean())
        assert one.evidence.counts["told"] == inside.sum()
        away = [
            (last[key][inside].mean() - last[key].mean()) / last[key].std() if last[key].std() else 0.0
            for key in kpis
        ]
        largest = sorted(away, key=abs, reverse=True)[: len(values["away"])]
        assert values["away"] == pytest.approx(largest)


@pytest.mark.parametrize("name", MODELS)
def test_years_and_aucs_of_branches(name: str) -> None:
    futures, found, sentences = told(name)
    ends = np.array(nearest(futures, found, found.groups.codes))
    others = ("driver", "event", "drawn")
    branches = [one for one in sentences if one.part == "branches" and one.kind not in others]
    assert len(branches) == len(found.groups.codes) - 1
    for one in branches:
        assert one.evidence.counts["told"] == np.isin(ends, one.about).sum()
        if "year" not in one.evidence.values:
            assert one.kind in ("continuum", "branch_untold", "split_few")
            continue
        values, curve = one.evidence.values, dict(one.evidence.curves["auc"])
        below = [year for year, height in curve.items() if height < 0.9]
        assert values["year"] == (max(below) + 1 if below else 2024.0)
        assert values["auc"] == curve[values["year"]]
        # A discriminant by least squares, fitted on one half and judged on the other, tells about as well.
        at = list(futures.years).index(values["year"])
        rows = np.flatnonzero(np.isin(ends, one.about))
        left = np.isin(ends[rows], values["left"])
        happened = futures.events[:, rows] < values["year"]
        state = np.vstack([futures.states[at][:, rows], happened, np.ones(rows.size)]).T.astype(float)
        state = state / np.maximum(state.std(axis=0), 1e-9)
        fit, judge = np.arange(rows.size) % 2 == 0, np.arange(rows.size) % 2 == 1
        ridge = state[fit].T @ state[fit] + 30 * np.eye(state.shape[1])
        scores = state[judge] @ np.linalg.solve(ridge, state[fit].T @ np.where(left[fit], 1.0, -1.0))
        pairs = left[judge].sum() * (~left[judge]).sum()
        auc = mannwhitneyu(scores[left[judge]], scores[~left[judge]]).statistic / pairs
        assert auc == pytest.approx(values["auc"], abs=0.08)


@pytest.mark.parametrize("name", MODELS)
def test_effects_of_drivers(name: str) -> None:
    """The share that ends on a side: of the futures of the split, rerun, by its own centroids only."""
    futures, found, sentences = told(name)
    drivers = of_kind(sentences, "driver")
    assert drivers
    for one in drivers[:3]:
        values, ended = one.evidence.values, []
        assert set(one.evidence.members) <= set(
            np.flatnonzero(np.isin(nearest(futures, found, found.groups.codes), one.about))
        )
        for size in (values["shift"]["size"], -values["shift"]["size"]):
            begin = max(2024.0, values["year"] - 1)
            again = forced(futures, one.evidence, Intervention(one.node, begin, "shift", size))
            ended.append(np.isin(nearest(again, found, one.about), values["left"]).astype(float))
        assert (values["up"], values["down"]) == pytest.approx((ended[0].mean(), ended[1].mean()))
        change = ended[0] - ended[1]
        assert values["effect"] == pytest.approx(change.mean())
        assert values["error"] == pytest.approx(change.std() / np.sqrt(len(one.evidence.members)))
        assert values["rerun"] == len(one.evidence.members) == one.evidence.counts["rerun"]


def meets(futures: Futures, one: Sentence, members: tuple[int, ...]) -> NDArray[np.bool_]:
    values = one.evidence.values
    levels = futures.of(one.node)[list(futures.years).index(values["year"])][list(members)]
    low, high = values["bound"]["low"], values["bound"]["high"]
    return np.asarray(
        (levels >= (-np.inf if low is None else low)) & (levels <= (np.inf if high is None else high))
    )


@pytest.mark.parametrize("name", MODELS)
def test_coverage_density_and_the_level_that_is_held(name: str) -> None:
    futures, found, sentences = told(name)
    ends = np.array(nearest(futures, found, found.groups.codes))
    bounded = [one for one in found.conditions if one.requirements]
    assert bounded
    for conditions in bounded:
        about = [one for one in sentences if one.about == (conditions.group,)]
        bounds = [one for one in about if one.kind.startswith("condition_")]
        inside = ends[list(conditions.held)] == conditions.group
        every = np.ones(inside.size, dtype=bool)
        for one in bounds:
            met = meets(futures, one, conditions.held)
            every &= met
            told_shares = tuple(one.evidence.values[key] for key in ("coverage", "density", "base"))
            assert told_shares == pytest.approx((met[inside].mean(), inside[met].mean(), inside.mean()))
        boxes = of_kind(tuple(about), "conditions_box")
        assert len(boxes) == (len(bounds) > 1)  # a single bound says all by itself
        for box in boxes:
            values = box.evidence.values
            together = (every[inside].mean(), inside[every].mean())
            assert (values["coverage"], values["density"]) == pytest.approx(together)
            assert values["bounds"] == len(bounds) and values["held"] == inside.size
        for one in bounds:
            path = futures.of(one.node)[list(futures.years).index(one.evidence.values["year"])]
            typical = np.median(path[list(conditions.held)][every & inside])
            assert one.evidence.values["level"]["size"] == pytest.approx(float(typical))


def causes_of(found: Conditions) -> dict[str, tuple[str, float, float]]:
    return {one.node: (one.node, one.year, one.level) for one in found.requirements if one.cause}


@pytest.mark.parametrize("name", MODELS)
def test_gains_deadlines_and_all_causes_together_are_of_the_same_reruns(name: str) -> None:
    futures, found, sentences = told(name)
    checked = set()
    for conditions in found.conditions:
        code, held = conditions.group, causes_of(conditions)
        for one in of_kind(sentences, "conditions_together"):
            if one.about == (code,):
                values, evidence = one.evidence.values, one.evidence
                assert values["unforced"] == pytest.approx(share(futures, found, code, evidence))
                assert values["forced"] == pytest.approx(
                    share(futures, found, code, evidence, *held.values())
                )
        for one in sentences:
            if one.about != (code,) or not one.kind.startswith("condition_"):
                continue
            values, evidence = one.evidence.values, one.evidence
            base = share(futures, found, code, evidence)
            alone = share(futures, found, code, evidence, (one.node, values["year"], values["level"]["size"]))
            assert values["gain"] == pytest.approx(alone - base)
            checked.add(one.kind)
            requirement = next(it for it in conditions.requirements if it.node == one.node)
            if requirement.deadline is None:
                continue
            others = [
                it for node, it in held.items() if node not in (one.node, *requirement.deadline.instead)
            ]
            spared = [it for node, it in held.items() if node != one.node]
            if "without" in values:
                assert values["without"] == pytest.approx(share(futures, found, code, evidence, *others))
            if "spared" in values:
                assert values["spared"] == pytest.approx(share(futures, found, code, evidence, *spared))
            for year, key in ((values.get("deadline"), "reached"), (values.get("after"), "missed")):
                if year is not None:
                    level = (one.node, year, values["level"]["size"])
                    assert values[key] == pytest.approx(share(futures, found, code, evidence, *others, level))
                    assert values[key] == dict(evidence.curves["deadline"])[year]
                    assert (values[key] >= values["wanted"]) == (key == "reached")
    assert "condition_deadline" in checked or "condition_end" in checked or name != "gate"


def ends(futures: Futures, found: Analysis, one: Sentence, name: str) -> float:
    """The share that a value is, rerun with what its evidence says was forced: no year is reckoned here."""
    again = futures.again(one.evidence.forced[name], members=one.evidence.members)
    if one.kind != "driver":
        return float(np.mean([it in one.about for it in nearest(again, found, found.groups.codes)]))
    return float(np.isin(nearest(again, found, one.about), one.evidence.values["left"]).mean())


@pytest.mark.parametrize("name", MODELS)
def test_what_was_forced_stands_in_the_evidence_and_gives_its_values_again(name: str) -> None:
    futures, found, sentences = told(name)
    checked = set()
    for one in [
        *of_kind(sentences, "driver")[:2],
        *[it for it in sentences if it.kind.startswith("condition_")],
    ]:
        values = one.evidence.values
        for key in set(one.evidence.forced) - {"gain", "along", "late"}:
            assert ends(futures, found, one, key) == pytest.approx(values[key]), (one.kind, key)
            checked.add(key)
        if "gain" in values:
            again = futures.again(members=one.evidence.members)
            base = np.mean([it in one.about for it in nearest(again, found, found.groups.codes)])
            assert ends(futures, found, one, "gain") - base == pytest.approx(values["gain"])
        if one.kind == "driver":  # the shift stands in the year told, and no earlier
            up = futures.again(one.evidence.forced["up"], members=one.evidence.members[:5])
            run = futures.again(members=one.evidence.members[:5])
            row = list(futures.years).index(values["year"])
            assert (up.of(one.node)[row - 1] == run.of(one.node)[row - 1]).all()
            assert (up.of(one.node)[row] > run.of(one.node)[row]).any()
    for one in of_kind(sentences, "conditions_together"):
        assert ends(futures, found, one, "forced") == pytest.approx(one.evidence.values["forced"])
    assert {"up", "down"} <= checked and (name != "gate" or "reached" in checked)


def test_a_driver_of_the_first_year_is_told_for_the_year_in_which_its_shift_stands() -> None:
    model = gate()
    assert (begins(model, 2024.0), stands(model, 2024.0)) == (2024.0, 2025.0)
    assert (begins(model, 2030.0), stands(model, 2030.0)) == (2029.0, 2030.0)
    futures, found, _ = told("gate")
    drivers = tuple(
        None if one is None else replace(one, nodes=tuple(replace(it, year=2024.0) for it in one.nodes))
        for one in found.drivers
    )
    for one in of_kind(tell(futures, replace(found, drivers=drivers)), "driver"):
        assert one.evidence.values["year"] == 2025.0 and one.evidence.forced["up"][0].year == 2024.0
