"""Build the model of photovoltaic modules from a folder of PV_ICE input tables.

    python examples/pv-modules/build.py FOLDER MODEL.yaml

The folder holds ``in_modules.csv`` and one ``in_material_<name>.csv`` for each material, in the columns of
PV_ICE 0.4.3. Each column becomes a named parameter of the model, a series by install year, or a part of the
bill of materials; the formulas of the model say what PV_ICE does with them (README.md has the table). What
PV_ICE would lose without a word is refused with the file, the year and the cause.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pv_ice_tables import MATERIAL_PARAMETERS, MODULE_PARAMETERS, FolderError, Table, read_folder
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

# Performance below which a module leaves, of the new one; the second once its cohort had a merchant tail.
FIRST_LIFE_LIMIT, SECOND_LIFE_LIMIT = 0.8, 0.5

JAPANESE = {
    "glass": "ガラス", "silicon": "シリコン", "silver": "銀", "copper": "銅", "aluminium_frames": "アルミ枠",
    "encapsulant": "封止材", "backsheet": "バックシート", "cadmium": "カドミウム", "tellurium": "テルル",
}  # fmt: skip
LABELS = {
    "virgin": ("virgin material", "新材"),
    "make_module": ("module making", "モジュール製造"),
    "use": ("in use", "使用"),
    "collect_working": ("collection at the end of a project", "事業終了時の回収"),
    "collect_failed": ("collection of failed modules", "故障品の回収"),
    "sort_working": ("paths of working modules", "動作品の行き先"),
    "sort_failed": ("paths of failed modules", "故障品の行き先"),
    "storage": ("modules laid up", "保管"),
    "inspect": ("inspection before remanufacturing", "再生前検査"),
    "remanufacture": ("remanufacturing", "再生"),
    "remanufactured": ("remanufactured material", "再生した材料"),
    "remanufacturing_rest": ("rest of remanufacturing", "再生残さ"),
    "recycle": ("recycling", "リサイクル"),
    "grade": ("grading of recycled material", "再生材の選別"),
    "scrap_recycling": ("recycling of production scrap", "工程内スクラップのリサイクル"),
    "grade_scrap": ("grading of recycled scrap", "スクラップ再生材の選別"),
    "secondary": ("recycled material for modules", "モジュール用再生材"),
    "open_use": ("recycled into other products", "他製品への再生利用"),
    "landfill": ("landfill", "埋立"),
}
SERIES = {  # indicator → formula for a material, label
    "virgin": ('mass(source="virgin", material="{0}")', "virgin material", "新材投入"),
    "into_stock": ('mass(target="use", material="{0}")', "into use", "使用への投入"),
    "landfilled": ('mass(target="landfill", material="{0}")', "landfilled", "埋立"),
    "recycled": ('mass(source="recycle", port="secondary", material="{0}")', "recycled", "リサイクル"),
    "closed_loop": (  # scrap kept for a later year counts negative, as in PV_ICE
        'mass(source="secondary", material="{0}") '
        '- mass(source="grade_scrap", target="secondary", material="{0}")',
        "recycled into new modules", "モジュールへの再生材",
    ),
    "stored": ('mass(target="storage", material="{0}")', "laid up", "保管"),
    "remanufactured": ('mass(target="remanufactured", material="{0}")', "remanufactured", "再生"),
}  # fmt: skip


# ------------------------------------------------------------------------------------------ numbers


def flow_style(mapping: dict[Any, Any]) -> CommentedMap:
    """Have a mapping written on one line."""
    inline = CommentedMap(mapping)
    inline.fa.set_flow_style()
    return inline


def series(years: list[int], cells: Sequence[float], unit: str) -> Any:
    """Return a constant, or the years in which the number changes."""
    cells = [int(cell) if cell == int(cell) else cell for cell in cells]
    if all(cell == cells[0] for cell in cells):
        return f"{cells[0]!r} {unit}" if unit else cells[0]
    changes = {
        year: cell
        for i, (year, cell) in enumerate(zip(years, cells, strict=True))
        if i == 0 or cell != cells[i - 1]
    }
    with_unit = {"unit": unit} if unit else {}
    return flow_style({"values": flow_style(changes), **with_unit, "interpolate": "step", "beyond": "hold"})


def installed_area(modules: Table) -> list[float]:
    """Return the m2 installed each year (1000 W/m2 times the efficiency); a missing number counts as none."""
    areas = []
    for megawatt, efficiency in zip(modules["new_Installed_Capacity_[MW]"], modules["mod_eff"], strict=True):
        known = megawatt == megawatt and efficiency == efficiency and efficiency > 0
        areas.append(megawatt * 1e6 / (efficiency * 0.01) / 1000.0 if known else 0.0)
    return areas


def project_ages(modules: Table) -> list[int]:
    """Return the age at which a project ends: PV_ICE truncates install index + life to a whole year."""
    return [int(life + index) - index for index, life in enumerate(modules["mod_lifetime"])]


def degradation_limits(modules: Table) -> list[float]:
    """Return the performance below which modules leave, by install year: lower after a merchant tail."""
    tails, limits = modules["mod_MerchantTail"], []
    for index, (age, loss) in enumerate(zip(project_ages(modules), modules["mod_degradation"], strict=True)):
        lives_on = index + age < len(tails) and tails[index + age] > 0
        reaches_the_tail = (1 - loss * 0.01) ** age >= FIRST_LIFE_LIMIT
        limits.append(SECOND_LIFE_LIMIT if lives_on and reaches_the_tail else FIRST_LIFE_LIMIT)
    return limits


# ------------------------------------------------------------------------------------------ the model


def label(english: str, japanese: str) -> CommentedMap:
    return flow_style({"en": english, "ja": japanese})


def of_material(name: str, english: str, japanese: str) -> CommentedMap:
    return label(f"{english}: {name.replace('_', ' ')}", f"{japanese}({JAPANESE.get(name, name)})")


def build(folder: Path) -> dict[str, Any]:
    """Return the model of a folder as plain mappings and lists, ready to be written."""
    years, modules, materials = read_folder(folder)
    source = folder.resolve().name
    stores = any(map(any, (modules["mod_EOL_pg2_stored"], modules["mod_EOL_pb2_stored"])))
    remanufactures = any(map(any, (modules["mod_EOL_pg3_reMFG"], modules["mod_EOL_pb3_reMFG"])))
    return {
        "meguru": 1,
        "name": "pv-modules",
        "label": label("Photovoltaic modules", "太陽電池モジュール"),
        "note": f"Built by build.py from the PV_ICE input tables {source}; see README.md. "
        "Data: BSD-3-Clause, (c) 2020-2024 Alliance for Sustainable Energy, LLC; "
        "licence notice in data/LICENSE-PV_ICE-BSD3.md.",
        "time": {"first": years[0], "last": years[-1], "step": "year", "sales": "end"},
        "parameters": parameters(years, modules, materials, stores, remanufactures),
        "impacts": {"raw_material": {"label": label("raw material input", "原料投入量"), "unit": "kg_RMe"}},
        "items": items(years, materials),
        "processes": processes(years, modules, materials, stores, remanufactures),
        "routes": list(routes(list(materials), stores, remanufactures)),
        "indicators": indicators(list(materials), stores, remanufactures),
        "scenarios": {"baseline": {"label": label("as in the tables", "表の通り"), "reference": True}},
    }


def parameters(
    years: list[int], modules: Table, materials: dict[str, Table], stores: bool, remanufactures: bool
) -> dict[str, Any]:
    """Those of the paths that are taken: a number that nothing reads would only mislead."""
    found = {name: series(years, modules[column], "%") for column, name in MODULE_PARAMETERS.items()}
    for material, table in materials.items():
        for column, name in MATERIAL_PARAMETERS.items():
            found[f"{name}_{material}"] = series(years, table[column], "%")
    idle = [part for part, there in (("_stored", stores), ("remanufactur", remanufactures)) if not there]
    return {name: value for name, value in found.items() if not any(part in name for part in idle)}


def items(years: list[int], materials: dict[str, Table]) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: {
            "label": label(name.replace("_", " "), JAPANESE.get(name, name)),
            "kind": "material",
            "unit": "kg",
        }
        for name in materials
    }
    bom = {name: series(years, table["mat_massperm2"], "g/m2") for name, table in materials.items()}
    found["module"] = {"label": label("module", "モジュール"), "kind": "product", "unit": "m2", "bom": bom}
    return found


def processes(
    years: list[int], modules: Table, materials: dict[str, Table], stores: bool, remanufactures: bool
) -> dict[str, Any]:
    names = list(materials)
    found: dict[str, Any] = {"virgin": virgin(years, materials)}
    for name in names:
        efficiency = f"= preparing_efficiency_{name}"
        found[f"prepare_{name}"] = {"kind": "make", "stage": "make", "item": name, "efficiency": efficiency}
    found["make_module"] = {
        "kind": "make", "stage": "make", "item": "module", "efficiency": "= making_efficiency",
    }  # fmt: skip
    found["use"] = use(years, modules)
    missed = "= (1 - collection) / (1 - collection * resell)"
    splits = {
        "collect_working": {"missed": missed, "collected": "rest"},
        "collect_failed": {"collected": "= collection", "missed": "rest"},
        "sort_working": paths("working", " / (1 - resell)", stores, remanufactures),
        "sort_failed": paths("failed", "", stores, remanufactures),
    }
    found |= {name: {"kind": "sort", "stage": "collection", "split": split} for name, split in splits.items()}
    if stores:
        found["storage"] = {"kind": "store", "stage": "collection", "ageing": True}
    if remanufactures:
        found |= remanufacturing(names)
    found |= recycling(names)
    preparing = {f"prepare_{name}": of_material(name, "preparing", "調製") for name in names}
    return {
        name: {"label": preparing.get(name) or label(*LABELS[name]), **process}
        for name, process in found.items()
    }


def virgin(years: list[int], materials: dict[str, Table]) -> dict[str, Any]:
    """Return the supply; raw material, before losses in mining and refining, is an impact of it."""
    raw = {name: [100 / cell for cell in table["mat_virgin_eff"]] for name, table in materials.items()}
    unit = [
        {
            "items": name,
            "group": f"raw_{name}",
            "reference": "1 kg",
            "impacts": {"raw_material": series(years, cells, "kg_RMe")},
        }
        for name, cells in raw.items()
    ]
    return {"kind": "supply", "stage": "material", "supplies": list(materials), "unit": unit}


def use(years: list[int], modules: Table) -> dict[str, Any]:
    """Return the use stage: exits in PV_ICE's order; repaired, resold and merchant-tail modules stay."""
    if "weibull_alpha" in modules:
        columns = {"shape": ("weibull_alpha", ""), "scale": ("weibull_beta", "year")}
    else:
        columns = {"t50": ("mod_reliability_t50", "year"), "t90": ("mod_reliability_t90", "year")}
    life = {name: series(years, modules[column], unit) for name, (column, unit) in columns.items()}
    return {
        "kind": "use",
        "stage": "use",
        "product": "module",
        "demand": {"sales": series(years, installed_area(modules), "m2/year")},
        "leave": {
            "degradation": {
                "distribution": "threshold",
                "loss": series(years, modules["mod_degradation"], "%/year"),
                "threshold": series(years, degradation_limits(modules), ""),
            },
            "project_end": {
                "distribution": "fixed",
                "age": series(years, project_ages(modules), "year"),
                "of": "sold",
                "keep": "= merchant_tail + (1 - merchant_tail) * collection * resell",
            },
            "failure": {"distribution": "weibull", **life, "of": "sold", "keep": "= repair"},
        },
    }


def paths(state: str, divisor: str, stores: bool, remanufactures: bool) -> dict[str, str]:
    split = {"recycle": f"= {state}_recycled{divisor}"}
    if stores:
        split["storage"] = f"= {state}_stored{divisor}"
    if remanufactures:
        split["remanufacture"] = f"= {state}_remanufactured{divisor}"
    return {**split, "landfill": "rest"}


def remanufacturing(names: list[str]) -> dict[str, Any]:
    yields = {name: f"= remanufacturing_target_{name} * remanufacturing_yield_{name}" for name in names}
    rest = {"recycle": "= remanufacturing_rest_recycled", "landfill": "rest"}
    inspected = {"good": "= remanufactured_as_module", "rejected": "rest"}
    return {
        "inspect": {"kind": "sort", "stage": "recovery", "split": inspected},
        "remanufacture": {
            "kind": "recycle", "stage": "recovery", "circulation": "remanufacture", "yield": yields,
        },
        "remanufactured": {"kind": "store", "stage": "recovery"},
        "remanufacturing_rest": {"kind": "sort", "stage": "recovery", "split": rest},
    }  # fmt: skip


def recycling(names: list[str]) -> dict[str, Any]:
    yields = {name: f"= recycling_target_{name} * recycling_yield_{name}" for name in names}
    scrap = {name: f"= scrap_sent_{name} * scrap_yield_{name}" for name in names}
    return {
        "recycle": {"kind": "recycle", "stage": "recovery", "circulation": "recycle", "yield": yields},
        "grade": {"kind": "sort", "stage": "recovery", "rules": grades(names, "high_quality")},
        "scrap_recycling": {"kind": "recycle", "stage": "make", "yield": scrap},
        "grade_scrap": {"kind": "sort", "stage": "make", "rules": grades(names, "scrap_high_quality")},
        "secondary": {"kind": "store", "stage": "material"},
        "open_use": {"kind": "sink", "stage": "end", "circulation": "recycle"},
        "landfill": {"kind": "sink", "stage": "end", "circulation": "landfill"},
    }


def grades(names: list[str], quality: str) -> list[Any]:
    """Return the shares of each material: high quality for modules, high quality elsewhere, other quality."""
    return [
        {
            "item": name,
            "split": {
                "closed_loop": f"= {quality}_{name} * {quality}_reused_{name}",
                "open_high": f"= {quality}_{name} * (1 - {quality}_reused_{name})",
                "open_low": "rest",
            },
        }
        for name in names
    ]


def route(source: str, target: str, **more: Any) -> CommentedMap:
    return flow_style({"from": source, "to": target, **more})


def routes(names: list[str], stores: bool, remanufactures: bool) -> Iterable[CommentedMap]:
    for name in names:
        yield route("secondary", f"prepare_{name}", item=name, priority=1)
        yield route("virgin", f"prepare_{name}", item=name, priority=2)
    if remanufactures:
        yield route("remanufactured", "make_module", item=names, priority=1)
    for name in names:
        yield route(f"prepare_{name}", "make_module", **({"priority": 2} if remanufactures else {}))
    yield route("make_module", "use")
    for cause, state in (("project_end", "working"), ("degradation", "failed"), ("failure", "failed")):
        yield route(f"use.retired.{cause}", f"collect_{state}")
    for state in ("working", "failed"):
        yield route(f"collect_{state}.collected", f"sort_{state}")
        yield route(f"collect_{state}.missed", "landfill")
        yield route(f"sort_{state}.recycle", "recycle")
        yield route(f"sort_{state}.landfill", "landfill")
        if stores:
            yield route(f"sort_{state}.storage", "storage")
        if remanufactures:
            yield route(f"sort_{state}.remanufacture", "inspect")
    if remanufactures:
        yield route("inspect.good", "remanufacture")
        yield route("inspect.rejected", "remanufacturing_rest")
        yield route("remanufacture.secondary", "remanufactured")
        yield route("remanufacture.residue", "remanufacturing_rest")
        yield route("remanufacturing_rest.recycle", "recycle")
        yield route("remanufacturing_rest.landfill", "landfill")
    for name in names:
        yield route(f"prepare_{name}.scrap", "scrap_recycling")
    yield route("make_module.scrap", "scrap_recycling")
    for process, grade in (("recycle", "grade"), ("scrap_recycling", "grade_scrap")):
        yield route(f"{process}.secondary", grade)
        yield route(f"{process}.residue", "landfill")
        yield route(f"{grade}.closed_loop", "secondary")
        yield route(f"{grade}.open_high", "open_use")
        yield route(f"{grade}.open_low", "open_use")


def indicators(names: list[str], stores: bool, remanufactures: bool) -> dict[str, Any]:
    """Return the series that PV_ICE publishes."""
    left_out = {
        kind for kind, wanted in (("stored", stores), ("remanufactured", remanufactures)) if not wanted
    }
    found: dict[str, Any] = {
        "active_area": {
            "label": label("area in use", "使用中面積"), "unit": "m2",
            "formula": 'stock(process="use", item="module")',
        },
        "end_of_life_area": {
            "label": label("area leaving use", "使用終了面積"), "unit": "m2/year",
            "formula": 'retired(process="use")',
        },
    }  # fmt: skip
    for kind, (formula, english, japanese) in SERIES.items():
        for name in names if kind not in left_out else ():
            text = of_material(name, english, japanese)
            found[f"{kind}.{name}"] = {"label": text, "formula": formula.format(name), "unit": "t/year"}
    for name in names:
        formula = f'impact("raw_material", group="raw_{name}")'
        text = of_material(name, "raw material", "原料投入")
        found[f"virgin_raw.{name}"] = {"label": text, "formula": formula, "unit": "t_RMe/year"}
    return found


# ------------------------------------------------------------------------------------------ writing


def write(model: dict[str, Any], path: Path) -> None:
    """Write beside, then rename: no half-written file."""
    yaml = YAML()
    yaml.width = 118
    yaml.allow_unicode = True
    yaml.default_flow_style = False
    yaml.representer.ignore_aliases = lambda data: True
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with beside.open("w", encoding="utf-8") as file:
            yaml.dump(model, file)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print("usage: python build.py FOLDER MODEL.yaml", file=sys.stderr)
        return 2
    try:
        write(build(Path(arguments[0])), Path(arguments[1]))
    except (FolderError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
