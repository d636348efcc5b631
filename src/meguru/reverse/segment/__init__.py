"""Cycles of machines, and the items that they belong to."""
