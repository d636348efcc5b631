"""Sets of indicators on results: the model says by its section ``measured`` what flows into their figures."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from meguru.engine import Comparison, Result
from meguru.engine.sampling import draws_of, sampling_from
from meguru.errors import DimensionError, IndicatorError, MeguruError, WrongTypeError
from meguru.indicators.catalogue import recovery
from meguru.indicators.catalogue.figures import Figures, Given, told_apart
from meguru.indicators.catalogue.lookup import catalogue
from meguru.indicators.catalogue.measured import Measured, Measurement
from meguru.indicators.catalogue.measuring_all import (
    choose_sets,
    measure_figures,
    refuse_unknown_method,
    refuse_unknown_variant,
    variables_of,
)
from meguru.indicators.catalogue.plain import FLAGS, figure, not_applicable
from meguru.indicators.catalogue.preceding import with_preceding
from meguru.indicators.formulas import Formulas
from meguru.indicators.scenarios import Scenarios, model_scenes
from meguru.indicators.scene import ResultScene, Scene
from meguru.indicators.value import Value, shown_unit, value_of
from meguru.model import where
from meguru.model.checks.numbers import Evaluation as Numbers
from meguru.model.components import Indicator, MeasuredFlow, Model, Subject
from meguru.quantity import Quantity, draw
from meguru.quantity.evaluation import Draw
from meguru.quantity.formula import Value as Number
from meguru.random import uniforms

FIGURE = re.compile(r"\s*[-+]?\d[\d,.]*(?:[eE][-+]?\d+)?\s*[%\w][^\s()]*\s*\Z")  # as 90 % or 12 kg
Row = Mapping[str, tuple[Value, str, float | None]]  # name → value, its place, its quality


def measure_results(
    found: Result | Comparison,
    wanted: str | Iterable[str] | None,
    *,
    variant: str | None = None,
    aggregation: str | None = None,
    complete: bool = True,
) -> Measurement:
    """All subjects of a model in all scenarios shown, by year; parameters as in :func:`measure`.

    Raises
    ------
    IndicatorError
        The model does not say what is measured.
    """
    scenarios = Scenarios(found)
    refuse_unknown_method(aggregation)
    if not scenarios.first.model.measured:
        raise IndicatorError(
            "the model does not say what flows into sets of indicators",
            expected="a section 'measured'",
            hint="See the how-to on indicators by the standards.",
        )
    subjects = scenarios.first.model.measured.values()
    asked = [choose_sets(catalogue(), one.sets if wanted is None else wanted) for one in subjects]
    refuse_unknown_variant(variant, [pair for chosen in asked for pair in chosen])
    formulas = scenarios.formulas()
    shown = list(found.results) if isinstance(found, Comparison) else [found.scenario]
    values: list[Measured] = []
    options = {"variant": variant, "aggregation": aggregation, "complete": complete}
    for name in shown:
        values += _of_scene(formulas, scenarios.scene(name), wanted, options)
    return Measurement(values)


def measured_faults(model: Model, *, first_only: bool = False) -> list[MeguruError]:
    """Faults of the section ``measured`` of a model, in any of its scenarios, each once; nothing is run."""
    found: dict[str, MeguruError] = {}
    if not model.measured:
        return []
    for scene, formulas in model_scenes(model):
        for name in scene.model.measured:
            try:
                _of_subject(formulas, scene, name, None, {})
            except MeguruError as error:
                file, line = where(model, f"measured.{name}")
                found.setdefault(str(error.at(file=file, line=line, place=f"measured.{name}")), error)
                if first_only:
                    return list(found.values())
    return list(found.values())


def _of_scene(
    formulas: Formulas,
    scene: Scene,
    wanted: str | Iterable[str] | None,
    options: Mapping[str, Any],
) -> Iterator[Measured]:
    for name in scene.model.measured:
        try:
            yield from _of_subject(formulas, scene, name, wanted, options)
        except MeguruError as error:
            file, line = where(scene.model, f"measured.{name}")
            raise error.at(file=file, line=line, place=f"measured.{name}") from None


def _of_subject(
    formulas: Formulas,
    scene: Scene,
    name: str,
    wanted: str | Iterable[str] | None,
    options: Mapping[str, Any],
) -> list[Measured]:
    subject = scene.model.measured[name]
    chosen = choose_sets(catalogue(), subject.sets if wanted is None else wanted)
    reader = _Reader(formulas, scene, name)
    numbers, reasons = told_apart(reader.figures(subject))
    figures = Figures(
        {**numbers, **reader.tables(subject)},
        subject=name,
        place=f"measured.{name}",
        level=subject.level,
        goods=subject.goods,
        scenario=scene.name,
        years=tuple(int(year) for year in scene.years),
        not_applicable=reasons,
    )
    (completed,) = with_preceding([figures], variables_of(chosen))
    return measure_figures(completed, chosen, **options)


def _numbers_of(scene: Scene) -> Numbers:
    """Numbers of a model as its run had them: with its samples, or as expected where none were drawn."""
    result = scene.result if isinstance(scene, ResultScene) else None
    if result is None or not result.settings["sampled"]:
        return Numbers(scene.model)
    draws = draws_of(
        result.unapplied or result.model, result.samples, result.seed, sampling_from(result.settings)
    )

    def of(place: str) -> Draw:
        # What only a subject of measuring has is not among the points of a run: it has a stream of its own.
        own = place.startswith("measured.")
        points = uniforms(result.seed, place, result.samples) if own else draws(place, 0, result.samples)
        return lambda distribution: draw(distribution, points)

    return Numbers(scene.model, draw=of, values=result.values)


class _Reader:
    """Figures of one subject in one scenario."""

    def __init__(self, formulas: Formulas, scene: Scene, name: str) -> None:
        self.formulas = formulas
        self.scene = scene
        self.place = f"measured.{name}"
        self.numbers = _numbers_of(scene)

    def figures(self, subject: Subject) -> dict[str, Given]:
        """Variable → figure (sample or 1, year)."""
        said = {
            name: figure(text, f"{self.place}.values.{name}")
            for name, text in subject.values.items()
            if not_applicable(text, f"{self.place}.values.{name}")
        }
        return said | {
            name: Given(value, True, place, quality)
            for name, (value, place, quality) in self._all(subject, self.place, leave_out=said).items()
        }

    def tables(self, subject: Subject) -> dict[str, Given]:
        """``table.column`` → column (row, sample or 1, year)."""
        rows: dict[str, list[Row]] = {}
        for name, flow in subject.flows.items():
            rows.setdefault(flow.table, []).append(self._all(flow, f"{self.place}.flows.{name}"))
        return {
            f"{table}.{column}": self._column(table, column, held)
            for table, held in rows.items()
            for column in dict.fromkeys(title for row in held for title in row)
        }

    def _all(self, owner: Subject | MeasuredFlow, place: str, leave_out: Container[str] = ()) -> Row:
        found: dict[str, tuple[Value, str, float | None]] = {}
        for name, formula in owner.values.items():
            inner = f"{place}.values.{name}"
            if name in leave_out:
                continue
            if name == recovery.COLUMN and isinstance(owner, MeasuredFlow) and owner.table == recovery.TABLE:
                for title, cells in recovery.shares_of([formula], [inner]).items():
                    found[title] = (figure(cells[0], inner).value, inner, None)
                continue
            value = figure(formula, inner).value if _is_figure(formula) else self._formula(formula, inner)
            found[name] = (value, inner, None)
        for name, quantity in owner.given.items():
            inner = f"{place}.given.{name}"
            found[name] = (self._number(quantity, inner), inner, quantity.quality)
        return found

    def _formula(self, formula: Any, place: str) -> Value:
        if not isinstance(formula, (str, int, float)) or isinstance(formula, bool):
            file, line = where(self.scene.model, place)
            raise WrongTypeError(
                "not a formula",
                file=file,
                line=line,
                place=place,
                found=formula,
                expected='as mass(target="…")',
                hint="A number with source or quality belongs under 'given'.",
            )
        return self.formulas.value(place, Indicator(formula=str(formula)), self.scene, place)

    def _number(self, quantity: Quantity, place: str) -> Value:
        """A number of the model, in the samples of the run where it is uncertain."""
        return value_of(self.numbers.array(quantity, quantity.unit, place), quantity.unit)

    def _column(self, table: str, column: str, rows: list[Row]) -> Given:
        """Rows above each other; where one has nothing, its place is empty."""
        there = [row[column] for row in rows if column in row]
        first = there[0][0].number
        shape = np.broadcast_shapes(*(value.array.shape for value, _, _ in there), (1, 1))
        array = np.full((len(rows), *shape), np.nan)
        for index, row in enumerate(rows):
            if column in row:
                value, place, _ = row[column]
                _same_dimension(first, value.number, place)
                array[index] = np.broadcast_to(value.array, shape)
        dimension = next((v.number.dimension for v, _, _ in there if v.number.dimension is not None), None)
        stated = [quality for _, _, quality in there if quality is not None]
        return Given(
            Value(Number(array, dimension)),
            True,
            f"{self.place}.flows, {table}.{column}",
            min(stated) if stated else None,
            tuple(range(1, len(rows) + 1)),
            np.array([column not in row for row in rows]),
        )


def _is_figure(given: Any) -> bool:
    """Whether it is a number with unit, yes or no, and not a formula."""
    if isinstance(given, str):
        return given.strip().casefold() in FLAGS or FIGURE.match(given) is not None
    return isinstance(given, bool)


def _same_dimension(first: Number, other: Number, place: str) -> None:
    if None not in (first.dimension, other.dimension) and first.dimension != other.dimension:
        raise DimensionError(
            "rows of one column differ in dimension",
            place=place,
            found=shown_unit(other.dimension or ()) or "a plain number",
            expected=shown_unit(first.dimension or ()) or "a plain number",
        )
