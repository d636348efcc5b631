"""The year that is asked for, among those that a run reports."""

from __future__ import annotations

from collections.abc import Iterable

from meguru.errors import RangeError, asked


def year_at(year: int | None, years: Iterable[int]) -> int:
    """Where a year stands among those reported; None: the last.

    Raises
    ------
    RangeError
        It is not among them.
    """
    known = [int(one) for one in years]
    if year is None:
        return len(known) - 1
    if year not in known:
        with asked():
            raise RangeError(
                "a year that is not reported", place="year", found=year, expected=f"{known[0]} to {known[-1]}"
            )
    return known.index(year)
