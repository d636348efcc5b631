"""Sets of indicators as data: one file a set."""
