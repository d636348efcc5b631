"""``meguru indicators network``: the 45 indicators, and what moves what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

import click

from meguru.cli.options import language_option

if TYPE_CHECKING:
    from pandas import DataFrame

    from meguru.indicators.network import Arrow, Network, Node, Path, Watched
    from meguru.model import Model

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
INDICATOR = click.argument("indicator")
SIGNS = {"+": "as it does", "-": "against it", "unknown": "sign unknown"}


@click.group(short_help="The 45 indicators as a network: what moves what, what to watch.")
def network() -> None:
    """The 45 indicators of seed 000 and how they move each other.

    INDICATOR is a number (3, '#3') or a name in Japanese or English. The table of the source gives no signs;
    only its two cases do, and only they are shown with a direction.

    \b
    Examples:
      meguru indicators network list
      meguru indicators network what-moves 3
      meguru indicators network what-it-moves 32
      meguru indicators network watch 32
      meguru indicators network watch 32 --model refrigerators -s ecodesign
      meguru indicators network paths 32 3
      meguru indicators network draw 3 --out around-3.svg
    """


@network.command("list")
@JSON
def list_(as_json: bool) -> None:
    """List the 45 with layer, group and domain."""
    from meguru.cli.screen import QUIET, console, print_json, table
    from meguru.indicators.network import forty_five

    known = forty_five()
    if as_json:
        print_json({"source": known.source, "indicators": [_node(one) for one in known.indicators]})
        return
    shown = table()
    for head in ("#", "indicator", "layer", "group", "domain"):
        shown.add_column(head, justify="right" if head == "#" else "left")
    for one in known.indicators:
        layer = _word(known, "layers", one.layer) + ("" if one.layer_firm else " *")
        domain = _word(known, "domains", one.domain) + (" **" if one.domain_from == "inferred" else "")
        shown.add_row(one.id, _name(one), layer, _word(known, "groups", one.group), domain)
    screen = console()
    screen.print(shown)
    screen.print()
    screen.print("*  read from the page's order, its colours are lost   ** inferred", style=QUIET)


@network.command("what-moves")
@INDICATOR
@JSON
def moving(indicator: str, as_json: bool) -> None:
    """What moves INDICATOR."""
    from meguru.indicators.network import forty_five, what_moves

    known = forty_five()
    _show_arrows(known, known.find(indicator), what_moves(indicator), "moved by", as_json)


@network.command("what-it-moves")
@INDICATOR
@JSON
def moved(indicator: str, as_json: bool) -> None:
    """What INDICATOR moves."""
    from meguru.indicators.network import forty_five, what_it_moves

    known = forty_five()
    _show_arrows(known, known.find(indicator), what_it_moves(indicator), "moves", as_json)


@network.command("paths")
@click.argument("source")
@click.argument("target")
@click.option("--longest", type=int, default=3, show_default=True, help="Most arrows along the table.")
@JSON
def ways(source: str, target: str, longest: int, as_json: bool) -> None:
    """The ways from SOURCE to TARGET, the shortest first."""
    from meguru.cli.screen import console, print_json, table
    from meguru.indicators.network import forty_five, paths

    known = forty_five()
    found = paths(source, target, longest)
    if as_json:
        print_json({"paths": [_path(one) for one in found]})
        return
    if not found:
        console().print(f"no way of at most {longest} arrows")
        return
    shown = table()
    shown.add_column("way", overflow="fold")
    shown.add_column("moves", no_wrap=True)
    for one in found:
        shown.add_row(_way(known, one), SIGNS[one.sign])
    console().print(shown)


@network.command("draw")
@INDICATOR
@click.option("--out", "-o", type=click.Path(dir_okay=False, path_type=File), required=True, help="SVG file.")
@language_option
@JSON
def drawing(indicator: str, out: File, spoken: str | None, as_json: bool) -> None:
    """Draw what moves INDICATOR and what it moves."""
    from meguru.cli.models import make_folder
    from meguru.cli.screen import console, print_json
    from meguru.cli.tables import print_files
    from meguru.cli.values import language
    from meguru.files.writing import write_beside
    from meguru.indicators.network import forty_five
    from meguru.report.svg.alone import alone
    from meguru.report.svg.network import draw_around

    picture = alone(draw_around(forty_five(), indicator), spoken or language())
    make_folder(out.parent)
    write_beside(out, picture.encode("utf-8"))
    if as_json:
        print_json({"files": [str(out)]})
    else:
        print_files(console(), [out])


@network.command("watch")
@INDICATOR
@click.option("--falls", is_flag=True, help="The measure pushes it down, not up.")
@click.option("--model", help="A model whose indicators are numbered (no3, no32 …): show how they move.")
@click.option("--scenario", "-s", "scenarios", multiple=True, help="A scenario of it; default all.")
@click.option("--against", help="Scenario to compare with; default its reference.")
@click.option("--year", type=int, help="Year to look at; default the last.")
@click.option("--samples", type=click.IntRange(1), help="Samples of uncertain numbers; default their means.")
@JSON
def watching(
    indicator: str,
    falls: bool,
    model: str | None,
    scenarios: tuple[str, ...],
    against: str | None,
    year: int | None,
    samples: int | None,
    as_json: bool,
) -> None:
    """What to watch when a measure pushes INDICATOR, and with --model what a simulation shows."""
    from meguru.cli.models import read_model
    from meguru.cli.screen import console, print_json
    from meguru.cli.values import label, records
    from meguru.indicators.network import forty_five, watch

    known = forty_five()
    pushed = known.find(indicator)
    found = watch(indicator, "falls" if falls else "rises")
    if model is None and (scenarios or against or year or samples):
        raise click.UsageError("--scenario, --against, --year and --samples belong to --model.")
    moves = None
    if model is not None:
        read = read_model(model)
        moves = _simulated(pushed, read, scenarios, against, year, samples)
    if as_json:
        data: dict[str, Any] = {"pushed": _node(pushed), "watch": [_watched(one) for one in found]}
        if moves is not None:
            data["simulated"] = records(moves)
        print_json(data)
        return
    _print_watched(known, pushed, found, falls)
    if moves is not None:
        console().print()
        labels = {name: label(one, name) for name, one in read.indicators.items()}
        _print_moves(moves, labels, sampled=samples is not None)


def _simulated(
    pushed: Node,
    model: Model,
    scenarios: Iterable[str],
    against: str | None,
    year: int | None,
    samples: int | None,
) -> DataFrame:
    import meguru
    from meguru.cli.models import known_scenarios
    from meguru.cli.screen import progress
    from meguru.indicators.network import side_effects

    names = known_scenarios(model, scenarios) or None
    with progress("running", samples) as advance:
        comparison = meguru.compare(model, names, samples=samples, progress=advance)
        return side_effects(comparison, pushed.id, against=against, year=year)


def _show_arrows(known: Network, node: Node, arrows: tuple[Arrow, ...], verb: str, as_json: bool) -> None:
    from meguru.cli.screen import QUIET, STRONG, console, print_json, table

    beside = known.undirected.get(node.id, ())
    children = known.hierarchy.get(node.id, ())
    if as_json:
        data = {"indicator": _node(node), "arrows": [_arrow(one) for one in arrows]}
        lost = known.might_be_lost if node.id in (known.lost_column, *known.might_be_lost) else ()
        print_json(
            {**data, "direction_lost": beside, "children_inferred": children, "one_of_these_cells_lost": lost}
        )
        return
    screen = console()
    screen.print(f"{_called(known, node.id)} {verb}", style=STRONG)
    shown = table()
    for head in ("#", "indicator", "moves", "from"):
        shown.add_column(head)
    for one in arrows:
        other = known.nodes[one.source if one.target == node.id else one.target]
        shown.add_row(_number(other), _name(other), SIGNS[one.sign], _basis(known, one))
    screen.print(shown)
    if node.formulas:
        screen.print(f"computed by: {', '.join(node.formulas)}", style=QUIET)
    if beside:
        named = ", ".join(_called(known, one) for one in beside)
        screen.print(f"drawn beside it, direction lost: {named}", style=QUIET)
    if node.id in (known.lost_column, *known.might_be_lost):
        rows = " ".join(f"#{one}" for one in known.might_be_lost)
        screen.print(
            f"one of the relations of {rows} to #{known.lost_column} is lost in the text", style=QUIET
        )
    if children:
        named = ", ".join(_called(known, one) for one in children)
        screen.print(f"heading of (inferred): {named}", style=QUIET)


def _print_watched(known: Network, pushed: Node, found: tuple[Watched, ...], falls: bool) -> None:
    from meguru.cli.screen import QUIET, STRONG, console, table

    screen = console()
    screen.print(f"if {_called(known, pushed.id)} {'falls' if falls else 'rises'}, watch", style=STRONG)
    shown = table()
    shown.add_column("#")
    shown.add_column("indicator")
    shown.add_column("direction", no_wrap=True)
    shown.add_column("by way of", overflow="fold")
    for one in found:
        if one.level != "onward":
            by = ", ".join(
                _number(known.nodes[name]) or _name(known.nodes[name]) for name in one.path.nodes[1:-1]
            )
            way = f"{one.direction} (inferred)" if one.level == "inferred" else one.direction
            beside = "".join(f"; beside {_name(node)}" for node in one.beside)
            shown.add_row(one.node.id, _name(one.node), way, (by or "directly") + beside)
    screen.print(shown)
    onward = sorted(int(one.node.id) for one in found if one.level == "onward")
    if onward:
        named = " ".join(f"#{one}" for one in onward)
        screen.print(f"and what those move, direction unknown: {named}", style=QUIET)
    for case in {case.id: case for one in found for case in one.cases}.values():
        screen.print()
        screen.print(f"case {case.number}: {_spoken(case.name)}")
        for condition in _conditions(found, case.id):
            screen.print(f"  {condition}", style=QUIET)
        screen.print(f"  cure: {_spoken(case.cure)}")


def _conditions(found: Iterable[Watched], case: str) -> list[str]:
    """Under which the case holds, each once."""
    held = (
        _spoken(arrow.condition)
        for one in found
        for arrow in one.path.arrows
        if arrow.case == case and arrow.condition is not None
    )
    return list(dict.fromkeys(held))


def _print_moves(moves: DataFrame, labels: Mapping[str, str], *, sampled: bool) -> None:
    from meguru.cli.screen import console, number, table
    from meguru.cli.values import records

    shown = table("simulated")
    for head in ("scenario", "indicator", "before", "after", "unit", "moves", "stated"):
        shown.add_column(head, justify="right" if head in ("before", "after") else "left")
    last = ""
    for row in records(moves):
        scenario = "" if row["scenario"] == last else row["scenario"]
        last = row["scenario"]
        stated = "" if row["stated"] == "unknown" else row["stated"]
        numbers = (number(row["before"]), number(row["after"]))
        share = f" in {100 * row['share']:.0f} %" if sampled else ""
        shown.add_row(
            scenario, labels[row["indicator"]], *numbers, row["unit"], row["direction"] + share, stated
        )
    console().print(shown)


def _spoken(words: Any) -> str:
    from meguru.cli.values import language

    return str(words.of(language()))


def _name(node: Node) -> str:
    return _spoken(node.name)


def _number(node: Node) -> str:
    return "" if node.number is None else f"#{node.id}"


def _called(known: Network, name: str) -> str:
    return f"{_number(known.nodes[name])} {_name(known.nodes[name])}".strip()


def _way(known: Network, path: Path) -> str:
    return " → ".join(_number(known.nodes[name]) or _name(known.nodes[name]) for name in path.nodes)


def _word(known: Network, kind: str, name: str) -> str:
    return _spoken(known.words[kind][name])


def _basis(known: Network, arrow: Arrow) -> str:
    if arrow.case is None:
        return "table" if arrow.sure == "certain" else f"table, reading {arrow.sure}"
    told = [f", {_spoken(words)}" for words in (arrow.via, arrow.condition) if words is not None]
    return f"case {known.cases[arrow.case].number}{''.join(told)}"


def _node(node: Node) -> dict[str, Any]:
    return {
        "id": node.id,
        "number": node.number,
        "name": node.name._asdict(),
        "layer": node.layer,
        "layer_firm": node.layer_firm,
        "group": node.group,
        "domain": node.domain,
        "domain_from": node.domain_from,
        "formulas": node.formulas,
    }


def _arrow(arrow: Arrow) -> dict[str, Any]:
    return {
        "from": arrow.source,
        "to": arrow.target,
        "sign": arrow.sign,
        "basis": arrow.basis,
        "case": arrow.case,
        "reading": arrow.sure,
        "condition": None if arrow.condition is None else arrow.condition._asdict(),
        "via": None if arrow.via is None else arrow.via._asdict(),
    }


def _path(path: Path) -> dict[str, Any]:
    return {"nodes": path.nodes, "sign": path.sign, "arrows": [_arrow(one) for one in path.arrows]}


def _watched(one: Watched) -> dict[str, Any]:
    cures = [{"case": case.id, "cure": case.cure._asdict()} for case in one.cases]
    return {
        "indicator": one.node.id,
        "name": one.node.name._asdict(),
        "direction": one.direction,
        "level": one.level,
        "beside": [node.name._asdict() for node in one.beside],
        "path": _path(one.path),
        "cases": cures,
    }
