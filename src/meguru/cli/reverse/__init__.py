"""``meguru reverse`` and its commands."""
