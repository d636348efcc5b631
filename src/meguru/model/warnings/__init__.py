"""What is probably not meant in a model that can be run; one function per kind of warning."""

from meguru.model.warnings.all_warnings import find_warnings

__all__ = ["find_warnings"]
