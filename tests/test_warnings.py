"""What is probably not meant is said by the check, and does not keep a model from being run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from scipy.special import ndtri
from whole_model import whole_in

import meguru
from meguru.errors import ModelWarning, RangeError
from meguru.examples import example_names
from meguru.model import Model
from meguru.model.warnings import find_warnings
from meguru.quantity import Quantity
from meguru.random import uniforms

UNUSED = {"parameters.rest_of_rate", "parameters.some_iron", "parameters.some_carbon", "measures.unused"}


class Slip(NamedTuple):
    """An edit of the whole model, and the warning that it gives."""

    name: str
    old: str
    new: str
    place: str
    says: tuple[str, ...]


RATE = "rate: 40 %"
RECOVERY = "recovery: 95 %"
AGE = "age: 9 year"
NORMAL = "{distribution: normal, mean: 95, sd: %s, unit: '%%'}"
SLIPS = [
    Slip("year with a digit too few", "2030: 2000}", "2030: 2000, 203: 900}", "processes.use.demand.sales",
         ("far from those of the study", "found 203", "2010 to 2030")),
    Slip("year with digits exchanged", "2030: 2000}", "2030: 2000, 3020: 900}", "processes.use.demand.sales",
         ("found 3020",)),
    Slip("series after the study", RATE, "rate: {values: {2040: 40, 2050: 60}, unit: '%', beyond: hold}",
         "parameters.rate", ("begins after the study", "found 2040")),
    Slip("number from a year after the study", RECOVERY, "recovery: {value: 95 %, since: {2031: 99 %}}",
         "processes.check.recovery.since.2031", ("never holds", "2030 or earlier")),
    Slip("measure after the study", "from: 2025", "from: 2031", "measures.more.from",
         ("this measure never holds", "from 2031 on", "2030 or earlier")),
    Slip("measure that may begin after the study", "from: 2025", "from: 2025, latest: 2031",
         "measures.more.latest", ("not tried", "found 2031", "2030 or earlier")),
    Slip("measure from a year with a digit too few", "from: 2025", "from: 205", "measures.more.from",
         ("far from those of the study", "from 205 on")),
    Slip("age between two steps", AGE, "age: 9.4 year", "processes.use.segments.work.lifetimes.worn.age",
         ("whole steps", "found '9.4 steps of a year'", "step of a month")),
    Slip("share above one", RECOVERY, f"recovery: {NORMAL % 3}", "processes.check.recovery",
         ("outside what is possible", "4.8% of them", "at least 0, at most 1", "'low' and 'high'")),
    Slip("share above one, seldom", RECOVERY, f"recovery: {NORMAL % 1.2}", "processes.check.recovery",
         ("less than 0.2% of them",)),
    Slip("share above one by a formula", RATE, f"rate: {NORMAL % 3}", "processes.collect.split.take",
         ("outside what is possible", "It is computed with 'parameters.rate'")),
    Slip("negative sales", "2030: 2000}, unit: piece/year}",
         "2030: 2000}, unit: piece/year, uncertain: {distribution: normal, mean: 1, sd: 0.5}}",
         "processes.use.demand.sales", ("outside what is possible", "2.2% of them", "at least 0")),
    Slip("negative distance", "distance: 50 km",
         "distance: {distribution: normal, mean: 50, sd: 20, unit: km}",
         "routes.use.retired -> collect.transport.0.distance", ("outside what is possible",)),
    Slip("parameter", RATE, f"{RATE}\n  spare: 3", "parameters.spare", ("no formula refers",)),
    Slip("actor", "yard: {}", "yard: {}\n  idle: {}", "actors.idle", ("owns, pays and receives nothing",)),
    Slip("impact", "climate: {unit", "acid: {unit: kg_SO2e}\n  climate: {unit", "impacts.acid",
         ("always zero",)),
    Slip("exchange", "exchanges:\n", "exchanges:\n  steam: {unit: MJ}\n", "exchanges.steam",
         ("no unit data",)),
    Slip("unit data", "unit_data:\n", "unit_data:\n  forging: {cost: 1 JPY}\n", "unit_data.forging",
         ("no process uses",)),
    Slip("item", "items:\n", "items:\n  lead: {kind: material}\n", "items.lead", ("bill of materials",)),
]  # fmt: skip


def new_warnings(model: Model) -> list[ModelWarning]:
    """Those that the whole model does not give before it is edited."""
    return [one for one in meguru.check(model) if one.place not in UNUSED]


def test_the_model_that_is_edited_has_unused_names_only(tmp_path: Path) -> None:
    assert {one.place for one in meguru.check(whole_in(tmp_path))} == UNUSED


@pytest.mark.parametrize("slip", SLIPS, ids=[slip.name for slip in SLIPS])
def test_each_slip_gives_its_warning(slip: Slip, tmp_path: Path) -> None:
    found = new_warnings(whole_in(tmp_path, (slip.old, slip.new)))
    assert [one.place for one in found] == [slip.place]
    assert found[0].line is not None
    assert str(found[0]).startswith(f"{tmp_path / 'whole.yaml'}:{found[0].line}: {slip.place}: ")
    for said in slip.says:
        assert said in str(found[0])


def test_a_formula_that_may_give_no_number(tmp_path: Path) -> None:
    root = ("repair: 100 %", "repair: = sqrt(rate - 0.3)")
    found = new_warnings(whole_in(tmp_path, (RATE, f"rate: {NORMAL.replace('95', '45') % 9}"), root))
    assert [one.place for one in found] == ["processes.use.parts.coil.repair"]
    assert "samples may give no number" in str(found[0])


@pytest.mark.parametrize(
    "edit",
    [
        ("from: 2025", "from: 2030"),
        ("2030: 2000}", "2030: 2000, 2100: 2500, 1950: 0}"),
        (AGE, "age: 108 month"),
        (RECOVERY, f"recovery: {NORMAL % 1}"),  # above one in 3 of ten million
        (RECOVERY, "recovery: {distribution: normal, mean: 95, sd: 9, low: 0, high: 100, unit: '%'}"),
        (RECOVERY, "recovery: {distribution: pert, low: 80, mode: 99, high: 100, unit: '%'}"),
        ("price: 20 JPY/kWh", "price: {distribution: normal, mean: 0, sd: 9, unit: JPY/kWh}"),
    ],
)
def test_what_may_well_be_meant_gives_none(tmp_path: Path, edit: tuple[str, str]) -> None:
    assert new_warnings(whole_in(tmp_path, edit)) == []


MORE = "  more: {from: 2025, changes: {parameters.rate: 60 %}}"


@pytest.mark.parametrize(
    ("former", "later", "place"),
    [
        ("from: 2025, changes: {parameters.rate: 50 %}", "from: 2025, changes: {parameters.rate: 60 %}",
         "parameters.rate"),
        ("from: 2027, changes: {parameters.rate: 50 %}", "changes: {parameters.rate: 60 %}",
         "parameters.rate"),
        ("changes: {processes.use.leave.worn.age: 8 year}",
         "changes: {processes.use.leave: {worn: {distribution: fixed, age: 7 year}}}",
         "processes.use.leave.worn.age"),
        ("from: 2025, changes: {parameters.rate: 50 %}", "from: 2027, changes: {parameters.rate: 60 %}",
         None),
        ("changes: {parameters.rate: 50 %}", "changes: {parameters.some_iron: 60 %}", None),
    ],
)  # fmt: skip
def test_a_measure_that_another_one_overrules(
    tmp_path: Path, former: str, later: str, place: str | None
) -> None:
    measures = f"  one: {{{former}}}\n  other: {{{later}}}\n{MORE}"
    model = whole_in(tmp_path, (MORE, measures), ("measures: more", "measures: [more, one, other]"))
    model.scenarios["then"].measures.remove("more")
    found = [one for one in find_warnings(model) if "change the same place" in one.message]
    assert [one.found for one in found] == ([] if place is None else [place])
    if found:
        assert "'one' and 'other'" in str(found[0]) and "'other' wins" in str(found[0])
        assert found[0].place == "scenarios.then.measures" and found[0].line is not None


def test_a_use_that_nothing_leaves(tmp_path: Path) -> None:
    model = whole_in(tmp_path)
    use = model.processes["use"]
    use.leave.clear()
    assert "processes.use" not in {one.place for one in find_warnings(model)}  # a failed part takes them out
    for slot in use.parts.values():
        slot.lifetime = None
    (said,) = [one for one in find_warnings(model) if one.place == "processes.use"]
    assert "never leave" in str(said) and said.line is not None


def test_a_store_that_nothing_draws_from(tmp_path: Path) -> None:
    model = whole_in(tmp_path)
    model.routes = [one for one in model.routes if one.source not in ("scrap", "scrap.out")]
    (said,) = [one for one in find_warnings(model) if one.place == "processes.scrap"]
    assert "nothing draws from this store" in str(said)
    model.processes["scrap"].loss = Quantity(0.1, "1/year")
    assert "processes.scrap" not in {one.place for one in find_warnings(model)}


def test_what_only_a_scenario_has_is_looked_at_once(tmp_path: Path) -> None:
    unsure = ("parameters.rate: 60 %", f"processes.check.recovery: {NORMAL % 3}")
    found = new_warnings(whole_in(tmp_path, unsure, ("today: {", "again: {measures: more}\n  today: {")))
    assert [one.place for one in found] == ["processes.check.recovery"]


def test_what_only_a_scenario_refers_to_is_used(tmp_path: Path) -> None:
    spare = (RATE, f"{RATE}\n  spare: 50 %")
    assert len(new_warnings(whole_in(tmp_path, spare))) == 1
    assert (
        new_warnings(whole_in(tmp_path, spare, ("parameters.rate: 60 %", "parameters.rate: = spare"))) == []
    )


def test_a_library_may_hold_more_than_is_used(tmp_path: Path) -> None:
    (tmp_path / "library.yaml").write_text("unit_data: {forging: {cost: 1 JPY}}\n", encoding="utf-8")
    assert (
        new_warnings(whole_in(tmp_path, ("name: whole\n", "name: whole\nlibraries: [library.yaml]\n"))) == []
    )


def test_what_is_warned_of_stops_a_run_with_samples(tmp_path: Path) -> None:
    model = whole_in(tmp_path, (RECOVERY, f"recovery: {NORMAL % 3}"))
    assert meguru.run(model).balance.max() < 1e-9
    with pytest.raises(RangeError, match=r"check\.recovery: outside .*'low' and 'high'") as caught:
        meguru.run(model, samples=200, seed=5)
    (first,) = re.findall(r"in sample (\d+) \(counted from 0\)", str(caught.value))
    assert int(first) > 0
    drawn = 95 + 3 * ndtri(uniforms(5, "processes.check.recovery", 200))
    assert int(first) == np.flatnonzero(drawn > 100)[0]
    meguru.run(model, samples=int(first), seed=5)
    given = {"processes.check.recovery": np.array([90.0, 101.0])}
    with pytest.raises(RangeError, match=r"in sample 1 \(counted from 0\); found 1\.01"):
        meguru.run(model, values=given)


def test_a_share_of_a_series_above_one_names_the_line_of_its_year(tmp_path: Path) -> None:
    series = (
        "recovery:\n      unit: '%'\n      values:\n        2010: 90\n        2025: 130\n        2030: 90"
    )
    model = whole_in(tmp_path, ("{kind: recondition, actor: yard, recovery: 95 %}",
                             f"\n    kind: recondition\n    actor: yard\n    {series}"))  # fmt: skip
    with pytest.raises(RangeError, match="outside what is possible; found") as caught:
        meguru.check(model)
    assert caught.value.line is not None
    lines = (tmp_path / "whole.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[caught.value.line - 1].strip() == "2025: 130"


def test_the_tails_are_those_of_a_million_samples(tmp_path: Path) -> None:
    """A normal distribution is warned of from the z of one in a million on."""
    for sd, number in ((5 / 4.7, 1), (5 / 4.8, 0)):
        assert (
            len(new_warnings(whole_in(tmp_path, (RECOVERY, f"recovery: {NORMAL % np.round(sd, 6)}"))))
            == number
        )


@pytest.mark.parametrize("name", example_names())
def test_the_examples_give_no_warning(name: str) -> None:
    assert find_warnings(meguru.example(name)) == []
