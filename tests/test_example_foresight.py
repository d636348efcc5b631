"""The example circular-economy-2050: influences have passages, levers have ways, and the futures differ."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from meguru.examples import example_path
from meguru.examples.locate import CAUSAL
from meguru.foresight import CausalModel, Edge, Event, Node, check, load
from meguru.foresight.checks.divergence import leading_mode
from meguru.foresight.checks.network import sources_of
from meguru.foresight.futures import Futures
from meguru.foresight.simulation import simulate

NAME = "circular-economy-2050"
AIMS = {"resource circulation", "environment", "economy", "society"}
AUTHOR = "meguru project, expert judgement"
JUDGED = "expert judgement of this project"

SEED_LINES = {"000": 5364, "001": 893, "002": 154, "003": 375, "004": 604}  # of the text of each seed
PASSAGE = re.compile(r"seed (00[0-4]), (?:line (\d+)|lines (\d+)–(\d+)) 「([^」]+」?[^」]*)」: \S.{9,}")
LONGEST_QUOTE = 25
WIDTHS = {
    0.7: 0.2,
    0.6: 0.3,
    0.5: 0.4,
    0.4: 0.5,
}  # confidence → half the spread, as the head of the file says


@cache
def model() -> CausalModel:
    return load(example_path(NAME, CAUSAL))


@cache
def futures() -> Futures:
    return simulate(model(), 400, seed=1, threads=1)


@cache
def ways() -> dict[str, list[Edge]]:
    found: dict[str, list[Edge]] = {}
    for edge in model().edges:
        for name in sources_of(edge):
            found.setdefault(name, []).append(edge)
    return found


@cache
def reached(name: str) -> frozenset[str]:
    known: set[str] = set()
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one not in known:
            known.add(one)
            waiting.extend(edge.target for edge in ways().get(one, ()))
    return frozenset(known)


def role(name: str) -> set[str]:
    return {key for key, node in model().nodes.items() if node.role == name}


def named_parts() -> list[Node | Event]:
    return [*model().nodes.values(), *model().events.values()]


def sign(source: str, target: str) -> str:
    (edge,) = (one for one in model().edges if (one.source, one.target) == (source, target))
    return edge.polarity


# ----------------------------------------------------------------------------------------- its size and words


def test_it_is_as_large_as_it_says() -> None:
    whole = model()
    assert (len(whole.nodes), len(whole.edges), len(whole.events)) == (139, 450, 16)
    assert (whole.first, whole.last, whole.step) == (2024, 2050, 1)
    text = example_path(NAME, CAUSAL).read_text(encoding="utf-8")
    readme = example_path(NAME, CAUSAL).with_name("README.md").read_text(encoding="utf-8")
    for said in (text.splitlines()[0], readme):
        assert "139 factors, 450 influences and 16 events" in said
    assert "**Source.**" in readme and "**Licence.**" in readme


def test_nothing_in_it_hardly_means_what_it_says() -> None:
    assert check(model()) == ()


def test_everything_has_labels_in_both_languages_and_none_twice() -> None:
    named = named_parts()
    for one in named:
        assert one.label.keys() == {"ja", "en"} and all(one.label.values()), one.name
    for language in ("ja", "en"):
        assert max(Counter(one.label[language] for one in named).values()) == 1


def test_the_numbers_are_called_judged_everywhere() -> None:
    whole = model()
    assert all(JUDGED in one.source for one in named_parts())
    assert "All numbers are expert judgement of this project" in whole.note
    assert {(edge.basis, edge.author) for edge in whole.edges} == {("expert", AUTHOR)}


def test_all_indicators_of_the_seed_are_factors() -> None:
    numbers = [
        int(found[1])
        for node in model().nodes.values()
        if (found := re.match(r"indicator #(\d+) of", node.source))
    ]
    assert sorted(numbers) == list(range(1, 46))


def test_all_forms_and_thresholds_occur() -> None:
    forms = Counter(edge.form for edge in model().edges)
    assert forms.keys() == {"linear", "saturating", "threshold", "product"}
    assert forms["threshold"] >= 15 and forms["product"] >= 6


# ------------------------------------------------------------------------------------------ passages


def passage(text: str) -> tuple[str, int, int, str]:
    found = PASSAGE.match(text)
    assert found, text
    seed, line, first, last, quote = found.groups()
    return seed, int(line or first), int(line or last), quote


def test_every_influence_and_event_names_its_passage() -> None:
    quotes: dict[tuple[str, int, int], set[str]] = {}
    texts = [edge.citation for edge in model().edges] + [event.source for event in model().events.values()]
    for text in texts:
        seed, first, last, quote = passage(text)
        assert 1 <= first <= last <= SEED_LINES[seed], text
        assert len(quote) <= LONGEST_QUOTE, text
        if not quote.startswith("#"):
            quotes.setdefault((seed, first, last), set()).add(quote)
    assert all(len(found) == 1 for found in quotes.values())  # the same lines are quoted alike
    assert {seed for seed, _, _ in quotes} == set(SEED_LINES) and len(quotes) >= 150


def test_influences_from_the_table_of_relations_name_its_cell() -> None:
    indicators = {
        node.name: int(found[1])
        for node in model().nodes.values()
        if (found := re.match(r"indicator #(\d+) of", node.source))
    }
    cells = 0
    for edge in model().edges:
        cell = re.search(r"row #(\d+), column #(\d+), ([IO])\)", edge.citation)
        if cell is None:
            continue
        cells += 1
        row, column, way = int(cell[1]), int(cell[2]), cell[3]
        inwards = (indicators[edge.source], indicators[edge.target])
        assert inwards == ((row, column) if way == "I" else (column, row)), edge.citation
        assert column <= 5 < row
    assert cells >= 60


def test_spreads_follow_the_confidence() -> None:
    for edge in model().edges:
        low, mode, high = edge.strength.low, edge.strength.mode, edge.strength.high
        assert edge.confidence in WIDTHS
        for bound in (mode - low, high - mode):
            assert bound == pytest.approx(WIDTHS[edge.confidence] * abs(mode), rel=0.03, abs=0.0015), (
                edge.citation
            )
        assert edge.polarity == ("+" if mode > 0 else "-")


# ------------------------------------------------------------------------------------------ structure


def test_each_aim_has_kpis_with_a_direction() -> None:
    fields = Counter(model().nodes[name].field for name in role("kpi"))
    assert fields.keys() == AIMS and min(fields.values()) >= 3
    assert all(model().nodes[name].direction in ("up", "down") for name in role("kpi"))


def test_every_lever_reaches_every_aim_and_every_kpi_has_levers() -> None:
    assert 12 <= len(role("lever")) <= 20
    for name in role("lever"):
        assert {model().nodes[one].field for one in reached(name) & role("kpi")} == AIMS, name
        start = model().nodes[name].start
        assert start.low < 0 < start.high, name  # effort falls off in some futures, and grows in others
    for kpi in role("kpi"):
        assert all(kpi in reached(name) for name in role("lever")), kpi


def test_efforts_do_nothing_while_they_stay_as_in_the_first_year() -> None:
    edges = [edge for edge in model().edges if edge.source in role("lever")]
    assert edges and all(edge.reference == 0 for edge in edges)


@pytest.mark.parametrize(
    ("chain", "signs"),
    [
        # Case 1 of seed 000: eco-design leaves less to recycle, and the input rate falls.
        (
            (
                "ecodesign_adoption",
                "product_lifetime",
                "recyclate_supply",
                "recyclate_competition",
                "input_rate",
            ),
            "+---",
        ),
        # Case 2: investment is passed on in prices, and consumption and market shrink.
        (("price_gap", "consumption", "ce_market"), "-+"),
    ],
)
def test_the_two_cases_of_the_seed_are_in_it(chain: tuple[str, ...], signs: str) -> None:
    assert "".join(sign(*pair) for pair in pairwise(chain)) == signs


def test_investment_raises_prices_unless_its_value_is_seen() -> None:
    raises, relieves = sorted(
        (edge for edge in model().edges if (edge.source, edge.target) == ("ce_investment", "price_gap")),
        key=lambda edge: edge.polarity,
    )
    assert (raises.form, raises.polarity) == ("linear", "+")
    assert (relieves.form, relieves.second, relieves.gate) == ("product", "visible_value", "threshold")


# ------------------------------------------------------------------------------------------ what it does


def test_its_linear_part_does_not_run_away_even_without_bounds() -> None:
    free = {name: replace(node, low=-np.inf, high=np.inf) for name, node in model().nodes.items()}
    for extreme in (False, True):
        mode = leading_mode(replace(model(), nodes=free), extreme=extreme)
        assert mode is not None and mode.factor <= 1.0


def test_few_futures_end_at_a_bound() -> None:
    for name, node in model().nodes.items():
        ends = futures().of(name)[-1]
        assert np.isfinite(ends).all() and np.mean((ends <= node.low) | (ends >= node.high)) < 0.05, name


def test_every_kpi_differs_between_futures() -> None:
    for name in role("kpi"):
        low, high = np.quantile(futures().of(name)[-1], [0.1, 0.9])
        assert high - low > 0.5 * model().nodes[name].scale, name


@pytest.mark.parametrize(
    ("node", "year", "low", "high"), [("regulation", 2036, 0.9, 1.4), ("public_awareness", 2036, 1.0, 1.5)]
)
def test_rules_and_awareness_come_or_do_not(node: str, year: int, low: float, high: float) -> None:
    levels = futures().of(node)[year - 2024]
    assert np.mean((levels > low) & (levels < high)) < 0.06
    assert np.mean(levels <= low) > 0.25 and np.mean(levels >= high) > 0.2


def test_events_happen_in_some_futures_and_not_in_others() -> None:
    for name, years in zip(model().events, futures().events, strict=True):
        assert 0.01 < np.isfinite(years).mean() < 0.95, name


def test_rules_without_awareness_tire_people() -> None:
    ends = {name: futures().of(name)[-1] for name in ("regulation", "public_awareness", "fatigue")}
    ruled, aware = ends["regulation"] > 1.2, ends["public_awareness"] > 1.5
    assert ends["fatigue"][ruled & ~aware].mean() > ends["fatigue"][ruled & aware].mean() + 0.5
    assert ends["fatigue"][ruled & ~aware].mean() > ends["fatigue"][~ruled & ~aware].mean()
