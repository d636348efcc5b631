"""Measure: indicators of sets on figures, tables, files and results."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

from meguru.errors import IndicatorError, UnknownNameError, did_you_mean
from meguru.indicators.catalogue.definitions import AVERAGE, SUM, Definition, IndicatorSet
from meguru.indicators.catalogue.figures import Figures
from meguru.indicators.catalogue.lookup import Catalogue, catalogue
from meguru.indicators.catalogue.measured import Measured, Measurement
from meguru.indicators.catalogue.measuring import measure_set
from meguru.indicators.catalogue.subjects import read_figures

Wanted = list[tuple[IndicatorSet, list[Definition] | None]]


def measure(
    data: Any,
    wanted: str | Iterable[str] | None = None,
    *,
    variant: str | None = None,
    aggregation: str | None = None,
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

        return measure_results(data, wanted, variant=variant, aggregation=aggregation)
    known = catalogue()
    if wanted is None:
        raise IndicatorError(
            "no set of indicators named", expected=known.ids, hint="As measure(data, 'iso_59020')."
        )
    chosen = choose_sets(known, wanted)
    refuse_unknown_method(aggregation)
    found: list[Measured] = []
    for figures in read_figures(data):
        found += measure_figures(figures, chosen, variant=variant, aggregation=aggregation)
    return Measurement(found)


def _is_result(data: Any) -> bool:
    """Whether something given came out of the engine, which is only imported if it may have."""
    if not type(data).__module__.startswith("meguru.engine"):
        return False
    from meguru.engine import Comparison, Result

    return isinstance(data, (Result, Comparison))


def measure_figures(
    figures: Figures, chosen: Wanted, *, variant: str | None = None, aggregation: str | None = None
) -> list[Measured]:
    """Indicators on the figures of one subject; figures that no set knows are refused."""
    _refuse_unknown(figures, chosen)
    found: list[Measured] = []
    for held, indicators in chosen:
        found += measure_set(held, indicators, figures, variant=variant, aggregation=aggregation)
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
            chosen[key] = (held, [*(before[1] or [] if before else []), definition])
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


def _refuse_unknown(figures: Figures, chosen: Wanted) -> None:
    """Figures that the sets asked for do not know, unless another set does."""
    names = {name for held, _ in chosen for name in held.names()}
    unknown = [name for name in figures.given if name not in names]
    if not unknown:
        return
    every = {name for held in catalogue() for name in held.names()}
    for name in unknown:
        if name not in every:
            raise UnknownNameError(
                "no such figure",
                place=figures.given[name].place,
                found=name,
                expected=f"a variable of {', '.join(held.id for held, _ in chosen)}",
                hint=_of_the_other_flow(name, every)
                or did_you_mean(name, [*names, *every])
                or "A column of your own begins with '_'; see 'meguru indicators show'.",
            )


def _of_the_other_flow(name: str, every: Container[str]) -> str | None:
    """A hint where a column of outflows is filled for inflows, or the other way round."""
    table, _, column = name.partition(".")
    other = {"inflow": "outflow", "outflow": "inflow"}.get(table)
    if other is None or f"{other}.{column}" not in every:
        return None
    return f"'{column}' is a column of {other}s; leave it empty for {table}s."
