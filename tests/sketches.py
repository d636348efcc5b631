"""The published cases of the reference, cut down and written as model files: texts that the tests read."""

from __future__ import annotations

CASE_1 = """\
name: compressor-magnet
label: {en: Compressor magnets, ja: コンプレッサ磁石}
calibrated: recycling costs against the printed shares
time: {first: 2024, last: 2030, history: 1990}
money: {currency: JPY, price_year: 2024, discount_rate: 3 %}
parameters:
  separated: 0.6907
  lost: = 1 - separated
actors: {material_maker: {}, product_maker: {}, user: , dismantler: {label: 解体業者}}
impacts: {climate: {unit: kg_CO2e}}
exchanges:
  electricity:
    unit: kWh
    factors: {climate: {values: {2020: 0.45, 2030: 0.25}, unit: kg_CO2e/kWh, source: assumed}}
    price: 20 JPY/kWh
unit_data:
  extraction: {exchanges: {electricity: 3 kWh}, fixed_impacts: {climate: 12 t_CO2e/year}, reference: 1 kg}
items:
  rare_earth: {kind: material}
  iron: {kind: material}
  magnet: {kind: part, bom: {rare_earth: 0.06 kg, iron: 140 g}}
  compressor: {kind: part, bom: {magnet: 1, iron: 12 kg}}
  aircon: {kind: product, bom: {compressor: 1, iron: 30 kg}, mass: 42.2 kg}
processes:
  use:
    kind: use
    actor: user
    product: aircon
    demand:
      sales: {values: {1990: 150000, 2024: 209520, 2030: 226000}, unit: piece/year, interpolate: geometric}
    leave: {obsolete: {distribution: weibull, shape: 2.6, scale: 14 year}}
    parts:
      compressor:
        lifetime:
          {distribution: weibull, shape: 1.6, scale: {distribution: normal, mean: 45, sd: 3, unit: year}}
        repair: 100 %
  collect_maintenance: {kind: sort, actor: product_maker, split: {separate: 0, scrap: rest}}
  collect:
    kind: sort
    actor: dismantler
    rules:
      - {item: aircon, age_below: 3 year, split: {separate: 0, scrap: 1}}
    split: {separate: 0, scrap: 1}
  dismantle:
    {kind: dismantle, actor: dismantler, recover: {magnet: 95 %}, unit: {impacts: {climate: 0.36 kg_CO2e}}}
  extract:
    {kind: recycle, actor: material_maker, yield: {rare_earth: 0.9}, unit: [extraction, {cost: 10 JPY}]}
  secondary: {kind: store, actor: material_maker}
  scrap: {kind: sink}
  ore:
    kind: supply
    origin: virgin_nonrenewable
    limit: {values: {2024: 30, 2028: 10}, unit: t/year, interpolate: step}
  make_magnet: {kind: make, item: magnet, recipe: {rare_earth: {efficiency: 0.9}, iron: 0.14 kg}}
routes:
  - {from: use.failed, to: collect_maintenance}
  - {from: use.retired, to: collect}
  - {from: collect.separate, to: dismantle,
     fees: {payer: product_maker, payee: dismantler, amount: 309 JPY/piece},
     transport:
       {distance: 300 km, impacts: {climate: 0.18443 kg_CO2e/tkm}, payer: product_maker, group: collection}}
  - {from: dismantle.magnet, to: extract, price: 1197 JPY/piece, residual: {0: 1, 10: 0.5}}
  - {from: extract.secondary, to: secondary}
  - {from: secondary, to: make_magnet, item: rare_earth, exact_share: 0.68, priority: 1}
  - {from: ore, to: make_magnet, item: [rare_earth, iron], priority: 2}
  - {name: iron scrap, from: collect.scrap, to: scrap}
indicators:
  rate:
    {formula: mass(route="secondary -> make_magnet") / mass(process="make_magnet"), unit: "%", target: 39 %}
measures:
  maintenance: {changes: {processes.collect_maintenance.split.separate: = separated}}
  end_of_life:
    from: 2027
    owner: product_maker
    changes:
      processes.collect.split: {separate: 0.4726, scrap: 0.5274}
      routes.dismantle.magnet -> extract.price: 1300 JPY/piece
scenarios:
  conventional: {reference: true, targets: {rate: 0}}
  A: {measures: maintenance}
  B: {inherits: A, measures: [end_of_life], changes: {parameters.separated: 0.7}}
"""

CASE_2 = """\
# JSON inside YAML, and blocks
name: atm-parts
time:
  first: 2020
  last: 2025
  step: month
items:
  metal: {kind: material}
  "p1": {"kind": "part", "bom": {"metal": 5}}
  ATM:
    kind: product
    bom:
      p1: 1
      metal: {uncertain: {distribution: lognormal, median: 1, gsd: 1.1}, value: 315, unit: kg}
processes:
  use: {kind: use, product: ATM, demand: {stock: 13640}, leave: {old: {distribution: fixed, age: 10 year}}}
  collect: {kind: sort, split: {allied: 60 %, other: rest}}
  allied_yard: {kind: dismantle, recover: {p1: 0}, unit: {fixed_cost: 6000000 JPY/year, cost: -17920 JPY}}
  recondition: {kind: recondition, recovery: 1}
  assemble: {kind: make, item: ATM}
  new_parts: {kind: supply}
  burn: {kind: sink, group: plastics}
routes:
- from: use.retired
  to: collect
- {from: collect.allied, to: allied_yard}
- {from: collect.other, to: burn}
- {from: allied_yard.rest, to: burn}
- {from: allied_yard.p1, to: recondition}
- {from: recondition.good, to: assemble, priority: 1}
- {from: new_parts, to: assemble, priority: 2}
- {from: assemble, to: use}
measures:
  reuse p1: {changes: {processes.allied_yard.recover.p1: 1.0}}
scenarios:
  conventional: {reference: true}
"""

SMALL = """\
name: small
time: {first: 2020, last: 2022}
items:
  iron: {kind: material}
processes:
  ore: {kind: supply}
  landfill: {kind: sink}
routes:
  - {from: ore, to: landfill}
"""
