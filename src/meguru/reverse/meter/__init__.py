"""Meters: plant files, readings from sensors, their store, power."""
