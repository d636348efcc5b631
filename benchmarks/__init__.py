"""How fast meguru is, side by side with its peers in the same run: ``python -m benchmarks``."""
