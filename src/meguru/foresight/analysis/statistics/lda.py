"""Linear discriminants of two sides with a shrunken covariance, and how well scores tell the sides apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Floats = NDArray[np.float64]
Sides = NDArray[np.bool_]


def shrunken(values: Floats) -> Floats:
    """Covariance of centred rows, drawn towards a multiple of the identity.

    Ledoit & Wolf 2004, https://doi.org/10.1016/S0047-259X(03)00096-4.

    Parameters
    ----------
    values
        (scenario, variable), each variable with mean zero.

    Returns
    -------
    (variable, variable)
    """
    size, variables = values.shape
    covariance = values.T @ values / size
    return shrink(covariance, shrinkage(values, covariance), variables)


def shrinkage(values: Floats, covariance: Floats) -> float:
    """Weight of the identity, from 0 to 1, that is expected to be nearest to the true covariance."""
    size, variables = values.shape
    level = float(np.trace(covariance)) / variables
    squares = float((covariance**2).sum())
    away = squares - variables * level**2
    fourth = float(((values**2).sum(axis=1) ** 2).sum())
    noise = (fourth / size - squares) / size
    return float(np.clip(noise / away, 0.0, 1.0)) if away > 0 else 1.0


def shrink(covariance: Floats, weight: float, variables: int) -> Floats:
    level = float(np.trace(covariance)) / variables
    return np.asarray((1 - weight) * covariance + weight * level * np.eye(variables))


def direction(values: Floats, side: Sides) -> Floats:
    """Weights (variable,) of Fisher's discriminant; higher scores speak for the side that is True.

    Where nothing varies within the sides, they are the difference of the means.

    Parameters
    ----------
    values
        (scenario, variable).
    side
        (scenario,).
    """
    centre, other = values[side].mean(axis=0), values[~side].mean(axis=0)
    within = values - np.where(side[:, None], centre, other)
    covariance = shrunken(within)
    if not np.trace(covariance) > 0:
        return np.asarray(centre - other)
    return np.asarray(np.linalg.solve(covariance, centre - other))


def auc(scores: Floats, side: Sides) -> float:
    """Chance that a scenario of the side scores above one of the other (area under the ROC curve)."""
    ranks = rankdata(scores)
    count = int(side.sum())
    other = side.size - count
    return float((ranks[side].sum() - count * (count + 1) / 2) / (count * other))


def out_of_fold(values: Floats, side: Sides, fold: NDArray[np.int64]) -> Floats:
    """Scores (scenario,), each from a discriminant fitted without the scenario's fold.

    Parameters
    ----------
    values
        (scenario, variable); a variable that does not vary says nothing and is left out.
    side
        (scenario,).
    fold
        (scenario,) number of the part in which a scenario is held out.

    Notes
    -----
    The covariance without a fold follows from sums over folds, so that each product is formed once. Scores
    are put on a common scale over folds by the spread of the fitted scores.
    """
    spread = values.std(axis=0)
    varies = spread > 1e-12 * np.maximum(np.abs(values).max(axis=0), 1e-300)
    scores = np.zeros(side.size)
    if not varies.any():
        return scores
    scaled = (values[:, varies] - values[:, varies].mean(axis=0)) / spread[varies]
    variables = scaled.shape[1]
    parts = [(scaled[fold == part], side[fold == part]) for part in range(int(fold.max()) + 1)]
    product = [part.T @ part for part, _ in parts]
    sums = np.array([[part[which].sum(axis=0), part[~which].sum(axis=0)] for part, which in parts])
    counts = np.array([[which.sum(), (~which).sum()] for _, which in parts], dtype=float)
    centres = sums.sum(axis=0) / counts.sum(axis=0)[:, None]
    within = scaled - np.where(side[:, None], centres[0], centres[1])
    weight = shrinkage(within, within.T @ within / side.size)
    for part, (held, _) in enumerate(parts):
        size = counts.sum(axis=0) - counts[part]
        centre = (sums.sum(axis=0) - sums[part]) / size[:, None]
        total = sum(product) - product[part]
        scatter = total - (size[:, None, None] * centre[:, :, None] * centre[:, None, :]).sum(axis=0)
        covariance = shrink(scatter / size.sum(), weight, variables)
        weights = np.linalg.solve(covariance, centre[0] - centre[1])
        middle = centre.mean(axis=0) @ weights
        scale = np.sqrt(weights @ covariance @ weights)
        scores[fold == part] = (held @ weights - middle) / scale
    return scores
