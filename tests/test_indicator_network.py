"""The 45 indicators as a network: as they are printed, what moves what, what is unknown stays unknown."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from click.testing import CliRunner
from example_runs import compared, model_of
from hypothesis import given
from hypothesis import strategies as st

import meguru
from meguru.cli.indicators.network import network as command
from meguru.cli.main import main
from meguru.errors import IndicatorError, MeguruError, RangeError, ScenarioError, UnknownNameError
from meguru.files.tree import parse_tree, plain
from meguru.indicators.network import (
    Arrow,
    forty_five,
    paths,
    side_effects,
    watch,
    what_it_moves,
    what_moves,
)
from meguru.indicators.network.graph import Path as Way
from meguru.indicators.network.reading import network_of
from meguru.indicators.network.simulated import numbered
from meguru.model.components import Indicator
from meguru.report.svg.alone import alone
from meguru.report.svg.network import draw_around

# The relation table as it stands in the text, cell after cell: columns from top to bottom, "-" no relation.
# Of the first block one cell of the last 20 is lost.
ROWS_6_TO_25 = (
    "-OOOO-OOOOIIIIOOOOOOIIIIIIIIIIOOO--II-OOIIIOOOOOOIIII--O--OOI-OOOOO-OIIII--OO-OO--I------IOOO--I-OO"
)
ROWS_26_TO_45 = (
    "OIIIIIIO--OOIOOIOI-IO-----IIIIII-I---O--O-----I-OO-------I-IO-----I-OOOO----OI-IO-----O---II-----O--"
)
WORDS = {"I": "in", "O": "out", "-": "none"}
NUMBERS = st.integers(1, 45)
FOLDER = resources.files("meguru.indicators.network")
DATA = plain(parse_tree(FOLDER.joinpath("forty_five.yaml").read_text(encoding="utf-8"), "forty_five.yaml"))


def cell(row: int, column: int) -> str:
    return forty_five().cells[row, column]


# ------------------------------------------------------------------------------------------ as printed


def test_the_199_cells_are_those_of_the_text_and_the_lost_one_is_marked() -> None:
    printed = {
        **{(6 + k % 20, 1 + k // 20): WORDS[mark] for k, mark in enumerate(ROWS_6_TO_25[:80])},
        **{(26 + k % 20, 1 + k // 20): WORDS[mark] for k, mark in enumerate(ROWS_26_TO_45)},
        **{(6 + k, 5): WORDS[mark] for k, mark in enumerate(ROWS_6_TO_25[80:96])},
    }
    assert len(ROWS_6_TO_25) == 99 and len(ROWS_26_TO_45) == 100
    for place, expected in printed.items():
        assert cell(*place) == expected, place
    last = [cell(row, 5) for row in (22, 23, 24, 25)]
    assert last.count("lost") == 1
    assert [one for one in last if one != "lost"] == [WORDS[mark] for mark in ROWS_6_TO_25[96:]]
    counts = Counter(forty_five().cells.values())
    assert counts["lost"] == 1 and counts.total() - counts["lost"] == 199


def test_column_3_holds_those_that_are_drawn_around_indicator_3() -> None:
    into = {int(one.source) for one in what_moves(3) if one.basis == "table"}
    out = {int(one.target) for one in what_it_moves(3) if one.basis == "table"}
    assert into == {6, 7, 8, 15, 16, 17, 18, 32, 43, 45}
    assert out == {9, 10, 11, 12, 13, 14, 21, 24, 25, 26, 34, 35}
    assert forty_five().undirected == {"3": ("2", "4")}


def test_counts_of_layers_and_groups_are_the_printed_ones() -> None:
    indicators = forty_five().indicators
    assert [one.number for one in indicators] == list(range(1, 46))
    layers = Counter(one.layer for one in indicators)
    assert layers == {"vision": 5, "nation": 13, "business": 19, "product": 8}
    assert Counter(one.group for one in indicators) == {"representative": 5, "cps": 26, "added": 14}
    assert [one.number for one in indicators if one.group == "representative"] == [1, 2, 3, 4, 5]
    assert {one.domain_from for one in indicators if one.group == "added"} == {"inferred"}


def test_almost_all_are_related_and_44_is_not() -> None:
    alone = [row for row in range(6, 46) if all(cell(row, k) == "none" for k in range(1, 6))]
    assert alone == [44]
    assert not what_moves(44) and not what_it_moves(44) and not watch(44)


def test_data_file_fits_its_schema() -> None:
    schema = json.loads(FOLDER.joinpath("forty_five.schema.json").read_text(encoding="utf-8"))
    data = with_texts(DATA)
    jsonschema.validate(data, schema)
    spoiling: list[Callable[[Any], Any]] = [
        lambda one: one["relations"]["7"].append("in"),
        lambda one: one["relations"].update({"7": ["in", "out", "none", "none", "up"]}),
        lambda one: one["indicators"].pop("45"),
        lambda one: one["cases"]["ecodesign"]["arrows"][0].update(sign="unknown"),
        lambda one: one["hierarchy"].update(inferred=False),
    ]
    for spoil in spoiling:
        spoilt = json.loads(json.dumps(data))
        spoil(spoilt)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(spoilt, schema)


def with_texts(data: Any) -> Any:
    """Keys as JSON has them."""
    if isinstance(data, dict):
        return {str(key): with_texts(one) for key, one in data.items()}
    return [with_texts(one) for one in data] if isinstance(data, list) else data


def test_formulas_are_found_in_the_catalogue() -> None:
    known = meguru.catalogue()
    named = {node.number: node.formulas for node in forty_five().indicators if node.formulas}
    assert {1, 2, 3, 4, 5} < set(named)
    for ids in named.values():
        found = [known.find(one)[1] for one in ids]
        assert [one and one.id for one in found] == list(ids)


# ------------------------------------------------------------------------------------------ what is unknown


def test_no_arrow_of_the_table_has_a_sign_and_every_arrow_of_a_case_has() -> None:
    for arrow in forty_five().arrows:
        assert (arrow.sign == "unknown") == (arrow.basis == "table") == (arrow.case is None), arrow


def test_the_lost_cell_and_what_is_inferred_make_no_arrows() -> None:
    known = forty_five()
    assert not [one for one in known.arrows if {one.source, one.target} == {"5", "23"}]
    table = {(one.source, one.target) for one in known.arrows if one.basis == "table"}
    for parent, children in known.hierarchy.items():
        for child in children:
            assert int(parent) > 5 and int(child) > 5  # the table joins only with 1 to 5
            assert (parent, child) not in table
    assert len(table) == sum(one in ("in", "out") for one in known.cells.values())


def test_reading_of_each_cell_says_how_sure_it_is() -> None:
    sure = {(one.source, one.target): one.sure for one in forty_five().arrows if one.basis == "table"}
    assert sure["7", "3"] == "certain" and sure["32", "4"] == "certain"
    assert sure["15", "4"] == "high" and sure["15", "5"] == "medium-high"
    assert {sure["5", "24"], sure["5", "25"]} == {"uncertain"}


def test_labels_of_the_figure_come_out_of_the_cases() -> None:
    """The figure's seven arrow labels: four rise, three fall."""
    labels: list[str] = []
    for case in forty_five().cases.values():
        held = dict(case.pushed)
        for arrow in [*case.arrows] * len(case.arrows):
            if arrow.source in held:
                held[arrow.target] = Way((Arrow("", "", held[arrow.source], "case"), arrow)).sign
        labels += [sign for node, sign in held.items() if node.isdecimal()]
    assert Counter(labels) == {"+": 4, "-": 3}


# ------------------------------------------------------------------------------------------ queries


def test_watch_tells_case_1() -> None:
    first, *others = watch(32)
    assert (first.node.number, first.direction, first.level) == (3, "falls", "stated")
    assert first.path.nodes == ("32", "ecodesign.life", "ecodesign.supply", "ecodesign.competition", "3")
    assert "資源フロー" in first.cases[0].cure.ja
    assert [one.node.number for one in others if one.level == "direct"] == [1, 2, 4]
    assert all(one.direction == "unknown" for one in others)


def test_watch_tells_case_2_with_its_condition() -> None:
    found = {one.node.number: one for one in watch(37)}
    assert {number: found[number].direction for number in (18, 12, 1)} == {
        18: "rises",
        12: "falls",
        1: "falls",
    }
    assert found[18].path.conditions == ()
    assert [one.ja for one in found[1].path.conditions] == ["付加価値が市場で認められない場合"]


def test_a_push_down_turns_the_directions_round() -> None:
    up, down = watch(37), watch(37, "falls")
    turned = {"rises": "falls", "falls": "rises", "unknown": "unknown"}
    assert [turned[one.direction] for one in up] == [one.direction for one in down]


def test_cases_that_state_opposite_directions_leave_it_unknown() -> None:
    data = json.loads(json.dumps(with_texts(DATA)))
    other = json.loads(json.dumps(data["cases"]["ecodesign"]))
    other["arrows"][0]["sign"] = "-"
    data["cases"]["other"] = other
    (found,) = (one for one in watch(32, network=network_of(data)) if one.node.number == 3)
    assert (found.direction, [case.id for case in found.cases]) == ("unknown", ["ecodesign", "other"])
    data["cases"]["other"] = data["cases"]["ecodesign"]
    (found,) = (one for one in watch(32, network=network_of(data)) if one.node.number == 3)
    assert (found.direction, len(found.cases)) == ("falls", 2)


@given(NUMBERS)
def test_watched_are_reached_once_and_by_the_way_told(number: int) -> None:
    known = forty_five()
    found = watch(number)
    assert len({one.node.id for one in found}) == len(found)
    for one in found:
        assert one.node.number not in (None, number)
        assert one.path.nodes[0] == str(number) and one.path.nodes[-1] == one.node.id
        assert all(arrow in known.arrows for arrow in one.path.arrows)
        of_a_case = one.level in ("stated", "inferred")
        assert (one.direction != "unknown") == (one.path.sign != "unknown") == of_a_case
        assert (one.path.arrows[-1].basis == "case") == of_a_case


@given(NUMBERS, NUMBERS)
def test_what_moves_and_what_it_moves_are_two_views_of_one_thing(one: int, other: int) -> None:
    onward = [arrow for arrow in what_it_moves(one) if arrow.target == str(other)]
    assert onward == [arrow for arrow in what_moves(other) if arrow.source == str(one)]


@given(NUMBERS, NUMBERS, st.integers(1, 3))
def test_paths_are_ways_along_arrows_without_a_node_twice(source: int, target: int, longest: int) -> None:
    found = paths(source, target, longest)
    assert len(set(found)) == len(found)
    for path in found:
        assert path.nodes[0] == str(source) and path.nodes[-1] == str(target) != path.nodes[0]
        assert len(set(path.nodes)) == len(path.nodes)
        assert all(before.target == after.source for before, after in pairwise(path.arrows))
        assert len({arrow.case for arrow in path.arrows}) == 1
        assert len(path.arrows) <= longest or path.arrows[0].case is not None
    lengths = [len(path.arrows) for path in found]
    assert lengths == sorted(lengths)


def test_paths_of_two_arrows_are_those_of_the_table_multiplied() -> None:
    """Counted otherwise: rows in a column that is ``in`` with the other column's ``out``."""
    found = [path for path in paths(3, 5, 2) if len(path.arrows) == 2]
    between = [row for row in range(6, 46) if cell(row, 3) == "out" and cell(row, 5) == "in"]
    assert sorted(int(path.nodes[1]) for path in found) == between == [21]


@pytest.mark.parametrize("name", ["#32", "32", " 32 ", "エコデザイン採用率", "eco-design adoption rate", 32])
def test_an_indicator_is_found_by_number_and_name(name: int | str) -> None:
    assert forty_five().find(name).number == 32


def test_other_spellings_of_the_text_lead_to_the_same() -> None:
    known = forty_five()
    for spelling, number in {"環境との相互作用": 24, "製品価値の消費": 12, "CEへの投資額": 18}.items():
        assert known.find(spelling).number == number
    spellings = [one for node in known.nodes.values() for one in (node.name.ja, *node.also)]
    assert len(set(spellings)) == len(spellings)


@pytest.mark.parametrize(
    ("call", "error", "told"),
    [
        (lambda: what_moves(46), UnknownNameError, "1 to 45"),
        (lambda: what_moves(0), UnknownNameError, "1 to 45"),
        (lambda: what_moves(-3), UnknownNameError, "1 to 45"),
        (lambda: what_it_moves(""), UnknownNameError, "1 to 45"),
        (lambda: what_it_moves("エコデザイン採用"), UnknownNameError, "Did you mean 'エコデザイン採用率'"),
        (lambda: what_it_moves("market size"), UnknownNameError, "CE market size"),
        (lambda: watch(32, "up"), UnknownNameError, "rises"),
        (lambda: watch(32.5), UnknownNameError, "32.5"),  # type: ignore[arg-type]
        (lambda: paths(32, 3, 0), RangeError, "1 to 6"),
        (lambda: paths(32, 3, 7), RangeError, "1 to 6"),
        (lambda: paths(32, 99), UnknownNameError, "99"),
        (lambda: side_effects(compared("refrigerators"), 46), UnknownNameError, "46"),
        (lambda: side_effects(compared("refrigerators"), year=1999), RangeError, "2020 to 2045"),
        (lambda: side_effects(compared("refrigerators"), against="eco"), ScenarioError, "ecodesign"),
        (lambda: side_effects(compared("motor")), IndicatorError, "no3"),
    ],
)
def test_wrong_questions_give_named_errors(call: Any, error: type[MeguruError], told: str) -> None:
    with pytest.raises(error, match=re.escape(told)):
        call()


# ------------------------------------------------------------------------------------------ simulated


def test_indicators_of_a_model_are_numbered_by_their_names() -> None:
    model = meguru.example("motor")
    assert numbered(model) == {}
    for name in ("no3", "no3.copper", "node", "no_7", "xno3", "no3x", "no4_rate"):
        model.indicators[name] = Indicator(formula="1")
    assert numbered(model) == {"no3": 3, "no3.copper": 3}
    model.indicators["no46"] = Indicator(formula="1")
    with pytest.raises(UnknownNameError, match="46"):
        numbered(model)


@pytest.mark.parametrize(("against", "year"), [(None, None), ("regulation", 2030)])
def test_side_effects_are_the_differences_of_the_indicators(against: str | None, year: int | None) -> None:
    found = compared("refrigerators")
    values = meguru.evaluate(found)
    table = side_effects(found, 32, against=against, year=year)
    model = model_of("refrigerators")
    first = against or "conventional"
    assert set(table["scenario"]) == set(model.scenarios) - {first}
    assert len(table) == len(model.indicators) * (len(model.scenarios) - 1)
    of_year = values[values["year"] == (year or 2045)].set_index(["scenario", "indicator"])["value"]
    for row in table.to_dict("records"):
        before, after = of_year[first, row["indicator"]], of_year[row["scenario"], row["indicator"]]
        assert (row["before"], row["after"]) == pytest.approx((before, after), rel=1e-12)
        assert row["change"] == pytest.approx(after - before, rel=1e-9, abs=1e-6)
        expected = "holds" if row["change"] == 0 else "rises" if row["change"] > 0 else "falls"
        assert row["direction"] == expected and row["share"] == 1.0


def test_only_the_whole_is_stated_and_rounding_is_no_change() -> None:
    table = side_effects(compared("refrigerators"), 32).set_index(["scenario", "indicator"])
    assert table.loc[("ecodesign", "no3"), "stated"] == "falls"
    assert set(table.loc[table.index.get_level_values(1).str.contains(".", regex=False), "stated"]) == {
        "unknown"
    }
    for indicator in ("no4", "no7", "no9", "no37"):
        assert table.loc[("ecodesign", indicator), "direction"] == "holds", indicator


def test_share_is_that_of_the_samples_which_move_so() -> None:
    values = {"parameters.elasticity": np.array([0.5, 1.5, 1.6, 1.7])}
    comparison = meguru.compare(model_of("refrigerators"), ["investment"], values=values)
    row = side_effects(comparison, 18).set_index("indicator").loc["no1"]
    assert (row["direction"], row["share"]) == ("falls", 0.75)


def test_what_is_undefined_moves_nowhere() -> None:
    model = meguru.example("refrigerators")
    model.indicators = {
        "no4": Indicator(formula='units(source="assemble_a_ecodesign") / cost(group="investment")')
    }
    model.indicators["no4"].unit = "piece/JPY"
    table = side_effects(meguru.compare(model, ["ecodesign", "investment"]))
    assert list(table["direction"]) == ["undefined", "undefined"]
    assert table["change"].isna().all() and table["before"].isna().all()
    assert list(table["after"].isna()) == [True, False]


# ------------------------------------------------------------------------------------------ picture


def test_picture_holds_each_arrow_once_and_colours_only_what_has_a_sign() -> None:
    svg = draw_around(forty_five(), 3)
    for arrow in (*what_moves(3), *what_it_moves(3)):
        node = forty_five().nodes[arrow.source if arrow.target == "3" else arrow.target]
        words = "" if node.number is None else f"#{node.number} "
        assert f"{words}{node.name.ja}" in svg
    lines = re.findall(r'<path d="M[^"]* C[^"]*" fill="none" stroke="(#\w+)"', svg)
    assert Counter(lines) == {"#9aa4ae": 22, "#b3261e": 1}
    assert svg.count('stroke-dasharray="3 3"') == 3  # to #2, to #4, and in the key
    assert "direction lost" not in draw_around(forty_five(), 32)


def test_pictures_of_the_pages_are_those_that_are_drawn() -> None:
    folder = Path(__file__).parents[1] / "docs" / "assets"
    for language in ("en", "ja"):
        held = (folder / f"forty-five.{language}.svg").read_text(encoding="utf-8")
        assert held == alone(draw_around(forty_five(), 3), language)
        other = {"en": "取り合い", "ja": "competition"}[language]
        assert other not in held


# ------------------------------------------------------------------------------------------ command line


def asked(*arguments: str) -> Any:
    done = CliRunner().invoke(command, [*arguments, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_command_line_gives_what_python_gives() -> None:
    assert [one["number"] for one in asked("list")["indicators"]] == list(range(1, 46))
    arrows = asked("what-moves", "#3")["arrows"]
    assert [one["from"] for one in arrows] == [one.source for one in what_moves(3)]
    arrows = asked("what-it-moves", "32")["arrows"]
    assert [one["to"] for one in arrows] == [one.target for one in what_it_moves(32)]
    assert asked("what-it-moves", "5")["one_of_these_cells_lost"] == ["22", "23", "24", "25"]
    found = asked("watch", "32")["watch"]
    assert [(one["indicator"], one["direction"]) for one in found] == [
        (one.node.id, one.direction) for one in watch(32)
    ]
    down = asked("watch", "37", "--falls")["watch"]
    assert [one["direction"] for one in down] == [one.direction for one in watch(37, "falls")]
    assert len(asked("paths", "32", "3", "--longest", "2")["paths"]) == len(paths(32, 3, 2))


def test_command_line_shows_a_side_effect_in_numbers() -> None:
    arguments = ("watch", "32", "--model", "refrigerators", "-s", "ecodesign", "--against", "regulation")
    found = {
        one["indicator"]: one for one in asked(*arguments)["simulated"] if one["scenario"] == "ecodesign"
    }
    assert (found["no3"]["direction"], found["no3"]["stated"]) == ("falls", "falls")
    assert found["no3"]["after"] < found["no3"]["before"]


@pytest.mark.parametrize("language", ["en_GB.UTF-8", "ja_JP.UTF-8"])
def test_texts_on_the_screen_are_in_the_language_of_the_terminal(language: str) -> None:
    runner = CliRunner(env={"LC_ALL": language, "COLUMNS": "140"})
    done = runner.invoke(command, ["watch", "37"], catch_exceptions=False)
    words = ("価格への転嫁", "付加価値が市場で認められない場合")
    english = ("passed on in the price", "if the market does not recognise the added value")
    for one in words if language.startswith("ja") else english:
        assert one in done.output
    for name in ("list", "what-moves", "what-it-moves", "paths"):
        numbers = {"list": [], "paths": ["32", "3"]}.get(name, ["22"])
        shown = runner.invoke(command, [name, *numbers], catch_exceptions=False)
        assert shown.exit_code == 0 and shown.output.strip()
        if numbers == ["22"]:
            assert "lost in the text" in shown.output


def test_a_picture_is_written(tmp_path: Path) -> None:
    path = tmp_path / "new" / "around.svg"
    done = asked("draw", "32", "--out", str(path), "--language", "ja")
    assert done == {"files": [str(path)]}
    assert path.read_text(encoding="utf-8") == alone(draw_around(forty_five(), 32), "ja")


def test_wrong_names_are_told_at_the_command_line() -> None:
    done = CliRunner().invoke(main, ["indicators", "network", "watch", "99", "--json"])
    assert done.exit_code == 1 and json.loads(done.stdout)["error"]["kind"] == "UnknownNameError"


def test_options_of_a_model_need_a_model() -> None:
    done = CliRunner().invoke(command, ["watch", "32", "--year", "2040"])
    assert done.exit_code == 2 and "--model" in done.output


def test_only_the_push_of_a_case_is_stated_and_the_opposite_inferred() -> None:
    def first(number: int, push: str) -> tuple[Any, ...]:
        one = watch(number, push)[0]
        return one.node.number, one.direction, one.level, [node.id for node in one.beside]

    assert first(32, "rises") == (3, "falls", "stated", ["ecodesign.regulation"])
    assert first(32, "falls") == (3, "rises", "inferred", ["ecodesign.regulation"])
    assert first(18, "rises") == (12, "falls", "stated", [])
    assert first(18, "falls") == (12, "rises", "inferred", [])
    # The case moves #12 down by its push, so down is what it states of what follows.
    assert first(12, "falls") == (1, "falls", "stated", [])
    assert first(12, "rises") == (1, "rises", "inferred", [])


def test_nothing_is_stated_of_a_scenario_that_does_not_push() -> None:
    model = meguru.example("refrigerators")
    table = side_effects(meguru.compare(model, ["regulation", "ecodesign"]), pushed=32)
    said = table[table["indicator"] == "no3"].set_index("scenario")["stated"]
    assert dict(said) == {"regulation": "unknown", "ecodesign": "falls"}


def test_both_ways_of_the_first_case_have_the_signs_of_the_text() -> None:
    """#32 → life → supply → #3, and regulation → #7 of maker B → competition → #3 of maker A."""
    comparison = meguru.compare(
        meguru.example("refrigerators"), ["ecodesign-only", "regulation", "ecodesign"]
    )
    table = side_effects(comparison).set_index(["scenario", "indicator"])["direction"]
    assert table["ecodesign-only", "no3"] == table["ecodesign", "no3"] == "falls"
    for scenario in ("regulation", "ecodesign"):
        assert table[scenario, "no7.recycled_b"] == "rises" and table[scenario, "no3.plastics_a"] == "falls"
    beside_ecodesign = side_effects(comparison, against="ecodesign-only").set_index(["scenario", "indicator"])
    assert beside_ecodesign.loc[("ecodesign", "no3.plastics_a"), "direction"] == "falls"
