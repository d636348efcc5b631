"""Which product type a photo shows."""

from meguru.reverse.identify.batch import Outcome, identify_all, photos_in
from meguru.reverse.identify.benchmark import Benchmark, benchmark
from meguru.reverse.identify.identifier import Candidate, Identification, Identifier

__all__ = [
    "Benchmark",
    "Candidate",
    "Identification",
    "Identifier",
    "Outcome",
    "benchmark",
    "identify_all",
    "photos_in",
]
