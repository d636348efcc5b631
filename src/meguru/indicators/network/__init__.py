"""The 45 indicators of a circular economy as a network: what moves what, and what to watch."""

from meguru.indicators.network.graph import Arrow, Case, Network, Node, Path
from meguru.indicators.network.queries import Watched, paths, watch, what_it_moves, what_moves
from meguru.indicators.network.reading import forty_five
from meguru.indicators.network.simulated import side_effects

__all__ = [
    "Arrow",
    "Case",
    "Network",
    "Node",
    "Path",
    "Watched",
    "forty_five",
    "paths",
    "side_effects",
    "watch",
    "what_it_moves",
    "what_moves",
]
