"""Mass flows of photovoltaic modules by PV_ICE's equations, cohort by cohort, with plain loops and floats.

Written from the reference's restatement of the equations (S1-S12), not from the model that ``build.py``
makes. Where PV_ICE itself would lose mass, the repaired rule stands here: the failure path has its own stored
share, and what is resold is taken from the year's own share.
"""

from __future__ import annotations

from collections import defaultdict
from math import exp, log

Table = dict[str, list[float]]
Series = dict[str, list[float]]


def cumulative_failures(modules: Table, made: int, age: int) -> float:
    """F(age) of a Weibull lifetime, of modules installed in year ``made``."""
    if "weibull_alpha" in modules:
        shape, scale = modules["weibull_alpha"][made], modules["weibull_beta"][made]
    else:
        t50, t90 = modules["mod_reliability_t50"][made], modules["mod_reliability_t90"][made]
        shape = log(log(10) / log(2)) / log(t90 / t50)
        scale = t50 / log(2) ** (1 / shape)
    return 1 - exp(-((age / scale) ** shape))


class Areas:
    """Areas in use and leaving it, in m2; what leaves keyed by (year installed, year)."""

    def __init__(self, modules: Table) -> None:
        self.modules = modules
        self.years = len(modules["year"])
        self.active = [0.0] * self.years
        self.good: dict[tuple[int, int], float] = {}  # at the end of a project, not kept in use
        self.bad: dict[tuple[int, int], float] = {}  # failed or worn
        self.installed = [
            megawatt * 1e6 / (efficiency * 0.01 * 1000)
            for megawatt, efficiency in zip(
                modules["new_Installed_Capacity_[MW]"], modules["mod_eff"], strict=True
            )
        ]
        for made in range(self.years):
            self._follow(made)

    def share(self, name: str, year: int) -> float:
        return self.modules[name][year] / 100

    def _follow(self, made: int) -> None:
        """S3: degradation, end of the project, failures, in this order."""
        area, second_life = self.installed[made], False
        self.active[made] += area
        for year in range(made + 1, self.years):
            age, worn = year - made, 0.0
            if (1 - self.share("mod_degradation", made)) ** age < (0.5 if second_life else 0.8):
                worn, area = area, 0.0
            ended = 0.0
            if year == int(self.modules["mod_lifetime"][made] + made):
                tail = area * self.share("mod_MerchantTail", year)
                second_life = second_life or tail > 0
                resold = (area - tail) * self.share("mod_EOL_collection_eff", year)
                resold *= self.share("mod_EOL_pg0_resell", year)
                ended, area = area - tail - resold, tail + resold
            due = cumulative_failures(self.modules, made, age) - cumulative_failures(
                self.modules, made, age - 1
            )
            failed = min(self.installed[made] * due, area) * (1 - self.share("mod_Repair", year))
            area -= failed
            self.active[year] += area
            self.good[made, year], self.bad[made, year] = ended, worn + failed

    def leaving(self, year: int) -> float:
        return sum(self.good[made, year] + self.bad[made, year] for made in range(year))


def end_of_life(areas: Areas, content: list[float], year: int) -> dict[str, float]:
    """S5-S7: grams of one material by destination."""
    found: dict[str, float] = defaultdict(float)
    collection, resale = areas.share("mod_EOL_collection_eff", year), areas.share("mod_EOL_pg0_resell", year)
    for made in range(year):
        grams = content[made]
        # What stayed because it was resold is not in ``good``.
        good, bad = areas.good[made, year] * grams, areas.bad[made, year] * grams
        ended = good / (1 - collection * resale)
        found["missed"] += ended * (1 - collection) + bad * (1 - collection)
        for place, path in (("landfill", 1), ("stored", 2), ("reMFG", 3), ("recycled", 4)):
            found[place] += ended * collection * areas.share(f"mod_EOL_pg{path}_{place}", year)
            found[place] += bad * collection * areas.share(f"mod_EOL_pb{path}_{place}", year)
    return found


def material_flows(areas: Areas, table: Table) -> Series:
    """S8-S12 of one material: tonnes a year."""
    out: Series = defaultdict(list)
    waiting = closed_before = 0.0  # remanufactured and recycled material kept for later years
    for year in range(areas.years):
        share = {name: cells[year] / 100 for name, cells in table.items()}
        left = end_of_life(areas, table["mat_massperm2"], year)
        fit = left["reMFG"] * areas.share("mod_EOL_reMFG_yield", year)
        again = fit * share["mat_PG3_ReMFG_target"] * share["mat_ReMFG_yield"]
        to_recycling = (left["reMFG"] - again) * areas.share("mod_EOL_sp_reMFG_recycle", year)
        entering = left["recycled"] + to_recycling
        recycled = entering * share["mat_PG4_Recycling_target"] * share["mat_Recycling_yield"]
        closed = recycled * share["mat_EOL_Recycled_into_HQ"] * share["mat_EOL_RecycledHQ_Reused4MFG"]

        used = areas.installed[year] * table["mat_massperm2"][year]
        needed = used / areas.share("mod_MFG_eff", year)
        taken = min(waiting + again, needed)
        waiting += again - taken
        prepared = needed - taken
        raw = prepared / share["mat_MFG_eff"]
        scrap = raw - prepared + needed - used
        scrap_good = scrap * share["mat_MFG_scrap_Recycled"] * share["mat_MFG_scrap_Recycling_eff"]
        scrap_closed = scrap_good * share["mat_MFG_scrap_Recycled_into_HQ"]
        scrap_closed *= share["mat_MFG_scrap_Recycled_into_HQ_Reused4MFG"]
        drawn = min(closed_before + closed + scrap_closed, raw)
        closed_before += closed + scrap_closed - drawn

        landfilled = left["missed"] + left["landfill"] + left["reMFG"] - again - to_recycling
        landfilled += entering - recycled + scrap - scrap_good
        for name, grams in (
            ("virgin", raw - drawn),
            ("virgin_raw", (raw - drawn) / share["mat_virgin_eff"]),
            ("into_stock", used),
            ("landfilled", landfilled),
            ("recycled", recycled),
            ("closed_loop", drawn - scrap_closed),
            ("stored", left["stored"]),
            ("remanufactured", again),
        ):
            out[name].append(grams / 1e6)
    return out
