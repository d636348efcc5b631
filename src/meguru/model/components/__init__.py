"""What a life cycle is: the components of a model, as typed objects with the field's own words.

A :class:`Model` can be read from a file (:func:`meguru.load`) or built from these classes. Nothing here knows
how a model is run. Every number is a :class:`meguru.quantity.Quantity`. Dimensions are given in each
declaration; ``item`` there means the item's own unit (piece, m2, kW ...).
"""

from meguru.files.component import Component, Label
from meguru.model.components.frame import Actor, Money, Time
from meguru.model.components.item import Item, Lifetime
from meguru.model.components.model import Model
from meguru.model.components.process import ORIGINS, PROCESS_KINDS, Process, Recipe, Rule
from meguru.model.components.route import Fee, Route, Transport
from meguru.model.components.sampling import SAMPLING_METHODS, Correlation, Sampling
from meguru.model.components.study import Indicator, Measure, MeasuredFlow, Range, Scenario, Subject
from meguru.model.components.unit_data import Exchange, Impact, UnitData
from meguru.model.components.use import Demand, Segment, Slot

__all__ = [
    "Actor",
    "Component",
    "Correlation",
    "Demand",
    "Exchange",
    "Fee",
    "Impact",
    "Indicator",
    "Item",
    "Label",
    "Lifetime",
    "Measure",
    "MeasuredFlow",
    "Model",
    "Money",
    "ORIGINS",
    "PROCESS_KINDS",
    "Process",
    "Range",
    "Recipe",
    "Route",
    "Rule",
    "SAMPLING_METHODS",
    "Sampling",
    "Scenario",
    "Segment",
    "Slot",
    "Subject",
    "Time",
    "Transport",
    "UnitData",
]
