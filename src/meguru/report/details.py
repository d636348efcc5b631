"""How it was computed: formulas, scenarios, processes, balances, provenance."""

from __future__ import annotations

from typing import Any

from meguru.model.components import Indicator
from meguru.quantity import Quantity, write_quantity
from meguru.report.blocks import Block, Cell, Section, Table
from meguru.report.both import EMPTY, Both, joined
from meguru.report.numbers import unit_text
from meguru.report.study import Run, Study
from meguru.report.words import OUTSIDE, say

LIMIT = 1e-9  # what a run allows; see meguru.engine.accounts.balance
MOST_TEXT = 160


def details(study: Study) -> list[Section]:
    """Tables for those who check."""
    sections = []
    if study.model.indicators:
        sections.append(Section("formulas", say("formulas"), say("formulas_lead"), [_formulas(study)]))
    blocks: list[Block] = [_measures(study)] if study.model.measures or study.is_comparison else []
    sections.append(Section("model", say("model_section"), say("model_lead"), [*blocks, _processes(study)]))
    sections.append(Section("checks", say("checks"), say("checks_lead"), [_checks(study)]))
    sections.append(Section("provenance", say("provenance"), say("provenance_lead"), [_provenance(study)]))
    return sections


def _formulas(study: Study) -> Table:
    rows: list[list[Cell]] = []
    for name, indicator in study.model.indicators.items():
        rows.append([study.names.indicator(name), name, unit_text(indicator.unit), _formula(indicator)])
    return Table(
        [say("indicator"), say("name_in_file"), say("unit"), say("formula")],
        rows,
        texts=(0, 1, 2, 3),
        kind="code",
    )


def _formula(indicator: Indicator) -> Both:
    text = Both.of(" ".join(indicator.formula.split()))
    return text + " — " + say(f"against_{indicator.against}") if indicator.against else text


def _measures(study: Study) -> Table:
    """What each scenario changes, beyond the scenario that it inherits from."""
    rows: list[list[Cell]] = []
    for run in study.runs:
        rows += _of_scenario(study, run)
    head = [say("scenario"), say("measure"), say("owner"), say("since"), say("changes")]
    return Table(head, rows, say("measures_caption"), texts=(0, 1, 2, 3, 4), kind="code")


def _of_scenario(study: Study, run: Run) -> list[list[Cell]]:
    scenario = study.model.scenarios.get(run.name)
    if scenario is None:
        return [[run.label, say("no_changes"), "–", "–", "–"]]
    rows: list[list[Cell]] = []
    if scenario.inherits:
        rows.append(
            [run.label, say("as_before", scenario=study.names.scenario(scenario.inherits)), "–", "–", "–"]
        )
    for name in scenario.measures:
        measure = study.model.measures[name]
        since = Both.of(measure.since) if measure.since is not None else say("from_the_start")
        owner = study.names.actor(measure.owner) if measure.owner else Both.of("–")
        rows.append([run.label, study.names.measure(name), owner, since, _changes(measure.changes)])
    if scenario.changes:
        rows.append(
            [run.label, say("further_changes"), "–", say("from_the_start"), _changes(scenario.changes)]
        )
    return rows or [[run.label, say("no_changes"), "–", "–", "–"]]


def _changes(changes: dict[str, Any]) -> Both:
    return joined("\n", [Both.of(f"{place} = {_shown(value)}") for place, value in changes.items()])


def _shown(value: Any) -> str:
    """A value as in the file, without its source."""
    plain = write_quantity(value) if isinstance(value, Quantity) else value
    if isinstance(plain, dict) and {"value", "unit"} <= plain.keys():
        plain = f"{plain['value']} {plain['unit']}"
    text = str(plain)
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "…"


def _processes(study: Study) -> Table:
    rows: list[list[Cell]] = []
    for name, process in study.model.processes.items():
        actor = study.names.actor(process.actor or OUTSIDE)
        note = Both.of(process.note) if process.note else EMPTY
        rows.append([study.names.process(name), say(f"kind_{process.kind}"), actor, note])
    head = [say("process"), say("kind"), say("actor"), say("note")]
    return Table(head, rows, say("processes_caption"), texts=(0, 1, 2, 3))


def _checks(study: Study) -> Table:
    rows: list[list[Cell]] = []
    for run in study.runs:
        largest = max(run.residuals.items(), key=lambda entry: entry[1][0], default=None)
        if largest is None:
            continue
        name, (residual, year) = largest
        verdict = say("kept") if residual <= LIMIT else say("not_kept")
        rows.append(
            [
                run.label,
                str(len(run.residuals)),
                f"{residual:.1e}",
                run.names.process(name),
                str(year),
                f"{LIMIT:.0e}",
                verdict,
            ]
        )
    head = [
        say("scenario"),
        say("processes_checked"),
        say("largest_residual"),
        say("at_process"),
        say("in_the_year"),
        say("limit"),
        say("verdict"),
    ]
    return Table(head, rows, say("checks_caption"), texts=(0, 3, 4, 6))


def _provenance(study: Study) -> Table:
    rows: list[list[Cell]] = []
    for run in study.runs:
        found = run.result.provenance
        settings = ", ".join(f"{key}: {value}" for key, value in dict(found["settings"]).items()) or "–"
        rows.append(
            [
                run.label,
                _samples(run),
                str(found["seed"]),
                settings,
                str(found["created"])[:19].replace("T", " "),
                str(found["version"]),
                str(found["model_hash"]),
            ]
        )
    head = [
        say("scenario"),
        say("samples"),
        say("seed"),
        say("settings"),
        say("created"),
        say("version"),
        say("model_hash"),
    ]
    return Table(head, rows, texts=(0, 1, 3, 4, 5, 6), kind="code")


def _samples(run: Run) -> Both:
    expected = run.result.samples == 1 and not run.by_chance
    return say("expected_values") if expected else Both.of(f"{run.result.samples:,}")
