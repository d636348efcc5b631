"""Background LCA by Brightway: every activity of a database as a factor, for the price of one solution each.

bw2data holds the database, bw2calc builds its matrices. The score of a demand d is c A⁻¹ d, with c the
characterised interventions of each activity; solving Aᵀ t = c once gives t, the score of one unit of every
product at the same time. The factors are kept, and used again as long as database and method stay the same.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from meguru.errors import LibraryError, did_you_mean
from meguru.files.writing import write_beside
from meguru.inventory.checks import check_library
from meguru.inventory.components import Factor, Flow, Impact, Library
from meguru.inventory.conversion import unit_per
from meguru.inventory.importers.naming import (
    free_name,
    impact_unit,
    joined,
    known_or_own,
    need,
    own_unit_note,
)
from meguru.inventory.solving import adjoint
from meguru.quantity import Quantity

EXTRA = "lca"
Method = tuple[str, ...]


def import_brightway(
    database: str,
    methods: Mapping[str, Sequence[str]],
    *,
    project: str | None = None,
    licence: str | None = None,
    cache: str | os.PathLike[str] | None = None,
) -> Library:
    """Every product of a Brightway database as a flow, with a factor for each method.

    Locations are regions; ``RoW`` and ``GLO`` are taken where a region has no factor of its own. Units that
    are not known are counted by themselves (:func:`unknown_units`).

    Parameters
    ----------
    database
        Its name in the project.
    methods
        Impact category → name of the Brightway method, as ``{"climate": ("IPCC 2013", "GWP 100a")}``.
    project
        Brightway project; default the current one.
    licence
        Of the database; Brightway does not keep it.
    cache
        Folder in which solved factors are kept; default the user's cache.

    Raises
    ------
    LibraryError
        Brightway is not installed (extra ``meguru[lca]``); no such project, database or method; the
        database can not be solved.
    """
    data = need("bw2data", EXTRA, "a Brightway database")
    need("bw2calc", EXTRA, "a Brightway database")
    with _project(data, project):
        _refuse_unknown(database, list(data.databases), "database")
        names = {impact: tuple(name) for impact, name in methods.items()}
        for name in names.values():
            _refuse_unknown(name, list(data.methods), "method")
        folder = _cache_folder() if cache is None else Path(cache)
        factors = {impact: _factors(data, database, name, folder) for impact, name in names.items()}
        library = _library(data, database, names, factors, licence)
    check_library(library)
    return library


@contextmanager
def _project(data: Any, project: str | None) -> Iterator[None]:
    """Another project for a while."""
    before = data.projects.current
    if project is not None:
        _refuse_unknown(project, [one.name for one in data.projects], "project")
        data.projects.set_current(project)
    try:
        yield
    finally:
        if project is not None:
            data.projects.set_current(before)


def _refuse_unknown(name: Any, known: list[Any], what: str) -> None:
    if name not in known:
        shown = [" / ".join(one) if isinstance(one, tuple) else str(one) for one in known]
        wanted = " / ".join(name) if isinstance(name, tuple) else name
        raise LibraryError(
            f"no such Brightway {what}",
            found=wanted,
            expected=shown or "one",
            hint=did_you_mean(wanted, shown),
        )


# -- solving --


def _factors(data: Any, database: str, method: Method, folder: Path) -> dict[int, float]:
    """Node identifier → score of one unit of its product; from the cache where nothing changed."""
    kept = folder / f"brightway-{_state(data, database, method)}.npz"
    if not kept.is_file():
        identifiers, scores = _solved(data, database, method)
        folder.mkdir(parents=True, exist_ok=True)
        write_beside(kept, _packed(identifiers, scores))
    with np.load(kept) as held:
        return dict(zip(held["identifiers"].tolist(), held["scores"].tolist(), strict=True))


def _solved(data: Any, database: str, method: Method) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Identifiers of all products that the matrix holds, and the score of a unit of each."""
    calculation = need("bw2calc", EXTRA, "a Brightway database")
    first = next(iter(data.Database(database)), None)
    if first is None:
        raise LibraryError("an empty database", found=database)
    demand, packages, _ = data.prepare_lca_inputs({first: 1.0}, method=method)
    lca = calculation.LCA(demand, data_objs=packages)
    lca.load_lci_data()
    lca.load_lcia_data()
    own = np.asarray((lca.characterization_matrix @ lca.biosphere_matrix).sum(axis=0)).ravel()
    totals = adjoint(csc_array(lca.technosphere_matrix), own)
    products = lca.dicts.product
    rows = np.fromiter(products.values(), dtype=np.int64)
    return np.fromiter(products.keys(), dtype=np.int64), totals[rows]


def _state(data: Any, database: str, method: Method) -> str:
    """What the factors depend on: the processed arrays of the database, of those behind it, of the method."""
    behind = data.Database(database).find_graph_dependents()
    digest = hashlib.sha256()
    for one in sorted(behind):
        digest.update(_processed(data.Database(one)))
    digest.update(_processed(data.Method(method)))
    return digest.hexdigest()[:32]


def _processed(store: Any) -> bytes:
    """The processed arrays of a database or method, as Brightway keeps them; made now if they are stale."""
    clean = getattr(store, "clean_all", None)
    if clean is not None:
        clean()
    if not store.filepath_processed().is_file():
        store.process()
    content: bytes = store.filepath_processed().read_bytes()
    return content


def _packed(identifiers: NDArray[np.int64], scores: NDArray[np.float64]) -> bytes:
    from io import BytesIO

    stream = BytesIO()
    np.savez(stream, identifiers=identifiers, scores=scores)
    return stream.getvalue()


def _cache_folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("meguru") / "factors"


# -- the library --


def _library(
    data: Any,
    database: str,
    methods: Mapping[str, Method],
    factors: Mapping[str, Mapping[int, float]],
    licence: str | None,
) -> Library:
    library = Library(name=database, source=f"Brightway database '{database}'", licence=licence)
    for impact, method in methods.items():
        found = data.Method(method).metadata.get("unit", "")
        unit = impact_unit(found)
        note = own_unit_note(unit, found)
        library.impacts[impact] = Impact(unit=unit, note=note, method=", ".join(method))
    for node in data.Database(database):
        scores = {impact: found[node.id] for impact, found in factors.items() if node.id in found}
        if not scores:
            continue  # an emission, or a process whose product is a node of its own
        label = node.get("reference product") or node.get("name") or node["code"]
        name = free_name(label, library.flows, node.get("name"), node.get("location"))
        spelled = node.get("unit") or ""
        unit = known_or_own(spelled)
        library.flows[name] = Flow(
            label=None if label == name else label,
            note=joined(node.get("comment"), own_unit_note(unit, spelled)),
            unit=unit,
            aliases=[one for one in (node.get("name"),) if one and one != label],
            factors=[
                Factor(
                    impact=impact,
                    amount=Quantity(score, unit_per(library.impacts[impact].unit, unit)),
                    region=node.get("location") or None,
                    scope="with all that lies behind it",
                )
                for impact, score in scores.items()
            ],
            id=f"{database}/{node['code']}",
        )
    return library
