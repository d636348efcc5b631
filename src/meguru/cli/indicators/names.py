"""Names of the catalogue on the command line: one that is not there is wrong usage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from meguru.errors import UnknownNameError


@contextmanager
def names_of_the_command() -> Iterator[None]:
    """An unknown set, indicator, purpose or variant is a fault of the command, not of the figures."""
    try:
        yield
    except UnknownNameError as error:
        raise click.UsageError(str(error)) from error
