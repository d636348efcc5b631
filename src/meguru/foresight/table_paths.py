"""Which paths hold tables."""

from __future__ import annotations

from pathlib import Path

WORKBOOKS = (".xlsx", ".xlsm")


def is_tables(path: Path) -> bool:
    """Whether a path is a workbook or a folder of CSV files, by its name where there is nothing yet."""
    return path.suffix.lower() in WORKBOOKS or path.is_dir() or not path.suffix
