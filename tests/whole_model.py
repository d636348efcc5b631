"""A small model with every kind of process, without a fault: what tests of faults edit."""

from __future__ import annotations

from pathlib import Path

from edits import edited

from meguru.model import Model, load
from meguru.model.read import parse

WHOLE = """\
name: whole
time: {first: 2020, last: 2030, history: 2010}
money: {currency: JPY, price_year: 2024, discount_rate: 3 %}
parameters:
  rate: 40 %
  rest_of_rate: = 1 - rate
  some_iron: 2 kg
  some_carbon: 3 kg_CO2e
actors:
  maker: {}
  yard: {}
impacts:
  climate: {unit: kg_CO2e}
exchanges:
  electricity: {unit: kWh, price: 20 JPY/kWh, factors: {climate: 0.4 kg_CO2e/kWh}}
unit_data:
  melting: {reference: 1 kg, exchanges: {electricity: 2 kWh}, cost: 10 JPY}
items:
  iron: {kind: material}
  wire: {kind: material}
  core: {kind: part, bom: {iron: 2 kg}}
  coil: {kind: part, bom: {wire: 500 g}}
  motor: {kind: product, mass: 5 kg, bom: {core: 2, coil: 1, iron: 0.5 kg}}
processes:
  ore: {kind: supply, supplies: [iron, wire], countries: {A: 60 %, B: 40 %}}
  make_core: {kind: make, actor: maker, item: core, recipe: {iron: {efficiency: 90 %}}}
  make_coil: {kind: make, actor: maker, item: coil, unit: [melting, {capital: 9 MJPY, capital_life: 10 year}]}
  make_motor: {kind: make, actor: maker, item: motor}
  use:
    kind: use
    product: motor
    demand:
      sales: {values: {2010: 1000, 2030: 2000}, unit: piece/year}
    leave:
      worn: {distribution: weibull, shape: 3, scale: 12 year}
      table: {distribution: survival, survival: {0: 1, 20: 0.9, 40: 0}}
    parts:
      coil:
        lifetime: {distribution: weibull, t50: 20 year, t90: 40 year}
        repair: 100 %
    segments:
      home: {share: 70 %}
      work: {share: 30 %, lifetimes: {worn: {distribution: fixed, age: 9 year}}}
  collect:
    kind: sort
    actor: yard
    rules:
      - {segment: work, split: {take: 1}}
    split: {take: = rate, leave: rest}
  take_apart: {kind: dismantle, actor: yard, recover: {core: 80 %}}
  check: {kind: recondition, actor: yard, recovery: 95 %}
  cores: {kind: store, loss: 5 %/year}
  melt: {kind: recycle, actor: yard, yield: {iron: 90 %}, unit: melting}
  scrap: {kind: store}
  dump: {kind: sink, unit: {fixed_cost: 1 MJPY/year, fixed_impacts: {climate: 2 t_CO2e/year}}}
routes:
  - {from: scrap, to: make_core, priority: 1, max_share: 50 %}
  - {from: ore, to: make_core, priority: 2, price: 100 JPY/kg}
  - {from: ore, to: make_coil}
  - {from: ore, to: make_motor}
  - {from: cores, to: make_motor, item: core, priority: 1}
  - {from: make_core, to: make_motor, priority: 2}
  - {from: make_coil, to: make_motor}
  - {from: make_motor, to: use, price: 9000 JPY/piece, residual: {0: 1, 5: 0.5}}
  - {from: make_coil, to: use}
  - {from: make_core.scrap, to: melt}
  - {from: use.failed, to: melt}
  - from: use.retired
    to: collect
    fees: {payer: maker, payee: yard, amount: 300 JPY/piece}
    transport: {distance: 50 km, impacts: {climate: 0.2 kg_CO2e/tkm}, cost: 30 JPY/tkm, payer: maker}
  - {from: collect.take, to: take_apart}
  - {from: collect.leave, to: dump}
  - {from: take_apart.core, to: check}
  - {from: take_apart.rest, to: melt}
  - {from: check.good, to: cores}
  - {from: check.rejected, to: melt}
  - {from: cores.loss, to: melt}
  - {from: melt.secondary, to: scrap}
  - {from: melt.residue, to: dump}
indicators:
  dumped: {formula: mass(target="dump"), unit: t/year}
measures:
  more: {from: 2025, changes: {parameters.rate: 60 %}}
  unused: {changes: {processes.check.recovery: 99 %}}
scenarios:
  today: {reference: true}
  then: {measures: more, targets: {dumped: 2 t/year}}
"""


def whole(*edits: tuple[str, str]) -> Model:
    """The whole model, edited."""
    return parse(edited(WHOLE, *edits), file="whole.yaml")


def whole_in(folder: Path, *edits: tuple[str, str]) -> Model:
    """The same, read from a file in a folder."""
    path = folder / "whole.yaml"
    path.write_text(edited(WHOLE, *edits), encoding="utf-8")
    return load(path)
