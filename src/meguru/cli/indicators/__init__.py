"""``meguru indicators``: sets of indicators by the standards."""
