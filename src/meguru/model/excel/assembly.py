"""The sheets of a workbook put together as one tree, as a model file would give it."""

from __future__ import annotations

from meguru.errors import DuplicateKeyError, MissingValueError, UnknownNameError, WrongTypeError, did_you_mean
from meguru.files.document import default_of
from meguru.files.tree import Mark, Node
from meguru.model.components import Model
from meguru.model.excel.bom import read_bom
from meguru.model.excel.columns import read_title
from meguru.model.excel.entry import EntryReader, any_node, cell_node, put, quantity_node
from meguru.model.excel.grid import Grid, Line
from meguru.model.excel.layout import BOM, EXTRAS, MODEL, Sheet, sheets
from meguru.model.excel.lines import REST
from meguru.model.excel.lookups import LookupReader
from meguru.model.excel.text import text_node
from meguru.model.library import route_key

Names = tuple[str, ...]


class Assembly:
    """A tree that grows sheet by sheet; entries are found again by the names in the key columns."""

    def __init__(self, workbook: str, grids: dict[str, Grid]) -> None:
        self.grids = grids
        self.lookups = LookupReader(grids)
        self.top = Node({}, (workbook, None))
        self.entries: dict[tuple[Names, Names], Node] = {((), ()): self.top}

    def tree(self) -> Node:
        """The tree of all sheets."""
        version = (self.top.mark[0], None)  # that of the form of the workbook, unless it says another
        form = default_of(Model, "meguru")
        self.top.put("meguru", Node(form, version, str(form)), version)
        if MODEL in self.grids:
            self._model(self.grids[MODEL])
        for sheet in sheets():
            grid = self.grids.get(sheet.title)
            if grid is None:
                continue
            if sheet.title == BOM:
                read_bom(grid, self.top.value.get("items", Node({}, self.top.mark)), self.lookups)
            else:
                self._sheet(sheet, grid)
        return self.top

    def _model(self, grid: Grid) -> None:
        for line in grid.lines:
            key, mark = line.name("key"), line.mark_of("key")
            path, extra, one = read_title(key, Model, mark)
            if extra:
                raise WrongTypeError(
                    f"not a key: the {extra} has a column of its own", file=mark[0], found=key
                )
            # The line turned about: as if the key were the title of the column.
            named = {"value": key, **{name: f"{key} {name}" for name in EXTRAS}}
            turned = Line(
                line.where,
                line.row,
                {named[old]: letter for old, letter in line.letters.items() if old in named},
                {named[old]: value for old, value in line.cells.items() if old in named},
            )
            node = cell_node(turned, key, path, one, self.lookups)
            if node is not None:
                put(self.top, path, node)

    def _sheet(self, sheet: Sheet, grid: Grid) -> None:
        missing = [key for key in sheet.keys if key not in grid.letters]
        if missing and grid.lines:
            raise MissingValueError("a column is missing", file=grid.where, expected=missing)
        if not sheet.parents and sheet.one.attribute.required:
            # The sheet is there: nothing in it is nothing, not something forgotten.
            put(self.top, sheet.path, Node([] if sheet.holds == "list" else {}, (grid.where, None)))
        own = ("unit data",) if sheet.one.attribute.form == "unit_data" else ()
        reader = None
        if sheet.kind is not None:
            reader = EntryReader(grid, sheet.kind, (*sheet.keys, *own), self.lookups)
        else:
            _refuse_unknown(grid, (*sheet.keys, "value", *(EXTRAS if sheet.holds == "numbers" else ())))
        for line in grid.lines:
            if reader is None:
                self._value(sheet, line)
            else:
                self._entry(sheet, line, reader, own)

    def _entry(self, sheet: Sheet, line: Line, reader: EntryReader, own: Names) -> None:
        node = reader.entry(line)
        if own and own[0] in line.cells:
            if node.value:
                raise WrongTypeError(
                    "a name of the library and data in place", file=line.mark[0], found=line.cells[own[0]],
                    expected="one of them",
                )  # fmt: skip
            node = text_node(line.cells[own[0]], line.mark_of(own[0]))
        names = tuple(line.name(key) for key in sheet.keys)
        parents = names[: len(sheet.parents)]
        if sheet.holds == "list":
            self._container(sheet, sheet.path, parents, line, []).value.append(node)
            key = route_key(node)
            if key is not None and sheet.kind is not None and sheet.kind.__name__ == "Route":
                self.entries[sheet.path, (key,)] = node
            return
        _put_new(self._container(sheet, sheet.path, parents, line, {}), names[-1], node, line, line.mark)
        self.entries[sheet.path, names] = node

    def _value(self, sheet: Sheet, line: Line) -> None:
        path = sheet.path
        names = tuple(line.name(key) for key in sheet.parents)
        if sheet.what:
            what = names[-1]
            if what not in sheet.what:
                raise UnknownNameError(
                    "no such thing", file=line.mark_of("what")[0], found=what, expected=sheet.what,
                    hint=did_you_mean(what, sheet.what),
                )  # fmt: skip
            path, names = (*path[:-1], what), names[:-1]
        if sheet.holds == "numbers":
            node = quantity_node(line, "value", self.lookups, beside="")
        else:
            node = any_node(line, "value", self.lookups)
        if node is None:
            raise MissingValueError(
                "no value", file=line.mark_of("value")[0], expected=f"a number, or '{REST}'"
            )
        container = self._container(sheet, path, names, line, {})
        _put_new(container, line.name(sheet.keys[-1]), node, line, line.mark_of("value"))

    def _container(
        self, sheet: Sheet, path: Names, names: Names, line: Line, empty: dict[str, Node] | list[Node]
    ) -> Node:
        """The mapping or list that holds the entries of what the key columns name."""
        above = max(
            (len(known) for known, _ in self.entries if known == path[: len(known)] and known != path),
            default=0,
        )
        above = above if names else 0
        owner = self.entries.get((path[:above], names))
        if owner is None:
            known = [".".join(one) for where, one in self.entries if where == path[:above]]
            raise UnknownNameError(
                f"no such {sheet.keys[len(names) - 1]}", file=line.mark_of(sheet.keys[len(names) - 1])[0],
                found=".".join(names), expected=known, hint=did_you_mean(".".join(names), known),
            )  # fmt: skip
        for key in path[above:-1]:
            if key not in owner.value:
                owner.put(key, Node({}, line.mark), line.mark)
            owner = owner.value[key]
        if path[-1] not in owner.value or not owner.value[path[-1]].value:
            owner.put(path[-1], Node(empty, line.mark), line.mark)
        found: Node = owner.value[path[-1]]
        return found


def _put_new(container: Node, name: str, node: Node, line: Line, mark: Mark) -> None:
    if name in container.value:
        raise DuplicateKeyError("a name stands twice", file=line.mark[0], found=name)
    container.put(name, node, mark)


def _refuse_unknown(grid: Grid, known: Names) -> None:
    for title in grid.letters:
        if title not in known:
            raise WrongTypeError(
                "unknown column", file=grid.mark_of(title)[0], found=title, expected=list(known),
                hint=did_you_mean(title, known),
            )  # fmt: skip
