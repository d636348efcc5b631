"""The pictures of the report: layers, arrows, Sankeys, charts, numbers; as geometry, not as pixels."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguru.report.both import Both
from meguru.report.layers import find_layers
from meguru.report.numbers import decimals_for, nice_ticks, number, scale_for, tick_texts, unit_text
from meguru.report.svg.bars import exact_sum, percent
from meguru.report.svg.canvas import Canvas, clip, width_of, wrap
from meguru.report.svg.grid import place
from meguru.report.svg.heat import SHADES, shade_of
from meguru.report.svg.lines import Line, Words, draw_lines, runs_of
from meguru.report.svg.routing import BOX_HEIGHT, BOX_WIDTH, Router, Wire
from meguru.report.svg.sankey_layout import lay_out
from meguru.report.svg.waterfall import draw_waterfall

Arc = tuple[str, str]
EMPTY = Both("", "")
WORDS = Words(Both("year", "年"), Both("undefined", "未定義"), Both("published", "公表値"), Both("cut", "切"))


def networks(most: int = 9) -> st.SearchStrategy[list[Arc]]:
    """Arcs among a few processes, loops included."""
    names = st.integers(0, most).map(lambda n: f"p{n}")
    arcs = st.tuples(names, names).filter(lambda arc: arc[0] != arc[1])
    return st.lists(arcs, min_size=1, max_size=16, unique=True)


def names_in(arcs: list[Arc]) -> list[str]:
    return list(dict.fromkeys(end for arc in arcs for end in arc))


# -- layers ------------------------------------------------------------------------------------------------


@given(networks())
def test_all_arcs_but_those_back_lead_to_a_later_layer(arcs: list[Arc]) -> None:
    layers = find_layers(names_in(arcs), arcs, {})
    assert all(layers.layer[a] < layers.layer[b] for a, b in arcs if (a, b) not in layers.back)
    assert layers.back <= set(arcs)
    assert min(layers.layer.values()) == 0


def test_without_loops_nothing_goes_back() -> None:
    arcs = [("a", "b"), ("b", "c"), ("a", "c")]
    assert find_layers("abc", arcs, {}).back == frozenset()


def test_the_loop_is_closed_where_a_store_gives_back_whatever_the_order() -> None:
    arcs = [("ore", "make"), ("make", "use"), ("use", "recycle"), ("recycle", "store"), ("store", "make")]
    for order in itertools.permutations(arcs):
        layers = find_layers(names_in(list(order)), order, {"store": "store"})
        assert layers.back == {("store", "make")}
        assert layers.layer == {"ore": 0, "make": 1, "use": 2, "recycle": 3, "store": 4}


def test_a_source_stands_right_before_what_it_serves() -> None:
    arcs = [("ore", "part"), ("part", "product"), ("product", "use"), ("glue", "product")]
    assert find_layers(names_in(arcs), arcs, {}).layer["glue"] == 1


# -- arrows ------------------------------------------------------------------------------------------------


def routed(arcs: list[Arc], lanes: int) -> Router:
    names = names_in(arcs)
    layers = find_layers(names, arcs, {})
    lane_of = {name: f"lane{index % lanes}" for index, name in enumerate(names)}
    grid = place(lane_of, [f"lane{n}" for n in range(lanes) if f"lane{n}" in lane_of.values()], layers, arcs)
    return Router(grid, [Wire(a, b, 2.0, 30.0) for a, b in arcs], 40.0, 4.0)


def pieces(wire: Wire) -> Iterator[tuple[float, float, float, float]]:
    for (x1, y1), (x2, y2) in itertools.pairwise(wire.points):
        yield min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


@given(networks(), st.integers(1, 4))
def test_every_process_has_a_cell_of_its_own(arcs: list[Arc], lanes: int) -> None:
    grid = routed(arcs, lanes).grid
    assert len(set(grid.cells.values())) == len(grid.cells) == len(names_in(arcs))
    assert all(0 <= cell.column < grid.columns and 0 <= cell.row < grid.rows for cell in grid.cells.values())


@given(networks(), st.integers(1, 4))
def test_no_arrow_crosses_a_box(arcs: list[Arc], lanes: int) -> None:
    router = routed(arcs, lanes)
    for wire in router.wires:
        for cell in router.grid.cells.values():
            left, top = router.x[cell.column], router.y[cell.row]
            for x1, y1, x2, y2 in pieces(wire):
                apart = x2 <= left or x1 >= left + BOX_WIDTH or y2 <= top or y1 >= top + BOX_HEIGHT
                assert apart, (wire, cell)


@given(networks(), st.integers(1, 4))
def test_arrows_are_level_or_upright_and_join_their_boxes(arcs: list[Arc], lanes: int) -> None:
    router = routed(arcs, lanes)
    for wire in router.wires:
        assert all(x1 == x2 or y1 == y2 for x1, y1, x2, y2 in pieces(wire))
        for name, (x, y) in ((wire.source, wire.points[0]), (wire.target, wire.points[-1])):
            cell = router.grid.cells[name]
            assert router.x[cell.column] - 0.01 <= x <= router.x[cell.column] + BOX_WIDTH + 0.01
            assert router.y[cell.row] - 0.01 <= y <= router.y[cell.row] + BOX_HEIGHT + 0.01
        assert all(0 <= x <= router.width and 0 <= y <= router.height + 14 for x, y in wire.points)


@given(networks(), st.integers(1, 4))
def test_no_arrow_lies_upon_another(arcs: list[Arc], lanes: int) -> None:
    wires = routed(arcs, lanes).wires
    for one, other in itertools.combinations(wires, 2):
        for (x1, y1, x2, y2), (u1, v1, u2, v2) in itertools.product(pieces(one), pieces(other)):
            if x1 == x2 and u1 == u2:  # both upright
                assert abs(x1 - u1) > 1.0 or y2 <= v1 + 1e-6 or v2 <= y1 + 1e-6, (one, other)
            if y1 == y2 and v1 == v2:  # both level
                assert abs(y1 - v1) > 1.0 or x2 <= u1 + 1e-6 or u2 <= x1 + 1e-6, (one, other)


# -- Sankey ------------------------------------------------------------------------------------------------


@given(networks(6), st.data())
def test_a_sankey_stacks_what_flows_without_overlap(arcs: list[Arc], data: st.DataObject) -> None:
    amounts = st.lists(st.floats(0.01, 100), min_size=2, max_size=2)
    values = {arc: data.draw(amounts) for arc in arcs}
    layers = find_layers(names_in(arcs), arcs, {})
    sankey = lay_out(values, layers, 900.0, 200.0)
    for node in sankey.nodes:
        if node.name:
            entering = sum(sum(v) for (_, b), v in values.items() if b == node.name) * sankey.size
            leaving = sum(sum(v) for (a, _), v in values.items() if a == node.name) * sankey.size
            assert node.height == pytest.approx(max(entering, leaving, 1.5))
        beside = [other for other in sankey.nodes if other.layer == node.layer and other is not node]
        assert all(node.y + node.height <= o.y + 1e-6 or o.y + o.height <= node.y + 1e-6 for o in beside)
    for ribbon in sankey.ribbons:
        assert ribbon.source.y - 1e-6 <= ribbon.start
        assert ribbon.start + ribbon.width <= ribbon.source.y + ribbon.source.height + 1e-6
        assert ribbon.end + ribbon.width <= ribbon.target.y + ribbon.target.height + 1e-6
    lows = sorted((loop.low, loop.ribbon.width) for loop in sankey.loops)
    for (low, width), (next_low, next_width) in itertools.pairwise(lows):
        assert low + width / 2 <= next_low - next_width / 2 + 1e-6
    assert len(sankey.loops) == 2 * len(layers.back)


# -- charts ------------------------------------------------------------------------------------------------


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_ticks_hold_the_values_and_are_told_apart(one: float, other: float) -> None:
    low, high = sorted((one, other))
    ticks = nice_ticks(low, high)
    slack = 1e-6 * (ticks[1] - ticks[0])
    assert ticks[0] <= low + slack and high - slack <= ticks[-1]
    assert 2 <= len(ticks) <= 8
    assert len(set(tick_texts(ticks))) == len(ticks)


def test_a_gap_stays_a_gap_and_says_so() -> None:
    line = Line(Both("rate", "率"), "#000", [None, 1.0, 2.0, None, 4.0])
    assert [[index for index, _ in piece] for piece in runs_of(line.values)] == [[1, 2], [4]]
    svg = draw_lines([line], [2020, 2021, 2022, 2023, 2024], scale_for("%", [4.0]), WORDS, EMPTY)
    assert svg.count('stroke-width="2.2"') == 2
    assert "undefined" in svg and "未定義" in svg
    whole = Line(line.label, "#000", [0.0, 1.0, 2.0, 3.0, 4.0])
    assert "undefined" not in draw_lines(
        [whole], [2020, 2021, 2022, 2023, 2024], scale_for("%", [4.0]), WORDS, EMPTY
    )


def test_an_axis_that_does_not_begin_at_zero_says_so() -> None:
    near = Line(Both.of("a"), "#000", [100.0, 104.0])
    assert "cut" in draw_lines([near], [2020, 2021], scale_for("%", [104.0]), WORDS, EMPTY)
    assert "cut" not in draw_lines(
        [near], [2020, 2021], scale_for("%", [104.0]), WORDS, EMPTY, from_zero=True
    )


def test_a_waterfall_ends_where_its_steps_lead() -> None:
    steps = [(Both.of("up"), 5.0), (Both.of("down"), -3.0)]
    svg = draw_waterfall(steps, Both.of("all"), scale_for("t", [5.0]), (0.0, 5.0), EMPTY)
    bars = [
        (float(x), float(w)) for x, w in re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', svg)
    ]
    (start, up), (fallen, down), (zero, total) = bars
    assert start == zero
    assert fallen + down == pytest.approx(start + up, abs=0.2)
    assert zero + total == pytest.approx(fallen, abs=0.2)
    assert total / up == pytest.approx(2 / 5, abs=0.01)


def test_shades_keep_order_and_nothing_has_none() -> None:
    assert shade_of(0.0, 10.0) == -1
    assert [shade_of(value, 9.0) for value in (0.1, 4.5, 9.0)] == [0, 4, len(SHADES) - 1]


# -- numbers and texts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0"), (1234567.0, "1,234,567"), (-72.0161, "−72.02"), (0.00012346, "0.0001235"), (106.0, "106")],
)
def test_numbers_as_they_are_read(value: float, shown: str) -> None:
    assert number(value) == shown


@given(st.floats(1e-9, 1e12))
def test_a_number_keeps_four_digits(value: float) -> None:
    assert float(number(value).replace(",", "")) == pytest.approx(value, rel=6e-4)


@pytest.mark.parametrize(
    ("unit", "largest", "shown"),
    [
        ("kg", 9.14e6, Both("kt/yr", "kt/年")),
        ("kg", 0.002, Both("g/yr", "g/年")),
        ("kg_CO2e", 5.2e5, Both("t-CO₂e/yr", "t-CO₂e/年")),
        ("t_CO2e", 5.2e5, Both("kt-CO₂e/yr", "kt-CO₂e/年")),
        ("JPY", 3.4e8, Both("million JPY/yr", "百万円/年")),
        ("piece", 2e5, Both("thousand pieces/yr", "千個/年")),
        ("piece", 2e3, Both("pieces/yr", "個/年")),
        ("m2", 7e9, Both("million m²/yr", "百万m²/年")),
        ("%", 4e7, Both("%/yr", "%/年")),
    ],
)
def test_units_fit_the_size_of_the_numbers(unit: str, largest: float, shown: Both) -> None:
    assert scale_for(unit, [largest], per_year=True).unit == shown


def test_a_scaled_number_is_the_number() -> None:
    assert scale_for("kg", [9.14e6]).full(9.14e6) == Both.of("9.14\N{NO-BREAK SPACE}kt")
    assert scale_for("t_CO2e", [5.2e5]).text(5.2e5) == "520"
    assert unit_text("t_CO2e/year") == Both("t-CO₂e/yr", "t-CO₂e/年")
    assert unit_text("kg_SO2e").en == "kg-SO2e"
    assert unit_text("JPY/piece") == Both("JPY/piece", "円/個")
    assert unit_text("piece/year").en == "pieces/yr" and unit_text("piece", of_one=True).en == "piece"
    assert scale_for("JPY/piece", [30_000.0]).unit.en == "thousand JPY/piece"


def test_decimals_are_shared() -> None:
    assert decimals_for([38.77, 6.115]) == 2
    assert decimals_for([128.0, 100.0]) == 0


def test_what_is_nearly_all_is_not_called_all() -> None:
    assert [percent(share) for share in (1.0, 0.9997, 0.0, 0.0004, 0.5)] == [
        "100 %", "99.97 %", "0 %", "0.04 %", "50.0 %",
    ]  # fmt: skip


def test_rounding_left_of_a_sum_is_zero() -> None:
    assert exact_sum([0.1, 0.2, -0.3]) == 0.0
    assert exact_sum([1.0, -0.9]) == pytest.approx(0.1)


@given(st.text(alphabet="ab 金属をリ、/-", min_size=1, max_size=60), st.floats(20, 200))
def test_wrapped_lines_fit_and_lose_nothing_unmarked(text: str, width: float) -> None:
    lines = wrap(text, width, 12, 3)
    assert len(lines) <= 3
    assert all(width_of(line, 12) <= width for line in lines)
    if not any("…" in line for line in lines):
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_clipping_marks_what_is_cut() -> None:
    assert clip("short", 100) == "short"
    assert clip("much too long for this", 60).endswith("…")


def test_a_canvas_escapes_everything() -> None:
    evil = '"><script>alert(1)</script>&'
    sheet = Canvas(10, 10)
    with sheet.hover(Both(evil, "良" + evil), class_=evil):
        sheet.text(1, 1, evil, fill=evil)
        sheet.lines(1, 1, Both(evil, "x"), 500)
    svg = sheet.svg(Both(evil, evil))
    assert "<script" not in svg
    assert svg.count("&lt;script&gt;") >= 6


def test_both_languages_are_filled_and_joined() -> None:
    text = Both("{a} of {b}", "{b}の{a}").fill(a=1, b=Both("two", "二"))
    assert text == Both("1 of two", "二の1")
    assert ("x" + text + "!").ja == "x二の1!"
    assert Both.of("a<b").__html__() == "a&lt;b"
    assert (
        Both("<", "ア").__html__()
        == '<span class="en" lang="en">&lt;</span><span class="ja" lang="ja">ア</span>'
    )
