"""Texts of models with some of their words replaced."""

from __future__ import annotations


def edited(text: str, *edits: tuple[str, str]) -> str:
    """A text after edits, each of which finds its old words once."""
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text
