"""The text of a CSV file, as spreadsheet programs write it."""

from __future__ import annotations

from meguru.errors import NotReadableError


def table_text(data: bytes, file: str) -> str:
    """The text of a CSV file: UTF-8, or what spreadsheet programs in Japan write (cp932).

    Raises
    ------
    NotReadableError
        It is neither.
    """
    codes = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp932")
    for code in codes:
        try:
            return data.decode(code)
        except UnicodeDecodeError:
            continue
    raise NotReadableError(
        "an unknown encoding",
        file=file,
        expected="UTF-8 or Shift_JIS (cp932)",
        hint="Save it as 'CSV UTF-8'.",
    )
