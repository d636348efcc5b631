"""Warning of a model that runs away: spectral radius of the linearised step with all its lags."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from meguru.foresight.checks.fault import CausalWarning, warning
from meguru.foresight.checks.network import SHOWN, some
from meguru.foresight.model import CausalModel, Edge

if TYPE_CHECKING:  # most models can not run away, and need not wait for it
    from scipy.sparse import csr_array

GROWTH = 10.0  # a loop that grows less than so many times over the run is growth, more is running away
DENSE = 400  # states up to which all eigenvalues are computed
SHARE = 0.05  # of the largest entry of the eigenvector: nodes below are not named
VECTORS = 20  # of the Krylov space
POWERS = (24, 96, 384)  # steps at once
TOLERANCE = 1e-3
RESTARTS = 20

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mode:
    """The fastest growing motion: factor by step, and the nodes in it, most moved first."""

    factor: float
    nodes: tuple[str, ...]


def diverging(model: CausalModel) -> Iterator[CausalWarning]:
    """Models that run away within the run, at the most likely strengths or at the strongest ones."""
    steps = (model.last - model.first) / model.step
    for extreme, when in (
        (False, "at the most likely strengths"),
        (True, "in futures with the strongest edges"),
    ):
        mode = leading_mode(model, extreme=extreme)
        if mode is None or mode.factor <= 1.0:
            continue
        digits = steps * math.log10(mode.factor)
        if digits < math.log10(GROWTH):
            continue
        growth = f"{10**digits:,.0f} times" if digits < 9 else f"10^{digits:.0f} times"
        text = f"may run away {when}: as it starts, it would grow {growth} by {model.last:g}"
        yield warning(
            "diverging", model, f"nodes.{mode.nodes[0]}", f"{text}, led by {some(mode.nodes)}", *mode.nodes,
            hint="Weaken the loop, let a node relax, use a saturating edge, or give bounds.",
        )  # fmt: skip
        return


def leading_mode(model: CausalModel, *, extreme: bool = False) -> Mode | None:
    """The fastest growing motion of the step, linearised at the start.

    The step without noise and events, in scales of the nodes, is z(t+1) = A_0 z(t) + Σ_l A_l z(t−l). Its
    companion matrix over the lags has the growth of each motion as its eigenvalues; they are those of its
    strongly connected parts. Nodes bounded on both sides can not run away, and edges that level off can not
    drive it: they are left out.

    Parameters
    ----------
    extreme
        With the strength of the largest size of each edge instead of the most likely one.

    Returns
    -------
    Mode or None
        None where no node can run away.
    """
    free = [name for name, node in model.nodes.items() if math.isinf(node.low) or math.isinf(node.high)]
    if not free:
        return None
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    index = {name: number for number, name in enumerate(free)}
    own = np.array([1.0 - model.step * model.nodes[name].pull for name in free])
    terms = [term for edge in model.edges for term in _terms(model, edge, index, extreme)]
    rows, columns = ([term[part] for term in terms] for part in (0, 1))
    links = csr_array((np.ones(len(terms)), (rows, columns)), shape=(len(free), len(free)))
    count, part_of = connected_components(links, directed=True, connection="strong")
    by_part: dict[int, list[tuple[int, int, int, float]]] = {}
    for row, column, lag, slope in terms:
        if part_of[row] == part_of[column]:
            by_part.setdefault(int(part_of[row]), []).append((row, column, lag, slope))
    members: list[list[int]] = [[] for _ in range(count)]
    for node, part in enumerate(part_of):
        members[part].append(node)
    modes = [_mode(members[part], by_part.get(part, []), own, free) for part in range(count)]
    return max(modes, key=lambda mode: mode.factor)


def _terms(
    model: CausalModel, edge: Edge, index: dict[str, int], extreme: bool
) -> Iterator[tuple[int, int, int, float]]:
    """(target, source, lag in steps, slope a step) of an edge that does not level off."""
    if edge.target not in index or edge.form in ("saturating", "threshold"):
        return
    strength = edge.strength.mode
    if extreme:
        strength = max(edge.strength.low, edge.strength.high, key=abs)
    lag = math.floor(edge.lag.mode / model.step + 0.5)
    slopes = {edge.source: 1.0}
    if edge.form == "product":
        slopes = _product_slopes(model, edge)
    for name, slope in slopes.items():
        if name in index and slope * strength != 0.0:
            yield index[edge.target], index[name], lag, model.step * strength * slope


def _product_slopes(model: CausalModel, edge: Edge) -> dict[str, float]:
    """Slopes of a product by each of its sources, at the start."""
    y = _scales(model, edge.source, edge.reference)
    z = _scales(model, edge.second, edge.second_reference)
    gate, slope = z, 1.0
    if edge.gate == "threshold":
        gate = 1.0 / (1.0 + math.exp(-min(max(edge.steepness * (z - edge.threshold), -700.0), 700.0)))
        slope = edge.steepness * gate * (1.0 - gate)
    slopes = {edge.source: gate}
    slopes[edge.second] = slopes.get(edge.second, 0.0) + y * slope
    return slopes


def _scales(model: CausalModel, name: str, reference: float | None) -> float:
    """How far a node starts from a reference, in scales."""
    node = model.nodes[name]
    return 0.0 if reference is None else (node.start.mode - reference) / node.scale


def _mode(members: list[int], terms: list[tuple[int, int, int, float]], own: Array, names: list[str]) -> Mode:
    """The fastest growing motion of one strongly connected part."""
    if not terms:
        return Mode(float(abs(own[members[0]])), (names[members[0]],))
    value, vector = _largest(_companion(members, terms, own))
    size = np.abs(vector[: len(members)])
    ranked = np.argsort(-size, kind="stable")[: 2 * SHOWN]
    return Mode(
        float(abs(value)), tuple(names[members[one]] for one in ranked if size[one] >= SHARE * size.max())
    )


def _companion(members: list[int], terms: list[tuple[int, int, int, float]], own: Array) -> csr_array:
    """The step as one matrix: first the nodes now, then each node's past as far back as it is read."""
    from scipy.sparse import csr_array

    local = {node: number for number, node in enumerate(members)}
    longest = [0] * len(members)
    for _, column, lag, _ in terms:
        longest[local[column]] = max(longest[local[column]], lag)
    first = len(members) + np.concatenate(([0], np.cumsum(longest)))
    rows = list(range(len(members)))
    columns = list(range(len(members)))
    values = [float(own[node]) for node in members]

    def slot(node: int, lag: int) -> int:
        return node if lag == 0 else int(first[node]) + lag - 1

    for row, column, lag, slope in terms:
        rows.append(local[row])
        columns.append(slot(local[column], lag))
        values.append(slope)
    for node, most in enumerate(longest):
        for lag in range(1, most + 1):
            rows.append(slot(node, lag))
            columns.append(slot(node, lag - 1))
            values.append(1.0)
    return csr_array((values, (rows, columns)), shape=(int(first[-1]), int(first[-1])))


def _largest(matrix: csr_array) -> tuple[float, NDArray[np.complex128]]:
    """The size of the largest eigenvalue, and its vector.

    A step moves little, so its eigenvalues lie close together: those of many steps at once lie apart.
    """
    from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigs

    size = matrix.shape[0]
    if size <= DENSE:
        values, vectors = np.linalg.eig(matrix.toarray())
        best = int(np.argmax(np.abs(values)))
        return float(abs(values[best])), vectors[:, best]
    start = np.random.default_rng(0).standard_normal(size)
    for power in POWERS:
        many = LinearOperator((size, size), matvec=lambda vector, power=power: _steps(matrix, vector, power))
        try:
            values, vectors = eigs(
                many, k=1, v0=start, ncv=VECTORS, which="LM", tol=TOLERANCE, maxiter=RESTARTS
            )
        except ArpackNoConvergence:
            continue
        return float(abs(values[0])) ** (1.0 / power), vectors[:, 0]
    vector = _steps(matrix, start, POWERS[-1])
    vector /= np.linalg.norm(vector)
    after = _steps(matrix, vector, POWERS[-1])
    return float(np.linalg.norm(after)) ** (1.0 / POWERS[-1]), after.astype(np.complex128)


def _steps(matrix: csr_array, vector: Array, count: int) -> Array:
    for _ in range(count):
        vector = matrix @ vector
    return vector
