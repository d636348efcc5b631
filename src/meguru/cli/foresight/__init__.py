"""``meguru foresight``: futures of a causal model."""
