"""Commands of exploration: what to do."""
