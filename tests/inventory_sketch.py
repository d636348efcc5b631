"""A small library for the tests of the inventory; its numbers are synthetic."""

from __future__ import annotations

SKETCH = """\
inventory: 1
name: sketch
source: synthetic
licence: CC0-1.0
impacts:
  climate: {label: {en: climate change, ja: 気候変動}, unit: kg_CO2e, method: GWP 100}
  acid: {unit: kg_SO2e}
flows:
  electricity:
    label: {en: Electricity, ja: 電力}
    aliases: [power]
    unit: kWh
    factors:
      - impact: climate
        region: JP
        amount: {values: {2020: 0.5, 2030: 0.3}, unit: kg_CO2e/kWh}
        source: grid
      - {impact: climate, amount: 0.6 kg_CO2e/kWh, year: 2018}
  petrol:
    label: {ja: ガソリン}
    unit: kL
    properties: {heating_value: 33.4 GJ/kL, density: 0.75 t/kL}
    factors: [{impact: climate, amount: 2.3 t_CO2e/kL, assumed: true}]
  sulphur_dioxide: {unit: kg, kind: emission, cas: 7446-09-5, factors: [{impact: acid, amount: 1 kg_SO2e/kg}]}
  ore: {unit: t, kind: resource}
  steel: {unit: kg}
  plate: {unit: kg}
  scrap: {unit: kg, kind: waste}
activities:
  smelting:
    flow: steel
    amount: 1 t
    region: JP
    first: 2015
    last: 2020
    exchanges:
      - {flow: electricity, amount: 0.5 MWh, pedigree: 2;3;1;1;4}
      - {flow: ore, amount: 1.4 t}
      - {flow: sulphur_dioxide, amount: 2 kg, direction: output}
      - {flow: steel, amount: 100 kg}
    impacts: {climate: 200 kg_CO2e}
    cost: 900 JPY
    time: 3 minute
  rolling:
    flow: plate
    amount: 1 kg
    region: JP
    exchanges:
      - {flow: steel, amount: 1.1 kg}
      - {flow: scrap, amount: 0.1 kg, direction: output}
      - {flow: petrol, amount: 3.34 MJ}
      - {flow: electricity, amount: 0.1 kWh, avoided: true}
"""
