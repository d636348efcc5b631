"""The account of a run: exchanges, impacts, money and work as entries, evaluated when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from meguru.engine.accounts.activity import Amounts
from meguru.engine.accounts.entries import Books, Entry, ImpactEntry, Ledger, sum_of
from meguru.engine.accounts.money import enter_measures, enter_routes
from meguru.engine.accounts.money_check import check_money
from meguru.engine.accounts.unit_process import enter_processes
from meguru.engine.compiling.program import Program
from meguru.errors import ModelError
from meguru.model.checks import locate
from meguru.quantity import convert, same_dimension

Array = NDArray[np.float64]


def write_books(program: Program, scenario: str) -> Books:
    """Read all unit data, transport, prices, fees and costs of a model into entries.

    Raises
    ------
    ModelError
        A number in a wrong unit, or one that is missing.
    """
    try:
        books = Books(program)
        enter_processes(books)
        enter_routes(books)
        enter_measures(books, scenario)
    except ModelError as error:
        raise locate(program.model, error) from None
    return books


@dataclass(slots=True)
class Account:
    """Entries together with what a block of samples measured; arrays are made when asked for."""

    ledger: Ledger
    amounts: Amounts
    categories: list[str]
    energy_carriers: dict[str, float]  # exchange counted as energy → kWh per unit

    def exchanges(self) -> Array:
        """(sample, time, entry)."""
        return self._table(self.ledger.exchanges)

    def work(self) -> Array:
        """(sample, time, entry) hours."""
        return self._table(self.ledger.work)

    def money(self) -> Array:
        """(sample, time, payment)."""
        return self._table(self.ledger.payments)

    def energy_entries(self) -> list[Entry]:
        """Exchanges that are energy."""
        return [entry for entry in self.ledger.exchanges if entry.labels["exchange"] in self.energy_carriers]

    def energy(self) -> Array:
        """(sample, time, entry) kWh."""
        entries = self.energy_entries()
        table = self._table(entries)
        table *= np.array([self.energy_carriers[entry.labels["exchange"]] for entry in entries])
        return table

    def impacts(self) -> Array:
        """(sample, time, entry, category)."""
        amounts = self._fresh()
        out = np.zeros((*amounts.shape, len(self.ledger.impacts), len(self.categories)))
        for index, entry in enumerate(self.ledger.impacts):
            for category, terms in entry.terms.items():
                out[:, :, index, self.categories.index(category)] = sum_of(terms, amounts)
        return out

    def _table(self, entries: Sequence[Entry]) -> Array:
        amounts = self._fresh()
        out = np.empty((*amounts.shape, len(entries)))
        for index, entry in enumerate(entries):
            out[:, :, index] = entry.value(amounts)
        return out

    def _fresh(self) -> Amounts:
        """What is measured is remembered while one table is made, not longer."""
        return replace(self.amounts, known={})


def keep_account(program: Program, amounts: Amounts, scenario: str) -> Account:
    """The account of one block of samples; money is checked.

    Raises
    ------
    ModelError
        A number in a wrong unit, or one that is missing.
    BalanceError
        Money that does not balance.
    """
    books = write_books(program, scenario)
    check_money(books, replace(amounts, known={}))
    carriers = {
        name: float(convert(1.0, exchange.unit, "kWh"))
        for name, exchange in program.model.exchanges.items()
        if exchange.category == "energy" and same_dimension(exchange.unit, "kWh")
    }
    return Account(books.ledger, amounts, list(program.model.impacts), carriers)


__all__ = ["Account", "Entry", "ImpactEntry", "keep_account", "write_books"]
