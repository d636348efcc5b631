"""Ensembles: many samples of several scenarios, in blocks, and how far their figures hold."""
