"""The version of the package: in a module of its own, so that any floor may write it into what it makes."""

__version__ = "0.1.0"
