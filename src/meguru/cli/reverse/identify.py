"""``meguru reverse identify`` and ``meguru reverse confirm``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from meguru.cli.main import MODEL_FAULT, OK

if TYPE_CHECKING:
    from rich.console import Console

    from meguru.reverse.identify import Identification, Outcome

WAYS = ("code", "plate", "appearance")
catalogue_argument = click.argument(
    "catalogue", type=click.Path(exists=True, file_okay=False, path_type=Path)
)


@click.command(short_help="Tell which product types photos show.")
@catalogue_argument
@click.argument("photos", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--by", "ways", type=click.Choice(WAYS), multiple=True, help="Only by this; may be given again."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def identify(catalogue: Path, photos: tuple[Path, ...], ways: tuple[str, ...], as_json: bool) -> int:
    """Identify PHOTOS: files, or folders whose files are taken one after the other.

    A code or a plate accepts a type by itself; looks only propose. What can not be read is set aside and
    listed, the exit code is then 1. Needs the extra meguru[reverse].

    \b
    Examples:
      meguru reverse identify types incoming
      meguru reverse identify types photo.jpg --by plate --json
    """
    from meguru.cli.screen import BAD, console, error_data, print_json
    from meguru.reverse.catalogue import load_catalogue
    from meguru.reverse.identify import Identifier, identify_all, photos_in

    paths = [path for one in photos for path in (photos_in(one) if one.is_dir() else [one])]
    identifier = Identifier(load_catalogue(catalogue), ways or WAYS)
    outcomes = []
    screen = console()
    for outcome in identify_all(identifier, paths):
        outcomes.append(outcome)
        if not as_json:
            _show(outcome, screen)
    aside = sum(outcome.fault is not None for outcome in outcomes)
    if as_json:
        print_json(
            {
                "catalogue": catalogue,
                "photos": [_data(outcome) for outcome in outcomes],
                "aside": aside,
                "references_aside": [error_data(error) for error in identifier.unreadable],
            }
        )
    else:
        for error in identifier.unreadable:
            screen.print(f"reference set aside: {error}", style=BAD, markup=False, soft_wrap=True)
        counts = Counter("set aside" if one.found is None else one.found.status for one in outcomes)
        screen.print(
            f"{len(outcomes)} photos: " + ", ".join(f"{n} {name}" for name, n in sorted(counts.items()))
        )
    return MODEL_FAULT if aside or identifier.unreadable else OK


def _show(outcome: Outcome, screen: Console) -> None:
    from rich.text import Text

    from meguru.cli.screen import BAD, GOOD, QUIET, STRONG

    if outcome.found is None:
        screen.print(Text.assemble((f"{outcome.path}\n", STRONG), ("  set aside  ", BAD), str(outcome.fault)))
        return
    found = outcome.found
    colour = GOOD if found.status == "accepted" else BAD if found.status == "unknown" else ""
    known = "" if found.known is None else f"  of the catalogue: {_percent(found.known)}"
    lines: list[str | tuple[str, str]] = [
        (f"{outcome.path}\n", STRONG),
        (f"  {found.status}", colour),
        (known, QUIET),
    ]
    for candidate in found.candidates:
        chance = "" if candidate.probability is None else f"  {_percent(candidate.probability)}"
        lines.append(f"\n    {candidate.type_name}{chance}")
        lines += [(f"\n      {reason}", QUIET) for reason in candidate.reasons]
    lines += [(f"\n    {remark}", BAD) for remark in found.remarks]
    screen.print(Text.assemble(*lines), soft_wrap=True)


def _percent(share: float) -> str:
    if 0 < share < 0.005:
        return "< 1 %"
    return "> 99 %" if 0.995 <= share < 1 else f"{share:.0%}".replace("%", " %")


def _data(outcome: Outcome) -> dict[str, Any]:
    from meguru.cli.screen import error_data

    if outcome.found is None:
        return {
            "file": outcome.path,
            "status": "set aside",
            "error": outcome.fault and error_data(outcome.fault),
        }
    return {"file": outcome.path, **_found(outcome.found)}


def _found(found: Identification) -> dict[str, Any]:
    return {
        "status": found.status,
        "type": found.type_name,
        "known": found.known,
        "candidates": [
            {"type": one.type_name, "probability": one.probability, "reasons": one.reasons}
            for one in found.candidates
        ],
        "codes": [{"text": one.text, "kind": one.form} for one in found.codes],
        "lines": [{"text": one.text, "score": one.score, "box": one.box} for one in found.lines],
        "remarks": found.remarks,
    }


@click.command(short_help="Tell the catalogue what a photo shows: it becomes a reference.")
@catalogue_argument
@click.argument("photo", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("type_name", metavar="TYPE")
def confirm(catalogue: Path, photo: Path, type_name: str) -> None:
    """Copy PHOTO to the references of TYPE in CATALOGUE. The same picture twice is one reference.

    \b
    Example:
      meguru reverse confirm types incoming/0012.jpg WJ-100A
    """
    from meguru.cli.screen import console
    from meguru.cli.tables import print_files
    from meguru.reverse.catalogue import load_catalogue
    from meguru.reverse.identify import Identifier

    new = Identifier(load_catalogue(catalogue)).confirm(photo, type_name)
    print_files(console(), [new.path])
