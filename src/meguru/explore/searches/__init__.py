"""Searches over choices: all combinations or NSGA-II, and the points that none beats."""
