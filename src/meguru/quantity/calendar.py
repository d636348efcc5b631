"""Years as people write them: 2024, FY2024, 2024年度, 令和6年度, R6, 2024-04-01."""

from __future__ import annotations

import datetime
import re
import unicodedata
from typing import Any

from meguru.errors import RangeError, WrongTypeError

CALENDAR = (1500, 3000)  # further away a year is a slip of the pen
# The year before the first of each era.
ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018, "S": 1925, "H": 1988, "R": 2018}
APRIL = 4  # in which a fiscal year of Japan begins
_YEAR = re.compile(r"(?:FY\s*)?(?P<year>[-+]?\d+)(?:\.0)?\s*(?:年度|年)?", re.IGNORECASE)
_ERA = re.compile(rf"(?P<era>{'|'.join(ERAS)})\s*\.?\s*(?P<number>\d{{1,3}}|元)\s*(?:年度|年)?")
_DATE = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})(?:\s*[-/.月]\s*(?:(?P<day>\d{1,2})\s*日?)?)?(?:[T ].*)?"
)


def calendar_year(value: Any, place: str, *, fiscal: bool = False) -> int:
    """The year that a number, a text or a date says.

    Parameters
    ----------
    fiscal
        Whether a date is to be counted to the fiscal year in which it lies, from April to March.

    Raises
    ------
    WrongTypeError
        It says none.
    RangeError
        It says one that is no year of the calendar, as 24 or 20244.
    """
    year = _year(value, fiscal)
    if year is None:
        raise WrongTypeError(
            "not a year", place=place, found=value, expected="as 2025, 令和7年度 or 2025-04-01"
        )
    first, last = CALENDAR
    if not first <= year <= last:
        raise RangeError("not a calendar year", place=place, found=value, expected=f"{first} to {last}")
    return year


def _year(value: Any, fiscal: bool) -> int | None:
    if isinstance(value, datetime.date):
        return value.year - (fiscal and value.month < APRIL)
    if isinstance(value, str):
        return _year_of_text(unicodedata.normalize("NFKC", value).strip(), fiscal)
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        return int(value) if isinstance(value, float) and value.is_integer() else None
    return int(value)


def _year_of_text(text: str, fiscal: bool) -> int | None:
    if found := _YEAR.fullmatch(text):
        return int(found["year"])
    if found := _ERA.fullmatch(text):
        return ERAS[found["era"]] + (1 if found["number"] == "元" else int(found["number"]))
    if found := _DATE.fullmatch(text):
        try:
            date = datetime.date(int(found["year"]), int(found["month"]), int(found["day"] or 1))
        except ValueError:
            return None
        return _year(date, fiscal)
    return None
