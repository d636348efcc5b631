"""The command line: thin; what it shows can be had from Python with the same names."""

from meguru.cli.main import main

__all__ = ["main"]
