"""A small model with numbers that can be followed by hand: a chair of a frame and some steel."""

from __future__ import annotations

from pathlib import Path

from edits import edited

from meguru.model import load
from meguru.model.components import Model

CHAIR = """\
name: chair
time: {first: 2020, last: 2023}
money: {currency: JPY}
actors: {maker: {}, user: {}, recycler: {}}
impacts: {climate: {unit: kg_CO2e}, acid: {unit: kg_SO2e}}
exchanges:
  electricity: {unit: kWh, price: 20 JPY/kWh, factors: {climate: 0.5 kg_CO2e/kWh}}
  paint: {unit: kg, category: material}
items:
  steel: {kind: material}
  frame: {kind: part, bom: {steel: 2 kg}}
  chair: {kind: product, bom: {frame: 1, steel: 1 kg}}
  cloth: {kind: material}
processes:
  ore: {kind: supply, supplies: [steel], stage: material}
  make_frame:
    kind: make
    item: frame
    actor: maker
    stage: part making
    unit: [{exchanges: {electricity: 4 kWh}, cost: 100 JPY, time: 0.5 hour, group: welding}]
  assemble:
    kind: make
    item: chair
    actor: maker
    stage: assembly
    unit: [{cost: 50 JPY, fixed_cost: 1000 JPY/year, exchanges: {paint: 0.1 kg}}]
  use:
    kind: use
    product: chair
    actor: user
    demand: {sales: 100 piece/year}
    leave: {old: {distribution: fixed, age: 2 year}}
  yard:
    kind: dismantle
    actor: recycler
    stage: recovery
    recover: {frame: 0 %}
    unit: [{impacts: {climate: 1 kg_CO2e}, credit: true}]
  straighten: {kind: recondition, recovery: 80 %, circulation: reuse, stage: recovery}
  frames: {kind: store}
  shred: {kind: recycle, yield: {steel: 75 %}, circulation: recycle}
  smelter: {kind: sink, circulation: recycle}
  landfill: {kind: sink, circulation: landfill}
routes:
  - {from: ore, to: make_frame, price: 10 JPY/kg}
  - {from: ore, to: assemble, price: 10 JPY/kg}
  - {from: frames, to: assemble, priority: 1, price: 60 JPY/piece}
  - {from: make_frame, to: assemble, priority: 2}
  - {from: assemble, to: use, price: 400 JPY/piece}
  - from: use.retired
    to: yard
    transport:
      - distance: 100 km
        impacts: {climate: 1 kg_CO2e/tkm}
        cost: 1000 JPY/tkm
        payer: maker
        group: carriage
  - {from: yard.frame, to: straighten}
  - {from: yard.rest, to: shred}
  - {from: straighten.good, to: frames}
  - {from: straighten.rejected, to: shred}
  - {from: shred.secondary, to: smelter}
  - {from: shred.residue, to: landfill}
indicators:
  co2: {formula: impact("climate"), unit: kg_CO2e/year}
  co2_saved: {formula: impact("climate"), unit: kg_CO2e/year, against: difference}
  reused: {formula: 'units(source="frames") / units(target="assemble", item="frame")', unit: "%"}
measures:
  reuse: {changes: {processes.yard.recover.frame: 50 %}}
scenarios:
  plain: {reference: true}
  reuse: {measures: [reuse], targets: {reused: 40 %}}
"""


def chair(folder: Path, *changes: tuple[str, str]) -> Model:
    """The model of the chair, with parts of its text replaced."""
    path = folder / "chair.yaml"
    path.write_text(edited(CHAIR, *changes), encoding="utf-8")
    return load(path)
