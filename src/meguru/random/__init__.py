"""Random numbers that depend on the seed and a name only, not on the order in which they are asked for."""

from meguru.random.streams import uniforms

__all__ = ["uniforms"]
