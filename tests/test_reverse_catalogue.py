"""Catalogues: read, checked, made from tables, given photos."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import openpyxl
import pytest

from meguru.errors import (
    DuplicateKeyError,
    MissingValueError,
    ModelError,
    NotReadableError,
    RangeError,
    UnknownKeyError,
    UnknownNameError,
    UnsupportedError,
    WriteError,
    WrongTypeError,
)
from meguru.files.attribute import declared
from meguru.files.tree import parse_tree, plain
from meguru.files.yaml_text import to_yaml
from meguru.reverse.catalogue import (
    Catalogue,
    ProductType,
    add_photo,
    import_catalogue,
    load_catalogue,
    save_catalogue,
)
from meguru.reverse.catalogue.files import catalogue_schema

HEAD = "name,maker,model,family,first_year,last_year,bom,plates,codes"
ROWS = 'wj,Meguru,WJ-100A,compressor,2012,2016,,WJ100A;WJ-100AA,"49012345\\d{5}"\nkx,Meguru,KX-7,,,,,,\n'


def table(folder: Path, text: str) -> Path:
    path = folder / "types.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_becomes_a_folder_and_comes_back(tmp_path: Path) -> None:
    made = import_catalogue(table(tmp_path, f"{HEAD}\n{ROWS}"))
    save_catalogue(made, tmp_path / "types")
    read = load_catalogue(tmp_path / "types")
    assert read.types == made.types
    assert read.types["wj"].spellings == ["WJ-100A", "WJ100A", "WJ-100AA"]
    assert read.types["wj"].codes == [r"49012345\d{5}"]
    assert (read.types["wj"].first_year, read.types["kx"].first_year) == (2012, None)


def test_a_workbook_says_the_same_as_csv(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEAD.split(","))
    sheet.append(
        ["wj", "Meguru", "WJ-100A", "compressor", 2012, 2016, None, "WJ100A;WJ-100AA", r"49012345\d{5}"]
    )
    sheet.append(["kx", "Meguru", "KX-7"])
    book.save(tmp_path / "types.xlsx")
    from_csv = import_catalogue(table(tmp_path, f"{HEAD}\n{ROWS}"))
    assert import_catalogue(tmp_path / "types.xlsx").types == from_csv.types


def test_a_type_without_a_name_is_called_as_its_model(tmp_path: Path) -> None:
    assert list(import_catalogue(table(tmp_path, "maker,model\nMeguru,KX-7\n")).types) == ["KX-7"]


@pytest.mark.parametrize(
    ("rows", "kind", "says"),
    [
        ("maker,model\n", MissingValueError, "no product types"),
        ("maker,model,colour\nM,A1,red\n", UnknownKeyError, "colour"),
        ("maker,model,model\nM,A1,A2\n", DuplicateKeyError, "stands twice"),
        ("maker,model\nM,A1\nM,A1\n", DuplicateKeyError, "line 2"),
        ("name,maker,model\na,M,WJ-100\nb,M,ＷＪ 100\n", DuplicateKeyError, "'a' has the same plate"),
        ("name,maker,model\na,,WJ-100\n", MissingValueError, "maker"),
        ("name,maker,model\na,M,---\n", MissingValueError, "letters or digits"),
        ("maker,model,first_year\nM,A1,soon\n", WrongTypeError, "a whole number"),
        ("maker,model,first_year\nM,A1,20012\n", RangeError, "1800 to 2200"),
        ("maker,model,first_year,last_year\nM,A1,2012,2010\n", RangeError, "before it was made first"),
        ("maker,model,codes\nM,A1,49(\n", WrongTypeError, "not a regular expression"),
        ("maker,model,codes\nM,A1,.*\n", RangeError, "empty code"),
        ("maker,model,bom\nM,A1,model.yaml\n", WrongTypeError, "FILE#ITEM"),
        ("name,maker,model\n../up,M,A1\n", WrongTypeError, "a folder can have"),
        ("maker,family\nM,compressor\n", MissingValueError, "without name and model"),
    ],
)
def test_a_wrong_table_is_refused_with_its_line(
    rows: str, kind: type[ModelError], says: str, tmp_path: Path
) -> None:
    path = table(tmp_path, rows)
    with pytest.raises(kind, match=says) as caught:
        import_catalogue(path)
    assert str(path) in str(caught.value)
    assert caught.value.line is not None or "no product types" in says


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.xlsx").write_bytes(b"no zip")
    with pytest.raises(NotReadableError, match="not a workbook"):
        import_catalogue(tmp_path / "broken.xlsx")


def folder_of(tmp_path: Path, text: str) -> Path:
    (tmp_path / "catalogue.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_faults_of_a_file_name_their_line(tmp_path: Path) -> None:
    text = "catalogue: 1\ntypes:\n  wj:\n    maker: M\n    model: WJ-1\n    bom: gone.yaml#motor\n"
    with pytest.raises(NotReadableError, match="no such model file") as caught:
        load_catalogue(folder_of(tmp_path, text))
    assert (caught.value.line, caught.value.place) == (6, "types.wj.bom")
    with pytest.raises(UnsupportedError, match="other version"):
        load_catalogue(folder_of(tmp_path, "catalogue: 2\ntypes: {}\n"))
    with pytest.raises(NotReadableError, match="no catalogue here"):
        load_catalogue(tmp_path / "nowhere")


def test_photos_lie_in_the_folder_of_their_type(tmp_path: Path) -> None:
    catalogue = Catalogue(types={"wj": ProductType(maker="M", model="WJ-1")})
    save_catalogue(catalogue, tmp_path)
    photos = tmp_path / "photos" / "wj"
    photos.mkdir(parents=True)
    for name in ("Icon_1.png", "a.jpg", "notes.txt"):
        (photos / name).write_bytes(b"")
    read = load_catalogue(tmp_path)
    assert [(one.path.name, one.is_icon) for one in read.photos_of("wj")] == [
        ("Icon_1.png", True),
        ("a.jpg", False),
    ]
    (tmp_path / "photos" / "wk").mkdir()
    with pytest.raises(UnknownNameError, match="does not have; found 'wk'"):
        load_catalogue(tmp_path)


def test_a_photo_added_twice_is_one_reference(tmp_path: Path) -> None:
    save_catalogue(Catalogue(types={"wj": ProductType(maker="M", model="WJ-1")}), tmp_path)
    catalogue = load_catalogue(tmp_path)
    first = add_photo(catalogue, "wj", b"picture", ".JPG")
    assert add_photo(catalogue, "wj", b"picture", ".jpg") == first
    assert [first] == list(catalogue.photos) == list(load_catalogue(tmp_path).photos)
    with pytest.raises(UnknownNameError, match="no such product type"):
        add_photo(catalogue, "kx", b"picture", ".jpg")
    with pytest.raises(NotReadableError, match="no place for photos"):
        add_photo(Catalogue(types=catalogue.types), "wj", b"picture", ".jpg")


def test_the_schema_takes_what_the_reader_takes_and_refuses_what_it_refuses(tmp_path: Path) -> None:
    schema = catalogue_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    save_catalogue(import_catalogue(table(tmp_path, f"{HEAD}\n{ROWS}")), tmp_path)
    saved = plain(parse_tree((tmp_path / "catalogue.yaml").read_text(encoding="utf-8"), None))
    assert list(validator.iter_errors(saved)) == []
    assert set(declared(ProductType)) == set(schema["$defs"]["ProductType"]["properties"])
    for broken in (
        {**saved, "catalogue": 2},
        {**saved, "colour": "red"},
        {"catalogue": 1, "types": {"wj": {"maker": "Meguru"}}},
        {"catalogue": 1, "types": {"wj": {"maker": "Meguru", "model": "WJ", "first_year": "soon"}}},
    ):
        assert list(validator.iter_errors(broken))
        (tmp_path / "catalogue.yaml").write_text(to_yaml(broken), encoding="utf-8")
        with pytest.raises(ModelError):
            load_catalogue(tmp_path)


def test_a_picture_is_a_reference_of_one_type_only(tmp_path: Path) -> None:
    types = {name: ProductType(maker="M", model=name) for name in ("wj", "kx")}
    save_catalogue(Catalogue(types=types), tmp_path)
    catalogue = load_catalogue(tmp_path)
    first = add_photo(catalogue, "wj", b"picture", ".jpg")
    with pytest.raises(DuplicateKeyError, match="another type") as caught:
        add_photo(catalogue, "kx", b"picture", ".jpg")
    assert caught.value.file == str(first.path) and list(catalogue.photos) == [first]


@pytest.mark.parametrize("row", ["wj,Meguru,WJ-1,rotary, 5 kg", "wj,Meguru,WJ-1,rotary,,,x"])
def test_a_cell_under_no_title_is_refused(tmp_path: Path, row: str) -> None:
    path = table(tmp_path, f"name,maker,model,family,\n{row}\n")
    with pytest.raises(UnknownKeyError, match="under no title") as caught:
        import_catalogue(path)
    assert caught.value.line == 2
    assert import_catalogue(table(tmp_path, "name,maker,model\nwj,Meguru,WJ-1,,\n")).types.keys() == {"wj"}


def test_a_folder_that_can_not_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match="can not be made"):
        save_catalogue(Catalogue(types={"wj": ProductType(maker="M", model="W")}), tmp_path / "file" / "x")
