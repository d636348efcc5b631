"""Random numbers that depend on the seed and a name only, not on the order in which they are asked for."""

from meguru.random.copula import Correlated
from meguru.random.hypercube import hypercube
from meguru.random.sobol import SobolPoints
from meguru.random.streams import uniforms

__all__ = ["Correlated", "SobolPoints", "hypercube", "uniforms"]
