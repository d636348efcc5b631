"""The models that come with the package."""

from meguru.examples.locate import example, example_names, example_path

__all__ = ["example", "example_names", "example_path"]
