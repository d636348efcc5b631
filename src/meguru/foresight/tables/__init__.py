"""A causal model as tables of nodes and edges, in a workbook or in CSV files: as workshops keep them."""

from meguru.foresight.tables.assembly import tables_tree
from meguru.foresight.tables.writing import save_tables

__all__ = ["save_tables", "tables_tree"]
