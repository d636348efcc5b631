"""What a life cycle is; read, check, write it."""

from meguru.files.marks import where
from meguru.model.components import Model
from meguru.model.network import resolve
from meguru.model.read import load
from meguru.model.scenario import apply, exclude_each_other, measures_of, reference_name, scenario_names
from meguru.model.without_factor import Unrated, unrated
from meguru.model.write import save

__all__ = [
    "Model",
    "Unrated",
    "apply",
    "exclude_each_other",
    "load",
    "measures_of",
    "reference_name",
    "resolve",
    "save",
    "scenario_names",
    "unrated",
    "where",
]
