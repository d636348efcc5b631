"""Numbers with units: constants, series by year, distributions, formulas."""

from meguru.quantity.distribution import Distribution, draw
from meguru.quantity.quantity import Quantity
from meguru.quantity.reading import read_quantity
from meguru.quantity.units import convert, describe_dimension, dimension_of, plain_unit, same_dimension
from meguru.quantity.writing import write_quantity

__all__ = [
    "Distribution",
    "Quantity",
    "convert",
    "describe_dimension",
    "dimension_of",
    "draw",
    "plain_unit",
    "read_quantity",
    "same_dimension",
    "write_quantity",
]
