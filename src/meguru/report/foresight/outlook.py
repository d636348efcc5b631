"""What all sections of the report on futures look at: futures, analysis, names and colours."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from meguru.foresight.analysis import Analysis, Split
from meguru.foresight.futures import Futures
from meguru.foresight.telling import Sentence, tell
from meguru.foresight.telling.words import field_of, label_of, percent, unit_of
from meguru.report.both import Both
from meguru.report.foresight.words import both
from meguru.report.svg.canvas import PALETTE


class Outlook:
    """Futures and their analysis, as the report shows them.

    Parameters
    ----------
    futures, analysis
        Of the same run.
    """

    def __init__(self, futures: Futures, analysis: Analysis) -> None:
        self.futures, self.analysis, self.model = futures, analysis, futures.model
        self.groups = analysis.groups

    @property
    def codes(self) -> tuple[str, ...]:
        return self.groups.codes

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        return tell(self.futures, self.analysis)

    @cached_property
    def rows(self) -> NDArray[np.intp]:
        """Snapshots at whole years."""
        whole = np.isclose(self.futures.years, np.round(self.futures.years))
        return np.flatnonzero(whole)

    @cached_property
    def years(self) -> list[int]:
        """Whole years that have a snapshot."""
        return [round(float(self.futures.years[row])) for row in self.rows]

    def label(self, name: str) -> Both:
        """Label of a node or event."""
        return both(label_of(self.model, name))

    def unit(self, name: str) -> Both:
        """Unit of a node in words; nothing of a plain number, which is no ratio."""
        return both(unit_of(self.model.nodes[name].unit))

    def field(self, name: str) -> Both:
        return both(field_of(name))

    def colour(self, code: str) -> str:
        """Colour of a group, the same in every picture."""
        return PALETTE[self.codes.index(code) % len(PALETTE)]

    def share(self, code: str) -> float:
        return self.groups.share[self.groups.number(code)]

    def name(self, code: str) -> Both:
        """Name proposed for a group."""
        return both(self.groups.names[self.groups.number(code)])

    def titled(self, code: str) -> Both:
        """Code and share of a group."""
        return Both.of(f"{code} ({percent(self.share(code))})")

    def members(self, code: str) -> NDArray[np.intp]:
        """Columns of the scenarios of a group."""
        return np.flatnonzero(self.groups.labels == self.groups.number(code))

    def split_name(self, split: Split) -> Both:
        return Both.of(f"{'·'.join(split.left)} | {'·'.join(split.right)}")
