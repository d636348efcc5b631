"""``meguru inventory``: unit process data and factors."""
