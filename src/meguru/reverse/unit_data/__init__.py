"""Unit data by type and step, chains, versions, libraries."""
