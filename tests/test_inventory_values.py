"""Values of the open library and of the pedigree against tables typed by themselves."""

from __future__ import annotations

import math

import pytest

from meguru import inventory
from meguru.inventory.pedigree import BASIC_VARIANCE, VARIANCES, time_score

# IPCC, Climate Change 2013 (AR5, WG I), appendix 8.A, table 8.A.1, GWP of 100 years without climate-carbon
# feedbacks. All but fossil methane and R-32 were read again in a reproduction of the table's column (the list
# of greenhouse gases of the English Wikipedia); these two are typed from memory of the table itself.
AR5_100 = {
    "CO2": 1, "CH4": 28, "fossil CH4": 30, "N2O": 265, "R-23": 12_400, "R-32": 677, "R-125": 3_170,
    "R-134a": 1_300,
}  # fmt: skip

# Weidema et al. 2013, Overview and methodology: data quality guideline for ecoinvent 3, table 10.5: variances
# of the underlying normal distribution, scores 1 to 5. Typed from memory of the table, then found the same in
# another project's transcription of it; the older factors (next table, from memory) hold it to 15 %.
GUIDELINE = """
reliability   0.000 0.0006   0.002  0.008  0.04
completeness  0.000 0.0001   0.0006 0.002  0.008
time          0.000 0.0002   0.002  0.008  0.04
place         0.000 2.5e-05  0.0001 0.0006 0.002
technology    0.000 0.0006   0.008  0.04   0.12
"""

# Frischknecht et al. 2007, ecoinvent report 1, table 7.2: factors of the 95 % interval, U; a variance of the
# logarithm is (ln U / 2)². Sample size, which the later guideline left out, is not among them.
FACTORS = {
    (0, 2): 1.05, (0, 3): 1.10, (0, 4): 1.20, (0, 5): 1.50, (1, 2): 1.02, (1, 3): 1.05, (1, 4): 1.10,
    (1, 5): 1.20, (2, 2): 1.03, (2, 3): 1.10, (2, 4): 1.20, (2, 5): 1.50, (3, 2): 1.01, (3, 3): 1.02,
    (3, 5): 1.10, (4, 3): 1.20, (4, 4): 1.50, (4, 5): 2.00,
}  # fmt: skip


def test_global_warming_potentials_are_those_of_the_report_that_is_named() -> None:
    library = inventory.read_library("meguru:open")
    gases = {name for name, flow in library.flows.items() if flow.category == "greenhouse gases"}
    checked = set()
    for alias, value in AR5_100.items():
        name = inventory.find_flow(library, alias)[0]
        found = inventory.factor(library, name, "climate")
        assert (found.value, found.unit, found.year) == (value, "kg_CO2e/kg", 2013), alias
        assert found.source is not None and "Fifth Assessment Report" in found.source
        checked.add(name)
    assert checked == gases
    assert "AR5" in (library.impacts["climate"].method or "")


def test_variances_of_the_pedigree_are_those_of_the_guideline() -> None:
    rows = [[float(cell) for cell in line.split()[1:]] for line in GUIDELINE.strip().splitlines()]
    assert [list(row) for row in VARIANCES] == rows
    assert BASIC_VARIANCE == 0.0006  # energy, materials, treatments: the guideline's table 10.4


@pytest.mark.parametrize(("cell", "factor"), FACTORS.items())
def test_variances_of_the_pedigree_follow_from_the_older_factors(
    cell: tuple[int, int], factor: float
) -> None:
    row, score = cell
    assert VARIANCES[row][score - 1] == pytest.approx((math.log(factor) / 2) ** 2, rel=0.15)


@pytest.mark.parametrize(
    ("years", "score"),
    [(0, 1), (2.9, 1), (3, 2), (-5.9, 2), (6, 3), (9.9, 3), (10, 4), (14.9, 4), (15, 5), (80, 5), (None, 5)],
)
def test_the_score_for_time_counts_the_years_between(years: float | None, score: int) -> None:
    assert time_score(years) == score
