"""A whole model as an Excel workbook: one sheet for each kind of thing."""

from meguru.model.excel.reading import import_excel
from meguru.model.excel.writing import export_excel

__all__ = ["export_excel", "import_excel"]
