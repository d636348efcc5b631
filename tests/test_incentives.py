"""Incentives: their money in the ledger, who pays and who gains, and what information is worth."""

from __future__ import annotations

import numpy as np
import pytest
from edits import edited
from hypothesis import given
from hypothesis import strategies as st

import meguru
from meguru import errors
from meguru.examples import example_path
from meguru.explore.plans.accounts import of_year
from meguru.explore.plans.measures import Taken, with_plan
from meguru.explore.proposals.incentives import TOGETHER, Incentives, weigh_incentives
from meguru.explore.proposals.information import sorting_value
from meguru.model.read import parse
from meguru.report.sentences import incentive_sentences

TEXT = example_path("atm-parts").read_text(encoding="utf-8")
BONUS = """\
  bonus:
    label: {en: bonus for machines, ja: 引取奨励金}
    kind: subsidy
    from: 2026
    owner: part_maker
    receiver: user
    route: collect.allied -> allied_yard
    amount: 2000 JPY/piece
    cost: 1 MJPY/year
    changes: {}
  more_parts:
"""
RULE = """\
  rule:
    kind: rule
    owner: product_maker
    receiver: user
    changes: {parameters.reused: 4 %}
  more_parts:
"""
BONUS_MODEL = parse(edited(TEXT, ("  more_parts:\n", BONUS)))


@pytest.fixture(scope="module")
def battery() -> Incentives:
    return weigh_incentives(meguru.example("small-battery"), over="mean")


def test_money_of_an_incentive_goes_from_its_owner_to_its_receiver_from_its_year() -> None:
    meguru.check(BONUS_MODEL)
    result = meguru.run(with_plan(BONUS_MODEL, "today", (Taken("bonus"),), "with"), "with")
    money = result.table("money")
    of_measure = money[(money["where"] == "measure") & (money["name"] == "bonus")]
    assert set(of_measure["payer"]) == {"part_maker"} and set(of_measure["payee"]) == {"user"}
    assert set(of_measure["group"]) == {"subsidy"}
    paid = of_measure.groupby("time")["value"].sum()
    expected = 2000 * 0.6 * 1364 + 1e6
    assert paid.to_numpy() == pytest.approx([0.0, 0.0, *[expected] * 5])
    of_kind = of_measure.groupby("kind")["value"].sum()
    assert of_kind["fixed"] == pytest.approx(5e6) and of_kind["fee"] == pytest.approx(5 * 2000 * 0.6 * 1364)


def test_an_incentive_that_sets_what_another_measure_can_choose_is_one_still() -> None:
    text = edited(
        TEXT, ("  more_parts:\n", BONUS.replace("changes: {}", "changes: {parameters.reused: 4 %}"))
    )
    assert list(weigh_incentives(parse(text)).moved) == ["bonus"]
    plain = edited(TEXT, ("  more_parts:\n", RULE))
    assert list(weigh_incentives(parse(plain)).moved) == ["rule"]


def test_its_group_can_be_asked_for_in_formulas() -> None:
    from meguru.indicators import calculate

    result = meguru.run(with_plan(BONUS_MODEL, "today", (Taken("bonus"),), "with"), "with")
    found = calculate(result, 'revenue(actor="user", group="subsidy")', "MJPY/year")
    assert found["value"].iloc[-1] == pytest.approx((2000 * 0.6 * 1364 + 1e6) / 1e6)


def test_what_an_incentive_that_only_pays_moves() -> None:
    found = weigh_incentives(BONUS_MODEL)
    (moved,) = found.moved.values()
    amount = 2000 * 0.6 * 1364 + 1e6
    assert dict(moved.paid) == {("part_maker", "user"): pytest.approx(amount)}
    assert dict(moved.money) == {("part_maker", "user"): pytest.approx(amount)}
    assert moved.gains == {"part_maker": pytest.approx(-amount), "user": pytest.approx(amount)}
    assert moved.payers == ["part_maker"] and moved.gainers == ["user"]
    assert not moved.goods and not moved.information
    before, after = moved.values["co2_change"]
    assert before == after


def test_gains_sum_to_zero_with_the_outside_and_come_from_the_payments(battery: Incentives) -> None:
    for moved in battery.moved.values():
        turnover = sum(abs(gain) for gain in moved.gains.values())
        assert sum(moved.gains.values()) == pytest.approx(0.0, abs=1e-9 * turnover)
        for actor in battery.actors:
            income = sum(amount for (_, payee), amount in moved.money.items() if payee == actor)
            cost = sum(amount for (payer, _), amount in moved.money.items() if payer == actor)
            assert income - cost == pytest.approx(moved.gains.get(actor, 0.0), abs=1e-9 * turnover)


def test_every_gain_is_that_of_separate_runs(battery: Incentives) -> None:
    from meguru.indicators import calculate

    model = with_plan(meguru.example("small-battery"), "today", (Taken("repair_subsidy"),), "with")
    for actor in ("repair_base", "municipality", "user"):
        formula = f'gain(actor="{actor}")'
        with_it, without = (
            calculate(meguru.run(model, one), formula, "JPY/year")["value"].mean()
            for one in ("with", "today")
        )
        assert battery.moved["repair_subsidy"].gains[actor] == pytest.approx(with_it - without)


def test_sharing_what_is_known_does_not_pay_who_shares_it(battery: Incentives) -> None:
    shared = battery.moved["shared_history"]
    assert shared.information == [("battery_company", "collector")]
    assert shared.gains["battery_company"] < 0.0 < shared.gains["collector"]
    texts = incentive_sentences(battery)
    assert any("バッテリー企業には回収事業者との情報共有の利点がない" in text.ja for text in texts)
    assert list(battery.moved)[-1] == TOGETHER
    goods = shared.goods  # what is not recycled goes to a second use
    assert goods["collector", "recycler"] < 0.0 < goods["collector", "battery_company"]


def test_a_model_without_incentives_says_so() -> None:
    with pytest.raises(errors.UnknownNameError, match="no incentive"):
        weigh_incentives(meguru.example("atm-parts"))
    with pytest.raises(errors.UnknownNameError, match="shared_history"):
        weigh_incentives(meguru.example("small-battery"), ["shared_histori"])


Table = list[list[float]]
payoffs = st.lists(st.lists(st.floats(-100, 100), min_size=2, max_size=2), min_size=3, max_size=3)


@given(payoffs, payoffs, st.floats(0, 1), st.floats(0, 0.5))
def test_information_is_never_worth_less_than_nothing_to_all(
    maker: Table, recycler: Table, share: float, error: float
) -> None:
    shares = [share / 2, share / 2, 1 - share]
    tables = {"maker": maker, "recycler": recycler}
    perfect = sorting_value(shares, tables)
    test = np.full((3, 3), error / 2) + np.eye(3) * (1 - 1.5 * error)
    noisy = sorting_value(shares, tables, test)
    assert -1e-9 <= noisy.total <= perfect.total + 1e-9
    assert sum(perfect.worth.values()) == pytest.approx(perfect.total, abs=1e-9)
    useless = sorting_value(shares, tables, np.full((3, 2), 0.5))
    assert useless.total == pytest.approx(0.0, abs=1e-9)


def test_information_by_hand_and_who_it_harms() -> None:
    # half are good: reuse brings the maker 90 (bad: −40) and takes 20 from the recycler
    found = sorting_value([0.5, 0.5], {"maker": [[90, 0], [-40, 0]], "recycler": [[-10, 10], [-10, 10]]})
    assert found.treatment_blind == 0 and found.treatment_known == [0, 1]
    assert found.worth == {"maker": pytest.approx(20.0), "recycler": pytest.approx(10.0)}
    harmed = sorting_value([0.5, 0.5], {"maker": [[90, 0], [-200, 0]], "recycler": [[0, 30], [0, 30]]})
    assert harmed.treatment_blind == 1
    assert harmed.worth == {"maker": pytest.approx(45.0), "recycler": pytest.approx(-15.0)}


def test_what_a_test_that_errs_is_worth_by_hand() -> None:
    # of each 10: the test says good of 4 that are and of 1 that is not, and the other way round
    found = sorting_value([0.5, 0.5], {"maker": [[90, 0], [-40, 0]]}, [[0.8, 0.2], [0.2, 0.8]])
    assert found.blind == {"maker": pytest.approx(0.5 * 90 - 0.5 * 40)}
    assert found.known == {"maker": pytest.approx(0.4 * 90 - 0.1 * 40)}
    assert found.treatment_known == [0, 1]


def test_months_are_summed_to_years() -> None:
    years = np.repeat([2020, 2021], 12)
    amounts = np.where(years == 2020, 1.0, 3.0)[:, None]
    assert of_year(amounts, years, "mean").tolist() == [24.0]
    assert of_year(amounts, years, "last").tolist() == [36.0] and of_year(amounts, years, 2020).tolist() == [
        12.0
    ]


@pytest.mark.parametrize(
    ("shares", "table", "signals", "kind"),
    [
        ([0.5, 0.6], [[1, 2], [3, 4]], None, errors.ShareError),
        ([1.5, -0.5], [[1, 2], [3, 4]], None, errors.ShareError),
        ([0.5, 0.5], [[1, 2]], None, errors.RangeError),
        ([0.5, 0.5], [[1, 2], [3, float("nan")]], None, errors.RangeError),
        ([0.5, 0.5], [[1, 2], [3, 4]], [[0.5, 0.4], [0.5, 0.5]], errors.ShareError),
        ([0.5, 0.5], [[1, 2], [3, 4]], [0.5, 0.5], errors.RangeError),
        ([0.5, 0.5], [[1, 2], [3, 4]], [[], []], errors.RangeError),
        (1.0, [[1, 2]], None, errors.RangeError),
    ],
)
def test_sorting_refuses_slips(shares: object, table: object, signals: object, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        sorting_value(shares, {"maker": table}, signals)  # type: ignore[arg-type, dict-item]


def test_gains_of_one_sentence_are_told_in_one_scale(battery: Incentives) -> None:
    moved = battery.moved["repair_subsidy"]
    assert min(map(abs, moved.gains.values())) < 1e6 < max(map(abs, moved.gains.values()))
    text = incentive_sentences(battery)[[*battery.moved].index("repair_subsidy")].en
    assert "million" in text and "thousand" not in text
