"""A plant at work, as a view shows it."""
