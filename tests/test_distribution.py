"""Distributions: those of scipy are the oracle."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from meguru.errors import (
    DistributionError,
    RangeError,
)
from meguru.quantity import (
    Distribution,
    Quantity,
    draw,
    read_quantity,
)

NOW = np.array([2020.0])


finite = st.floats(-1e300, 1e300)
positive = st.floats(1e-6, 1e6)


def distributions() -> st.SearchStrategy[Distribution]:
    three = st.tuples(finite, finite, finite).map(sorted)
    return st.one_of(
        st.builds(lambda mean, sd: Distribution("normal", mean=mean, sd=sd), finite, positive),
        st.builds(lambda mean, sd: Distribution("lognormal", mean=mean, sd=sd), positive, positive),
        three.map(lambda t: Distribution("pert", low=t[0], mode=t[1], high=t[2])),
        three.map(lambda t: Distribution("uniform", low=t[0], high=t[2])),
    )


def with_oracle() -> list[tuple[Distribution, Any]]:
    from scipy import stats

    log_variance = math.log1p((3 / 4) ** 2)
    return [
        (Distribution("normal", mean=3, sd=2), stats.norm(3, 2)),
        (Distribution("normal", mean=3, sd=2, low=2), stats.truncnorm(-0.5, np.inf, 3, 2)),
        (Distribution("normal", mean=3, sd=2, low=0, high=4), stats.truncnorm(-1.5, 0.5, 3, 2)),
        (Distribution("normal", mean=0, sd=1, low=5.9), stats.truncnorm(5.9, np.inf)),
        (Distribution("normal", mean=0, sd=1, high=-5.9), stats.truncnorm(-np.inf, -5.9)),
        (Distribution("normal", mean=0, sd=1, low=4, high=5), stats.truncnorm(4, 5)),
        (Distribution("lognormal", median=2, gsd=1.5), stats.lognorm(math.log(1.5), scale=2)),
        (
            Distribution("lognormal", mean=4, sd=3),
            stats.lognorm(math.sqrt(log_variance), scale=4 / math.exp(log_variance / 2)),
        ),
        (Distribution("uniform", low=-1, high=4), stats.uniform(-1, 5)),
        (Distribution("triangular", low=1, mode=2, high=5), stats.triang(0.25, 1, 4)),
        (Distribution("triangular", low=1, mode=1, high=5), stats.triang(0, 1, 4)),
        (Distribution("triangular", low=1, mode=5, high=5), stats.triang(1, 1, 4)),
        (Distribution("pert", low=1, mode=2, high=5), stats.beta(2, 4, 1, 4)),
        (Distribution("pert", low=1, mode=5, high=5), stats.beta(5, 1, 1, 4)),
    ]


@pytest.mark.parametrize("number", range(14))
def test_distributions_are_those_of_scipy(number: int) -> None:
    distribution, oracle = with_oracle()[number]
    share = np.concatenate([[2.0**-53, 1e-9], np.linspace(0.001, 0.999, 201), [1 - 2.0**-53]])
    inside = slice(2, -1)
    assert draw(distribution, share)[inside] == pytest.approx(oracle.ppf(share[inside]), rel=1e-9)
    assert distribution.expected() == pytest.approx(oracle.mean(), rel=1e-9)
    samples = draw(distribution, share.reshape(2, -1))
    assert samples.shape == (2, 102)
    assert np.isfinite(samples).all()
    assert (np.diff(samples.ravel()) >= 0).all()
    low, high = oracle.support()
    assert ((low <= samples) & (samples <= high)).all()
    assert Quantity(unit="kg", distribution=distribution).evaluate("g", NOW)[0, 0] == pytest.approx(
        1000 * oracle.mean(), rel=1e-9
    )


def test_distributions_without_width_are_constants() -> None:
    share = np.array([0.1, 0.9])
    for distribution in (
        Distribution("normal", mean=3, sd=0), Distribution("normal", mean=3, sd=0, low=3),
        Distribution("uniform", low=3, high=3), Distribution("pert", low=3, mode=3, high=3),
        Distribution("triangular", low=3, mode=3, high=3), Distribution("lognormal", median=3, gsd=1),
        Distribution("lognormal", mean=3, sd=0),
    ):  # fmt: skip
        assert draw(distribution, share) == pytest.approx([3, 3], rel=1e-15)
        assert distribution.expected() == pytest.approx(3, rel=1e-15)


@pytest.mark.parametrize(
    ("form", "parameters"),
    [
        ("normal", {}), ("normal", {"mean": 1}), ("normal", {"mean": 1, "sd": -1}),
        ("normal", {"mean": 1, "sd": 1, "mode": 1}), ("normal", {"mean": 0, "sd": 1, "low": 2, "high": 1}),
        ("normal", {"mean": 0, "sd": 1, "low": 20}), ("normal", {"mean": 0, "sd": 0, "low": 1}),
        ("normal", {"mean": math.nan, "sd": 1}), ("lognormal", {"median": 1}),
        ("lognormal", {"median": 1, "gsd": 0.9}), ("lognormal", {"median": 0, "gsd": 2}),
        ("lognormal", {"mean": -1, "sd": 2}), ("lognormal", {"median": 1, "gsd": 2, "mean": 1}),
        ("lognormal", {"mean": 1, "gsd": 2}), ("uniform", {"low": 2, "high": 1}), ("uniform", {"low": 1}),
        ("triangular", {"low": 1, "mode": 3, "high": 2}), ("pert", {"low": 2, "mode": 1, "high": 3}),
        ("pert", {"low": 1, "high": 2}), ("uniform", {"low": 1, "high": math.inf}),
        ("uniform", {"low": -1e308, "high": 1e308}), ("weibull", {"mean": 1}),
    ],
)  # fmt: skip
def test_impossible_distributions_are_refused(form: str, parameters: dict[str, float]) -> None:
    with pytest.raises(DistributionError):
        Distribution(form, **parameters)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, math.nan])
def test_uniforms_outside_are_refused(share: float) -> None:
    with pytest.raises(RangeError):
        draw(Distribution("uniform", low=0, high=1), np.array([0.5, share]))


def test_parameters_may_bring_units() -> None:
    quantity = read_quantity({"distribution": "normal", "mean": "2 kg", "sd": "500 g"})
    assert quantity == Quantity.normal(2, 0.5, "kg")
    quantity = read_quantity({"distribution": "lognormal", "median": "2 kg", "gsd": "150 %", "unit": "g"})
    assert quantity == Quantity.lognormal(2000, 1.5, "g")


@given(distributions(), st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_samples_rise_with_the_uniform(distribution: Distribution, first: float, second: float) -> None:
    assume(first < second)
    low, high = draw(distribution, np.array([first, second]))
    assert low <= high


@given(st.floats(-1, 1), st.floats(-8, 0.5), st.floats(-10, 10), st.floats(0.1, 10))
def test_no_sample_steps_over_a_bound(low: float, width: float, mean: float, sd: float) -> None:
    bounds = mean + sd * low, mean + sd * (low + 10**width)
    distribution = Distribution("normal", mean=mean, sd=sd, low=bounds[0], high=bounds[1])
    samples = draw(distribution, np.array([2.0**-53, 0.5, 1 - 2.0**-53]))
    assert bounds[0] <= samples.min()
    assert samples.max() <= bounds[1]
    assert bounds[0] <= distribution.expected() <= bounds[1]
