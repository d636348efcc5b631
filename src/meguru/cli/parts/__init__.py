"""``meguru parts``: when goods and parts come back, and what to do with them."""
