"""A simulated plant. Everything that comes of it is synthetic."""
