"""Models of stated size, made of synthetic numbers, for the benchmarks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from meguru import example
from meguru.model.components import Demand, Item, Lifetime, Model, Process, Route, Slot, Time
from meguru.model.uncertain import places_held
from meguru.model.walk import quantities
from meguru.quantity import Distribution, Quantity

FIRST = 2000
MATERIALS = {"steel": (0.5, 0.9), "plastic": (0.3, 0.4), "copper": (0.2, 0.8)}  # share of a part, yield


def stock_inputs(years: int, products: int, materials: int) -> tuple[np.ndarray, ...]:
    """Mean lifetime (product,), BOM in kg (product, material), sales (year, product): the same for every
    engine."""
    random = np.random.default_rng(1)
    mean = random.uniform(8, 20, products)
    bom = random.uniform(0.1, 10, (products, materials))
    growth = np.linspace(1, 3, years) * (1 + 0.1 * np.sin(np.arange(years)))
    return mean, bom, growth[:, None] * random.uniform(50, 150, products)


def stock(years: int = 200, products: int = 1000, materials: int = 20) -> Model:
    """Products with normal lifetimes of their own, sales at the end of a year, everything that leaves in
    one sink."""
    mean, bom, sales = stock_inputs(years, products, materials)
    items = {f"m{j}": Item(kind="material") for j in range(materials)}
    processes = {"maker": Process(kind="supply"), "end": Process(kind="sink")}
    routes = []
    for i in range(products):
        items[f"p{i}"] = Item(
            kind="product", bom={f"m{j}": Quantity(bom[i, j], "kg") for j in range(materials)}
        )
        processes[f"use{i}"] = Process(
            kind="use",
            product=f"p{i}",
            demand=Demand(sales=Quantity.series(dict(enumerate(sales[:, i], FIRST)), "piece/year")),
            leave={"end": _normal(mean[i])},
        )
        routes.append(Route(source="maker", target=f"use{i}", items=[f"p{i}"]))
        routes.append(Route(source=f"use{i}.retired", target="end"))
    time = Time(first=FIRST, last=FIRST + years - 1, sales="end")
    return Model(name="stock", time=time, items=items, processes=processes, routes=routes)


def _normal(mean: float) -> Lifetime:
    return Lifetime(distribution="normal", mean=Quantity(mean, "year"), sd=Quantity(0.3 * mean, "year"))


def network(products: int = 20, parts: int = 200, materials: int = 50, years: int = 40) -> Model:
    """Products of shared structure with parts of their own: made, used, collected, taken apart, reused,
    recycled.

    With the defaults 302 processes. Three numbers are uncertain, so that samples differ.
    """
    random = np.random.default_rng(2)
    each = parts // products
    items = {f"m{j}": Item(kind="material") for j in range(materials)}
    processes = {
        "ore": Process(kind="supply", supplies=list(items)),
        "shredder": Process(kind="recycle", yields={m: Quantity.uniform(0.5, 0.9) for m in items}),
        "secondary": Process(kind="store"),
        "landfill": Process(kind="sink"),
    }
    routes = [
        Route(source="shredder.secondary", target="secondary"),
        Route(source="shredder.residue", target="landfill"),
    ]
    for k in range(products):
        own = [f"part{k * each + i}" for i in range(each)]
        for part in own:
            chosen = random.choice(materials, 10, replace=False)
            items[part] = Item(
                kind="part", bom={f"m{j}": Quantity(random.uniform(0.1, 2), "kg") for j in chosen}
            )
            processes[f"make_{part}"] = Process(kind="make", item=part)
            routes.append(Route(source="ore", target=f"make_{part}", priority=2))
            routes.append(
                Route(source="secondary", target=f"make_{part}", priority=1, max_share=Quantity(0.5))
            )
        _product_loop(f"product{k}", own, float(random.uniform(6, 14)), items, processes, routes)
    time = Time(first=FIRST, last=FIRST + years - 1)
    return Model(name="network", time=time, items=items, processes=processes, routes=routes)


def _product_loop(
    product: str,
    parts: list[str],
    life: float,
    items: dict[str, Item],
    processes: dict[str, Process],
    routes: list[Route],
) -> None:
    """Make, use, collect, take apart, keep the first part for reuse."""
    items[product] = Item(kind="product", bom={part: Quantity(1.0) for part in parts})
    make, use, collect = f"make_{product}", f"use_{product}", f"collect_{product}"
    processes[make] = Process(kind="make", item=product)
    processes[use] = Process(
        kind="use",
        product=product,
        demand=Demand(sales=Quantity.series({FIRST: 1000, FIRST + 100: 3000}, "piece/year")),
        leave={
            "worn": Lifetime(
                distribution="weibull", shape=Quantity(3.0), scale=Quantity.normal(life, life / 10, "year")
            )
        },
    )
    processes[collect] = Process(kind="sort", split={"in": Quantity.uniform(0.5, 0.9), "lost": None})
    processes[f"dismantle_{product}"] = Process(kind="dismantle", recover={parts[0]: Quantity(0.7)})
    processes[f"store_{product}"] = Process(kind="store")
    routes += [
        Route(source=f"make_{part}", target=make, priority=2 if part == parts[0] else None) for part in parts
    ]
    routes += [
        Route(source=f"store_{product}", target=make, items=[parts[0]], priority=1),
        Route(source=make, target=use),
        Route(source=f"{use}.retired", target=collect),
        Route(source=f"{collect}.in", target=f"dismantle_{product}"),
        Route(source=f"{collect}.lost", target="landfill"),
        Route(source=f"dismantle_{product}.{parts[0]}", target=f"store_{product}"),
        Route(source=f"dismantle_{product}.rest", target="shredder"),
    ]


def fleet(products: int = 10_000, parts: int = 10, years: int = 25) -> Model:
    """Machines with followed parts, kept at a number that is reached in five years, by months.

    Failed parts are exchanged for reused ones as far as there are any; machines wear out or leave for a part
    that is not repaired; what is collected is taken apart. All numbers are synthetic.
    """
    names = [f"p{i}" for i in range(parts)]
    items = {m: Item(kind="material") for m in MATERIALS}
    for i, name in enumerate(names):
        bom = {m: Quantity((0.5 + 0.3 * i) * share, "kg") for m, (share, _) in MATERIALS.items()}
        items[name] = Item(kind="part", bom=bom)
    items["machine"] = Item(kind="product", bom={name: Quantity(1.0) for name in names})
    ramp = {FIRST + k: products * (k + 1) / 5 for k in range(5)}
    processes = {
        "virgin": Process(kind="supply", supplies=list(MATERIALS)),
        **{f"make_{name}": Process(kind="make", item=name) for name in names},
        "assemble": Process(kind="make", item="machine"),
        "use": Process(
            kind="use",
            product="machine",
            demand=Demand(stock=Quantity.series(ramp, "piece", interpolate="step", beyond="hold")),
            leave={"worn": _weibull(3.0, 12.0)},
            parts={
                name: Slot(lifetime=_weibull(1.2 + 0.2 * i, 6.0 + 2.0 * i), repair=Quantity(0.8))
                for i, name in enumerate(names)
            },
        ),
        "collect": Process(kind="sort", split={"taken": Quantity(0.6), "left": None}),
        "dismantle": Process(kind="dismantle", recover={name: Quantity(0.5) for name in names}),
        "pool": Process(kind="store"),
        "recycle": Process(kind="recycle", yields={m: Quantity(y) for m, (_, y) in MATERIALS.items()}),
        "secondary": Process(kind="sink"),
        "landfill": Process(kind="sink"),
    }
    routes = [
        Route(source="assemble", target="use"),
        Route(source="use.failed", target="recycle"),
        Route(source="use.retired", target="collect"),
        Route(source="collect.taken", target="dismantle"),
        Route(source="collect.left", target="landfill"),
        Route(source="dismantle.rest", target="recycle"),
        Route(source="recycle.secondary", target="secondary"),
        Route(source="recycle.residue", target="landfill"),
    ]
    for name in names:
        routes += [
            Route(source="virgin", target=f"make_{name}"),
            Route(source=f"make_{name}", target="assemble"),
            Route(source=f"make_{name}", target="use", priority=2),
            Route(source="pool", target="use", items=[name], priority=1, name=f"spare {name}"),
            Route(source=f"dismantle.{name}", target="pool"),
        ]
    time = Time(first=FIRST, last=FIRST + years - 1, step="month")
    return Model(name="fleet", time=time, items=items, processes=processes, routes=routes)


# of case I, but for shares of nothing and of everything: lifetimes, shares recovered, prices, fees, factors
UNSURE = (
    "parameters.recycled_content",
    "processes.rare_earth_ore.unit.0.impacts.climate",
    "processes.make_magnet_recycled.unit.0.impacts.climate",
    "processes.use.leave.retirement.shape",
    "processes.use.leave.retirement.scale",
    "processes.use.parts.compressor.lifetime.shape",
    "processes.use.parts.compressor.lifetime.scale",
    "processes.dismantle_compressor.recover.magnet",
    "processes.dismantle_compressor.unit.0.impacts.climate",
    "processes.extract_rare_earth.yield.rare_earth",
    "processes.extract_rare_earth.unit.0.fixed_impacts.climate",
    "routes.make_magnet_recycled -> make_compressor.price",
    "routes.make_magnet_recycled -> make_compressor.fees.0.fixed",
    "routes.make_magnet_virgin -> make_compressor.price",
    "routes.collect_maintenance.separate -> dismantle_compressor.fees.0.amount",
    "routes.collect_maintenance.separate -> dismantle_compressor.transport.0.distance",
    "routes.collect_maintenance.separate -> dismantle_compressor.transport.0.impacts.climate",
    "routes.dismantle_aircon.compressor -> dismantle_compressor.fees.0.amount",
    "routes.dismantle_aircon.compressor -> dismantle_compressor.transport.0.distance",
    "routes.dismantle_aircon.compressor -> dismantle_compressor.transport.0.impacts.climate",
)


def case_one_unsure() -> Model:
    """Case I with 20 numbers that may be 5 % more or less (assumed)."""
    model = example("compressor-magnet")
    factor = Distribution("uniform", low=0.95, high=1.05)
    for place, quantity, _, owner in list(quantities(model)):
        if place not in UNSURE:
            continue
        unsure = replace(quantity, uncertain=factor)
        for name, held in list(vars(owner).items()):
            if held is quantity:
                setattr(owner, name, unsure)
            elif isinstance(held, dict):
                held.update({key: unsure for key, one in held.items() if one is quantity})
    assert set(places_held(model)) == set(UNSURE)
    return model


def _weibull(shape: float, scale: float) -> Lifetime:
    return Lifetime(distribution="weibull", shape=Quantity(shape), scale=Quantity(scale, "year"))
