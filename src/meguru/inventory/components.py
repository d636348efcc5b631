"""What an inventory library holds: impact categories, flows with their factors, activities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from meguru.files.attribute import attribute
from meguru.files.component import Component
from meguru.quantity import Quantity


@dataclass
class Impact(Component):
    """An impact category of one method."""

    unit: str = attribute("text", "unit of the category, as kg_CO2e")
    method: str | None = attribute("text", "assessment method, as 'IPCC AR5, GWP 100 years'", default=None)
    id: str | None = attribute("text", "identifier in the database that it is from", default=None)


@dataclass
class Factor(Component):
    """Impact per unit of a flow: in a region, by year, with its source."""

    impact: str = attribute("name", "impact category", refers="impacts")
    amount: Quantity = attribute(
        "quantity", "impact per unit of the flow; a series where it changes by year", dimension="impact/flow"
    )
    region: str | None = attribute(
        "text", "where it holds, as JP; default everywhere where no other factor is given", default=None
    )
    scope: str | None = attribute("text", "what it covers, as 'combustion' or 'cradle to gate'", default=None)
    year: int | None = attribute("whole", "year that a single number stands for", default=None)
    source: str | None = attribute("text", "where it is from; default the library's", default=None)
    licence: str | None = attribute("text", "licence of the number; default the library's", default=None)
    assumed: bool = attribute("flag", "nobody measured or published it", default=False)

    @classmethod
    def name_from(cls, texts: Mapping[str, str]) -> str | None:
        return _joined(texts.get("impact"), texts.get("region"), texts.get("scope"))

    def name_in_list(self) -> str | None:
        return _joined(self.impact, self.region, self.scope)


def _joined(impact: str | None, region: str | None, scope: str | None) -> str | None:
    """The name of a factor: ``climate``, ``climate@JP``, ``climate@JP (combustion)``."""
    if impact is None:
        return None
    return f"{impact}{f'@{region}' if region else ''}{f' ({scope})' if scope else ''}"


@dataclass
class Flow(Component):
    """Something that an activity takes or gives: a product, a waste, an emission, a resource."""

    unit: str = attribute("text", "unit in which it is counted, as kWh")
    kind: str = attribute(
        "choice",
        "products and wastes go between activities; emissions and resources are exchanged with nature",
        choices=("product", "waste", "emission", "resource"),
        default="product",
    )
    category: str | None = attribute("text", "where it stands in a classification", default=None)
    aliases: list[str] = attribute("texts", "other names by which it is found", default=[])
    cas: str | None = attribute("text", "CAS registry number", default=None)
    properties: dict[str, Quantity] = attribute(
        "quantities",
        "property → amount per unit, as 'heating_value: 33.4 GJ/kL': the flow is then found in GJ too",
        dimension="any",
        wild=True,
        default={},
    )
    price: Quantity | None = attribute("quantity", "price per unit", dimension="money/flow", default=None)
    factors: list[Factor] = attribute("list", "impacts per unit", component="Factor", default=[])
    id: str | None = attribute("text", "identifier in the database that it is from", default=None)


@dataclass
class Exchange(Component):
    """An amount of a flow that an activity takes or gives per reference amount."""

    flow: str = attribute("name", "what", refers="flows")
    amount: Quantity = attribute("quantity", "how much", dimension="flow")
    direction: str = attribute(
        "choice", "does the activity take it or give it", choices=("input", "output"), default="input"
    )
    provider: str | None = attribute(
        "name", "activity that it is from or goes to", refers="activities", default=None
    )
    region: str | None = attribute(
        "text", "whose factor is meant; default the activity's region", default=None
    )
    avoided: bool = attribute(
        "flag", "a burden avoided elsewhere: counted negative, on a line of its own", default=False
    )
    pedigree: str | None = attribute(
        "text",
        "five scores from 1 (best) to 5: reliability; completeness; time; place; technology, as 2;3;1;1;4",
        default=None,
    )
    basic_variance: Quantity | None = attribute(
        "quantity",
        "variance of the logarithm before the pedigree is added; default 0.0006",
        dimension="1",
        default=None,
    )


@dataclass
class Activity(Component):
    """What a unit process takes and gives per reference amount of its reference flow."""

    flow: str = attribute("name", "reference flow: what it is run for", refers="flows")
    amount: Quantity = attribute("quantity", "reference amount", dimension="flow")
    takes: bool = attribute("flag", "the reference flow is taken in: the treatment of a waste", default=False)
    exchanges: list[Exchange] = attribute("list", "what it takes and gives", component="Exchange", default=[])
    impacts: dict[str, Quantity] = attribute(
        "quantities",
        "direct impact per reference amount, by category",
        dimension="impact",
        refers="impacts",
        default={},
    )
    cost: Quantity | None = attribute(
        "quantity", "cost per reference amount, without that of its flows", dimension="money", default=None
    )
    time: Quantity | None = attribute(
        "quantity", "working time per reference amount", dimension="time", default=None
    )
    region: str | None = attribute("text", "where it takes place, as JP", default=None)
    first: int | None = attribute("whole", "first year for which it stands", default=None)
    last: int | None = attribute("whole", "last year for which it stands", default=None)
    category: str | None = attribute("text", "where it stands in a classification", default=None)
    aliases: list[str] = attribute("texts", "other names by which it is found", default=[])
    source: str | None = attribute("text", "where it is from; default the library's", default=None)
    licence: str | None = attribute("text", "licence of the figures; default the library's", default=None)
    assumed: bool = attribute("flag", "nobody measured or published it", default=False)
    id: str | None = attribute("text", "identifier in the database that it is from", default=None)


@dataclass
class Library(Component):
    """Unit process data and factors, with their sources."""

    inventory: int = attribute("whole", "version of the file format", default=1)
    name: str = attribute("text", "short name")
    source: str | None = attribute("text", "where everything is from that says nothing else", default=None)
    licence: str | None = attribute("text", "licence of everything that says nothing else", default=None)
    impacts: dict[str, Impact] = attribute("components", "impact categories", component="Impact", default={})
    flows: dict[str, Flow] = attribute("components", "flows and their factors", component="Flow", default={})
    activities: dict[str, Activity] = attribute(
        "components", "unit process data", component="Activity", default={}
    )


KINDS: dict[str, type[Component]] = {
    kind.__name__: kind for kind in (Impact, Factor, Flow, Exchange, Activity, Library)
}
