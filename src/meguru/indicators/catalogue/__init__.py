"""Sets of indicators by the standards, evaluated on figures, tables and results."""

from meguru.indicators.catalogue.definitions import Definition, IndicatorSet
from meguru.indicators.catalogue.lookup import Catalogue, catalogue
from meguru.indicators.catalogue.measured import Measured, Measurement
from meguru.indicators.catalogue.measuring_all import measure

__all__ = ["Catalogue", "Definition", "IndicatorSet", "Measured", "Measurement", "catalogue", "measure"]
