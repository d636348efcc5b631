"""Commands on many runs: how sure, what matters, what to do."""
