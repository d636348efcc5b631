"""Where things enter and never leave."""

from __future__ import annotations

from collections.abc import Iterator

from meguru.errors import ModelWarning
from meguru.model.components import Model
from meguru.model.warnings.warning import warning


def nothing_leaves(model: Model) -> Iterator[ModelWarning]:
    """Products leave the use stage for some cause, and something is drawn from every store."""
    drawn = {route.source.partition(".")[0] for route in model.routes if not _is_overflow(route.source)}
    for name, process in model.processes.items():
        place = f"processes.{name}"
        failing = any(slot.lifetime is not None for slot in process.parts.values())
        if process.kind == "use" and not process.leave and not failing:
            yield warning(
                model, place, "products enter this use and never leave it", expected="a cause under 'leave'"
            )
        if process.kind == "store" and name not in drawn and process.loss is None:
            yield warning(
                model,
                place,
                "nothing draws from this store: what enters it stays",
                expected="a route from it",
            )


def _is_overflow(port: str) -> bool:
    return port.partition(".")[2] in ("overflow", "loss")
