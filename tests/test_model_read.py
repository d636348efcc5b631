"""Reading a model: what is read as what, and which fault gives which error at which line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sketches import CASE_1, CASE_2, SMALL

from meguru import errors
from meguru.errors import ModelError
from meguru.files import tree
from meguru.files.marks import where
from meguru.files.tree import parse_tree, plain
from meguru.model.components import Component, Item, Model, Process, Recipe, Route, Time, UnitData
from meguru.model.read import from_data, load, parse
from meguru.model.walk import clone, quantities, walk
from meguru.quantity import Quantity


def test_case_1_is_read_as_written() -> None:
    model = parse(CASE_1)
    assert model.label == {"en": "Compressor magnets", "ja": "コンプレッサ磁石"}
    assert model.time.history == 1990
    assert model.money is not None and model.money.discount_rate == Quantity(3, "%")
    assert list(model.actors) == ["material_maker", "product_maker", "user", "dismantler"]
    assert model.parameters["lost"] == Quantity(formula="1 - separated")
    use = model.processes["use"]
    assert use.demand is not None and use.demand.sales is not None
    assert list(use.demand.sales.years) == [1990, 2024, 2030]
    assert use.leave["obsolete"].scale == Quantity(14, "year")
    assert use.parts["compressor"].lifetime is not None
    collect = model.processes["collect_maintenance"]
    assert collect.split == {"separate": Quantity(0.0), "scrap": None}
    assert model.processes["extract"].yields == {"rare_earth": Quantity(0.9)}
    assert model.processes["extract"].unit == ["extraction", UnitData(cost=Quantity(10, "JPY"))]
    assert model.processes["make_magnet"].recipe == {
        "rare_earth": Recipe(efficiency=Quantity(0.9)),
        "iron": Recipe(amount=Quantity(0.14, "kg")),
    }
    route = model.routes[3]
    assert (route.source, route.target) == ("dismantle.magnet", "extract")
    assert route.residual == {0.0: 1.0, 10.0: 0.5}
    assert [fee.payer for fee in model.routes[2].fees] == ["product_maker"]
    assert len(model.routes[2].transport) == 1
    assert model.routes[5].items == ["rare_earth"]
    assert model.measures["end_of_life"].since == 2027
    assert model.scenarios["A"].measures == ["maintenance"]


@pytest.mark.parametrize("text", [CASE_1, CASE_2, SMALL], ids=["case 1", "case 2", "small"])
def test_json_gives_the_same_model(text: str, tmp_path: Path) -> None:
    data = plain(parse_tree(text, None))
    path = tmp_path / "model.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    assert load(path) == parse(text) == from_data(data)


def test_typed_objects_equal_the_file() -> None:
    built = Model(
        name="small",
        time=Time(first=2020, last=2022),
        items={"iron": Item(kind="material")},
        processes={"ore": Process(kind="supply"), "landfill": Process(kind="sink")},
        routes=[Route(source="ore", target="landfill")],
    )
    assert parse(SMALL) == built


def test_every_place_tells_its_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(CASE_1, encoding="utf-8")
    model = load(path)
    lines = CASE_1.splitlines()
    for place, text in (
        ("parameters.separated", "separated: 0.6907"),
        ("items.magnet.bom.iron", "iron: 140 g"),
        ("processes.use.leave.obsolete.scale", "scale: 14 year"),
        ("processes.collect.rules.0.split.scrap", "age_below"),
        ("routes.dismantle.magnet -> extract.price", "price: 1197"),
        ("routes.iron scrap", "name: iron scrap"),
        ("routes.collect.separate -> dismantle.transport.0.distance", "distance: 300 km"),
        ("measures.end_of_life.changes.processes.collect.split", "processes.collect.split: {"),
        ("processes.use.leave.obsolete.scale.not_there.at_all", "scale: 14 year"),
    ):
        file, line = where(model, place)
        assert file == str(path) and line is not None
        assert text in lines[line - 1]
    assert where(Model(name="built"), "items.x") == (None, None)


def test_walk_finds_every_quantity_with_its_place_and_declaration() -> None:
    model = parse(CASE_1)
    found = {
        place: (quantity, declaration.dimension) for place, quantity, declaration, _ in quantities(model)
    }
    assert found["items.magnet.bom.iron"] == (Quantity(140, "g"), "bom")
    assert found["processes.extract.yield.rare_earth"] == (Quantity(0.9), "share")
    assert found["processes.extract.unit.1.cost"] == (Quantity(10, "JPY"), "money")
    assert found["routes.collect.separate -> dismantle.fees.0.amount"][0] == Quantity(309, "JPY/piece")
    assert found["processes.collect.rules.0.age_below"] == (Quantity(3, "year"), "time")
    assert found["processes.make_magnet.recipe.iron.amount"] == (Quantity(0.14, "kg"), "bom")
    assert "processes.collect_maintenance.split.scrap" not in found  # the rest is no number
    assert all(where(model, place)[1] is not None for place in found)
    # Counted independently: each quantity of the file is one object of the class, wherever it hangs.
    assert len(found) == len({id(one) for one in _quantities_by_brute_force(model)})


def _quantities_by_brute_force(thing: Any) -> list[Quantity]:
    if isinstance(thing, Quantity):
        return [thing]
    if isinstance(thing, Component):
        thing = [value for name, value in vars(thing).items() if name not in ("marks", "folder")]
    inside = thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list) else ()
    return [quantity for value in inside for quantity in _quantities_by_brute_force(value)]


def test_clone_is_equal_and_shares_nothing_that_can_change() -> None:
    model, before = parse(CASE_1), parse(CASE_1)
    copy = clone(model)
    assert copy == model
    originals = {id(component) for _, component in walk(model)}
    assert not any(id(component) in originals for _, component in walk(copy))
    copy.items["magnet"].bom["iron"] = Quantity(1, "kg")
    copy.routes[5].items.append("iron")
    copy.measures["end_of_life"].changes["processes.collect.split"]["scrap"] = 0
    copy.processes["extract"].unit.pop()
    copy.scenarios["conventional"].targets["rate"] = 5
    assert model == before


def test_numbers_follow_the_core_schema_of_yaml_1_2() -> None:
    text = (
        "a: [1, 010, 0x1F, 0o17, 1e3, .5, true, yes, no, on, ~, null, 1_000, 2020-01-01, '1', -.inf, 12:30]"
    )
    values = plain(parse_tree(text, None))["a"]
    expected = [1, 10, 31, 15, 1000.0, 0.5, True, "yes", "no", "on", None, None, "1_000", "2020-01-01", "1"]
    assert values == [*expected, float("-inf"), "12:30"]
    assert [type(value) for value in values[:7]] == [int, int, int, int, float, float, bool]


def test_names_may_be_numbers_and_aliases_are_followed() -> None:
    text = SMALL.replace("iron: {kind: material}", "1: &m {kind: material}\n  2: *m")
    model = parse(text)
    assert model.items == {"1": Item(kind="material"), "2": Item(kind="material")}
    assert model.items["1"] is not model.items["2"]


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 10)}]\n" for i in range(8)
)

# What stands in SMALL, what it is changed to, the error, its line and place, and a piece of the message.
FAULTS: list[tuple[str, str, str, type[ModelError], int | None, str | None, str]] = [
    ("misspelt key", "name: small", "nmae: small", errors.UnknownKeyError, 1, "nmae", "Did you mean 'name'?"),
    (
        "misspelt inner key",
        "kind: sink",
        "knid: sink",
        errors.UnknownKeyError,
        7,
        "processes.landfill.knid",
        "'kind'",
    ),
    (
        "old key",
        "{from: ore,",
        "{source: ore,",
        errors.UnknownKeyError,
        9,
        "routes.0.source",
        "expected one of",
    ),
    (
        "missing value",
        "kind: sink",
        "note: x",
        errors.MissingValueError,
        7,
        "processes.landfill.kind",
        "what it does",
    ),
    ("null value", "kind: sink", "kind: ", errors.MissingValueError, 7, "processes.landfill.kind", "missing"),
    (
        "missing section",
        "items:\n  iron: {kind: material}\n",
        "",
        errors.MissingValueError,
        1,
        "items",
        "materials",
    ),
    ("text for year", "first: 2020", "first: early", errors.WrongTypeError, 2, "time.first", "whole number"),
    ("number for year", "first: 2020", "first: 2020.5", errors.WrongTypeError, 2, "time.first", "2020.5"),
    ("flag for year", "first: 2020", "first: true", errors.WrongTypeError, 2, "time.first", "flag true"),
    (
        "choice",
        "kind: sink",
        "kind: sinc",
        errors.UnknownNameError,
        7,
        "processes.landfill.kind",
        "Did you mean 'sink'?",
    ),
    ("list for mapping", "{kind: sink}", "[sink]", errors.WrongTypeError, 7, "processes.landfill", "a list"),
    (
        "text for mapping",
        "{kind: sink}",
        "sink",
        errors.WrongTypeError,
        7,
        "processes.landfill",
        "the text 'sink'",
    ),
    ("mapping for text", "name: small", "name: {a: b}", errors.WrongTypeError, 1, "name", "expected a text"),
    ("text for list", "- {from: ore, to: landfill}", "ore", errors.WrongTypeError, 9, "routes", "list"),
    (
        "flag",
        "kind: material}",
        "kind: material, renewable: yes}",
        errors.WrongTypeError,
        4,
        "items.iron.renewable",
        "true or false",
    ),
    (
        "quantity",
        "kind: material}",
        "kind: material, mass: heavy}",
        ModelError,
        4,
        "items.iron.mass",
        "heavy",
    ),
    ("unit", "kind: material}", "kind: material, mass: 3 kgg}", ModelError, 4, "items.iron.mass", "kgg"),
    (
        "empty quantity",
        "kind: material}",
        "kind: part, bom: {x: }}",
        errors.MissingValueError,
        4,
        "items.iron.bom.x",
        "no value",
    ),
    (
        "table key",
        "to: landfill}",
        "to: landfill, residual: {new: 1}}",
        errors.WrongTypeError,
        9,
        "routes.ore -> landfill.residual.new",
        "number",
    ),
    (
        "table value",
        "to: landfill}",
        "to: landfill, residual: {1: x}}",
        errors.WrongTypeError,
        9,
        "routes.ore -> landfill.residual.1",
        "number",
    ),
    (
        "table twice",
        "to: landfill}",
        "to: landfill, residual: {1: 1, 1.0: 1}}",
        errors.DuplicateKeyError,
        9,
        "routes.ore -> landfill.residual.1.0",
        "twice",
    ),
    (
        "year twice",
        "to: landfill}",
        "to: landfill, price: {values: {2010: 1, 2010.0: 2}, unit: JPY/kg}}",
        errors.DuplicateKeyError,
        9,
        "routes.ore -> landfill.price",
        "found '2010.0'",
    ),
    (
        "route twice",
        "- {from: ore, to: landfill}",
        "- {from: ore, to: landfill}\n  - {from: ore, to: landfill}",
        errors.DuplicateKeyError,
        10,
        "routes.ore -> landfill",
        "Give one of them a 'name'",
    ),
    (
        "key twice",
        "kind: sink",
        "kind: sink, kind: sink",
        errors.DuplicateKeyError,
        7,
        None,
        "first on line 7",
    ),
    ("entry twice", "  landfill:", "  ore:", errors.DuplicateKeyError, 7, None, "first on line 6"),
    ("quoted twice", "kind: sink", "kind: sink, 'kind': sink", errors.DuplicateKeyError, 7, None, "'kind'"),
    ("merge key", "{kind: sink}", "{<<: {kind: sink}}", errors.NotReadableError, 7, None, "'<<'"),
    ("tag", "kind: sink", "kind: !!str sink", errors.NotReadableError, 7, None, "a tag"),
    (
        "python tag",
        "kind: sink",
        "kind: !!python/name:os.system x",
        errors.NotReadableError,
        7,
        None,
        "a tag",
    ),
    ("list as key", "kind: sink", "[kind]: sink", errors.NotReadableError, 7, None, "as a key"),
    ("unknown alias", "kind: sink", "kind: *x", errors.NotReadableError, 7, None, "*x"),
    ("endless alias", "{kind: sink}", "&x {kind: *x}", errors.NotReadableError, 7, None, "alias inside"),
    (
        "two documents",
        "name: small",
        "---\nname: small\n---\n",
        errors.NotReadableError,
        3,
        None,
        "second document",
    ),
    ("older YAML", "name: small", "%YAML 1.1\n---\nname: small", errors.NotReadableError, 2, None, "1.1"),
    ("broken off", "to: landfill}\n", "to: lan", errors.NotReadableError, 9, None, "broken off"),
    ("broken quote", "kind: sink", "kind: 'sink", errors.NotReadableError, 10, None, "broken off"),
    ("tab", "  ore:", "\tore:", errors.NotReadableError, 6, None, "YAML"),
    ("control character", "kind: sink", "kind: si\x00nk", errors.NotReadableError, None, None, "YAML"),
]


@pytest.mark.parametrize(
    ("old", "new", "kind", "line", "place", "piece"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS]
)
def test_a_fault_is_named_with_its_line_and_place(
    old: str, new: str, kind: type[ModelError], line: int | None, place: str | None, piece: str
) -> None:
    assert SMALL.count(old) == 1
    with pytest.raises(kind) as caught:
        parse(SMALL.replace(old, new), file="small.yaml")
    error = caught.value
    assert (error.file, error.line, error.place) == ("small.yaml", line, place)
    assert piece in str(error)
    assert str(error).startswith("small.yaml")


@pytest.mark.parametrize("text", ["", "# nothing\n", "[1, 2]", "text", "---\n...\n"])
def test_what_is_no_mapping_is_no_model(text: str) -> None:
    with pytest.raises(errors.NotReadableError):
        parse(text)


def test_an_alias_bomb_is_refused_at_once() -> None:
    with pytest.raises(errors.NotReadableError, match="aliases"):
        parse(BOMB)


def test_deep_nesting_is_refused() -> None:
    for text in ("a: " + "[" * 5000, "a: " + "{a: " * 5000):
        with pytest.raises(errors.NotReadableError, match="too many levels"):
            parse(text)
    nested: dict[str, object] = {}
    nested["a"] = nested
    with pytest.raises(errors.NotReadableError, match="too many levels"):
        from_data(nested)


def test_files_that_can_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.yaml"
    with pytest.raises(errors.NotReadableError, match=r"model\.yaml"):
        load(path)
    with pytest.raises(errors.NotReadableError):
        load(tmp_path)
    path.write_bytes(SMALL.encode("utf-16"))
    with pytest.raises(errors.NotReadableError, match="UTF-8"):
        load(path)
    path.write_bytes(SMALL.replace("small", "磁石").encode("shift_jis"))
    with pytest.raises(errors.NotReadableError, match=r"model\.yaml:1: not UTF-8"):
        load(path)
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.encode())
    assert load(path) == parse(SMALL)
    monkeypatch.setattr(tree, "LARGEST_FILE", len(SMALL) - 1)
    path.write_text(SMALL, encoding="utf-8")
    with pytest.raises(errors.NotReadableError, match="too large"):
        load(path)
    monkeypatch.setattr(tree, "LARGEST_FILE", len(SMALL))
    assert load(path).name == "small"


def test_a_case_cut_off_anywhere_gives_an_error_or_a_whole_model() -> None:
    text = CASE_1[: CASE_1.index("indicators:")]  # all that follows is optional
    for cut in range(0, len(text), 97):
        try:
            parse(text[:cut], file="cut.yaml")
        except ModelError as error:
            assert error.file == "cut.yaml"
        else:
            assert "routes:" in text[:cut]


@given(st.text(alphabet=st.sampled_from("ab:{}[]&*!%'\"|>-?,# \n\t\\0é1.~<@`\x85\u2028\ufeff"), max_size=60))
def test_no_text_makes_the_reader_stumble(text: str) -> None:
    try:
        parse(f"name: x\n{text}", file="x.yaml")
    except ModelError as error:
        assert str(error).startswith("x.yaml")
    else:
        raise AssertionError("a model without items was read")


def test_two_keys_of_python_that_read_alike_are_refused() -> None:
    with pytest.raises(errors.DuplicateKeyError, match="found '2010'"):
        tree.node_of({"a": {2010: 1, "2010": 2}})


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("cp932", "Shift-JIS (cp932)"), ("euc_jp", "EUC-JP"), ("utf-16", "UTF-16")],
)
def test_the_encoding_of_a_file_that_is_not_utf_8_is_named(tmp_path: Path, encoding: str, name: str) -> None:
    path = tmp_path / "model.yaml"
    path.write_bytes("meguru: 1\nname: 日本語のランプ\n".encode(encoding))
    with pytest.raises(errors.NotReadableError) as caught:
        load(path)
    assert caught.value.hint == f"It may be {name}: save it as UTF-8."


@pytest.mark.parametrize("formula", ["= 1 - {a}", "= a * [1, 2]", "= min(a, 2)"])
def test_a_formula_in_braces_without_quotes_is_told_to_be_quoted(formula: str) -> None:
    with pytest.raises(errors.ModelError) as caught:
        parse(f"meguru: 1\nname: t\ntime: {{first: 2020, last: 2021}}\nparameters: {{a: 1, b: {formula}}}\n")
    assert "must stand in quotes" in str(caught.value) and caught.value.line == 4
