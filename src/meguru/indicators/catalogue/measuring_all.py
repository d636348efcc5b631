"""Measure: indicators of sets on figures, tables, files and results."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

from meguru.errors import IndicatorError, MeguruError, UnknownNameError, did_you_mean
from meguru.indicators.catalogue.batches import measure_all
from meguru.indicators.catalogue.definitions import AVERAGE, SUM, Definition, IndicatorSet, Variable
from meguru.indicators.catalogue.figures import Figures
from meguru.indicators.catalogue.lookup import Catalogue, catalogue
from meguru.indicators.catalogue.measured import Measured, Measurement
from meguru.indicators.catalogue.measuring import measure_set
from meguru.indicators.catalogue.preceding import with_preceding
from meguru.indicators.catalogue.subjects import read_figures

Wanted = list[tuple[IndicatorSet, list[Definition] | None]]


def measure(
    data: Any,
    wanted: str | Iterable[str] | None = None,
    *,
    variant: str | None = None,
    aggregation: str | None = None,
    complete: bool = True,
) -> Measurement:
    """Indicators of the catalogue on figures, or on the results of a model that says what they measure.

    Parameters
    ----------
    data
        A mapping of variables and tables, a table (frame or list of rows), the path of a CSV file or a
        workbook, or a result or comparison of a model with a section ``measured``.
    wanted
        Ids of sets (``cti``, ``cti@1.0``) and indicators (``cti.circular_inflow``). Of a set, indicators
        whose figures are missing come with state ``not given``. May be left out for results: the model
        names them.
    variant
        Named formula, where an indicator has several.
    aggregation
        How rows with figures of the whole are joined: ``sum_then_divide`` (default) or ``plain_average``.
    complete
        Whether figures that are missing are an error, for an indicator that is named by its own id; else it
        comes with state ``not given``, as those of a whole set do.

    Returns
    -------
    Measurement
        Values with unit, numerator, denominator, state, variant, mark and more; as ``table()``, with
        ``trend()`` and ``warnings``.

    Raises
    ------
    UnknownNameError
        No such set, indicator or figure, with the nearest name.
    MissingValueError, MissingUnitError, DimensionError, RangeError, ShareError
        Figures that can not be right; with their place.
    IndicatorError
        Two editions mixed, no such variant, or an aggregation that does not fit.
    """
    if _is_result(data):
        from meguru.indicators.catalogue.results import measure_results

        return measure_results(data, wanted, variant=variant, aggregation=aggregation, complete=complete)
    known = catalogue()
    if wanted is None:
        raise IndicatorError(
            "no set of indicators named", expected=known.ids, hint="As measure(data, 'iso_59020')."
        )
    chosen = choose_sets(known, wanted)
    refuse_unknown_method(aggregation)
    refuse_unknown_variant(variant, chosen)
    subjects = with_preceding(read_figures(data, other_names(chosen)), variables_of(chosen))

    def measure_one(figures: Figures) -> list[Measured]:
        return measure_figures(figures, chosen, variant=variant, aggregation=aggregation, complete=complete)

    return Measurement(measure_all(subjects, [held for held, _ in chosen], measure_one))


def _is_result(data: Any) -> bool:
    """Whether something given came out of the engine, which is only imported if it may have."""
    if not type(data).__module__.startswith("meguru.engine"):
        return False
    from meguru.engine import Comparison, Result

    return isinstance(data, (Result, Comparison))


def variables_of(chosen: Wanted) -> list[Variable]:
    """All variables of the sets chosen."""
    return [variable for held, _ in chosen for variable in held.variables.values()]


def other_names(chosen: Wanted) -> dict[str, tuple[str, ...]]:
    """Names of figures in words, English and Japanese, and the ids that they stand for."""
    found: dict[str, dict[str, None]] = {}
    for held, _ in chosen:
        columns = ((f"{table}.", one) for table, held_ in held.tables.items() for one in held_.values())
        for start, one in (*(("", variable) for variable in held.variables.values()), *columns):
            for word in (one.name.en, one.name.ja):
                found.setdefault(f"{start}{word}", {})[f"{start}{one.id}"] = None
    known = {name for held, _ in chosen for name in held.names()}
    return {word: tuple(ids) for word, ids in found.items() if word not in known}


def measure_figures(
    figures: Figures,
    chosen: Wanted,
    *,
    variant: str | None = None,
    aggregation: str | None = None,
    complete: bool = True,
) -> list[Measured]:
    """Indicators on the figures of one subject; figures that no set knows are refused."""
    _refuse_unknown(figures, chosen)
    _refuse_no_indicator(figures)
    found: list[Measured] = []
    for held, indicators in chosen:
        found += measure_set(
            held, indicators, figures, variant=variant, aggregation=aggregation, complete=complete
        )
    return found


def choose_sets(known: Catalogue, wanted: str | Iterable[str]) -> Wanted:
    """Sets that ids name, each with the indicators wanted of it; None: all.

    Raises
    ------
    IndicatorError
        One set in two editions.
    """
    chosen: dict[tuple[str, str], tuple[IndicatorSet, list[Definition] | None]] = {}
    for one in [wanted] if isinstance(wanted, str) else wanted:
        held, definition = known.find(one)
        key = (held.id, held.edition)
        before = chosen.get(key)
        if definition is None or (before is not None and before[1] is None):
            chosen[key] = (held, None)
        else:
            others = [] if before is None or before[1] is None else before[1]
            chosen[key] = (held, others if definition in others else [*others, definition])
    for name, edition in chosen:
        other = next((one for one in chosen if one[0] == name and one[1] != edition), None)
        if other is not None:
            raise IndicatorError(
                f"two editions of {name} mixed",
                found=f"{edition} and {other[1]}",
                expected="one edition",
                hint="Values of different editions do not compare; measure them apart.",
            )
    return list(chosen.values())


def refuse_unknown_method(aggregation: str | None) -> None:
    """Only the methods of the standards are known.

    Raises
    ------
    UnknownNameError
        Another one.
    """
    methods = (SUM, AVERAGE)
    if aggregation is not None and aggregation not in methods:
        raise UnknownNameError(
            "no such aggregation",
            found=aggregation,
            expected=list(methods),
            hint=did_you_mean(aggregation, methods),
        )


def refuse_unknown_variant(variant: str | None, chosen: Wanted) -> None:
    """A variant that none of the indicators has would silently change nothing.

    Raises
    ------
    UnknownNameError
        None has it.
    """
    asked = [one for held, named in chosen for one in named or held.indicators.values()]
    known = list(dict.fromkeys(name for one in asked if one.variants for name in one.variant_names))
    if variant is not None and variant not in known:
        raise UnknownNameError(
            "no such variant of what is measured",
            found=variant,
            expected=known or "none: these indicators have one formula each",
            hint=did_you_mean(variant, known),
        )


def _refuse_unknown(figures: Figures, chosen: Wanted) -> None:
    """Figures that the sets asked for do not know, unless another set does."""
    names = {name for held, _ in chosen for name in held.names()}
    unknown = [name for name in figures.given if name not in names]
    if not unknown:
        return
    every = {name for held in catalogue() for name in held.names()}
    indicators = {one.id for one in catalogue().indicators()}
    for name in unknown:
        if name not in every:
            what, expected = _expected(name, chosen)
            raise UnknownNameError(
                f"no such {what}",
                place=figures.given[name].place,
                found=name,
                expected=expected,
                hint=_of_an_indicator(name, indicators)
                or _of_the_other_flow(name, every)
                or _of_a_flow(name, every)
                or did_you_mean(name, [*names, *every])
                or f"A {'sheet' if what == 'table' else 'column'} of your own begins with '_'.",
            )


def _refuse_no_indicator(figures: Figures) -> None:
    """Only an indicator can be said not to be applicable; a figure that is not known is left out."""
    for name in figures.not_applicable:
        try:
            _, definition = catalogue().find(name)
        except MeguruError as error:
            raise error.at(place=figures.place or None) from None
        if definition is None or definition.id != name:
            raise UnknownNameError(
                "no indicator that could be not applicable",
                place=figures.place or None,
                found=name,
                expected="the id of an indicator, as iso_59020.A.5.2",
            )


def _of_an_indicator(name: str, indicators: Container[str]) -> str | None:
    """A hint where an indicator is given, and not figures of which it follows."""
    if name not in indicators:
        return None
    return "It is computed from figures; of the indicator itself only 'not applicable: why' can be said."


def _expected(name: str, chosen: Wanted) -> tuple[str, str | list[str]]:
    """What an unknown name should have been, and what is known of that kind."""
    table, dot, _ = name.partition(".")
    tables: dict[str, dict[str, str]] = {}
    for held, _ in chosen:
        for title, columns in held.tables.items():
            tables.setdefault(title, {}).update(
                {one.id: f"{one.id} ({one.name.ja})" for one in columns.values()}
            )
    if not dot:
        sets = ", ".join(held.id for held, _ in chosen)
        return "figure", f"a variable of {sets}, as 'meguru indicators show {chosen[0][0].id}' lists them"
    if table in tables:
        return "column", list(tables[table].values())
    return "table", [*tables, "flows", "figures"]


def _of_a_flow(name: str, every: Container[str]) -> str | None:
    """A hint where flows are not said to be flows."""
    if f"inflow.{name}" not in every and f"outflow.{name}" not in every:
        return None
    return "A table of flows has a column 'flow' with in or out, or its sheet is called inflow or outflow."


def _of_the_other_flow(name: str, every: Container[str]) -> str | None:
    """A hint where a column of outflows is filled for inflows, or the other way round."""
    table, _, column = name.partition(".")
    other = {"inflow": "outflow", "outflow": "inflow"}.get(table)
    if other is None or f"{other}.{column}" not in every:
        return None
    return f"'{column}' is a column of {other}s; leave it empty for {table}s."
