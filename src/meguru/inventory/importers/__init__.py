"""Importers: tables, openLCA JSON-LD, EcoSpold, Brightway databases."""
