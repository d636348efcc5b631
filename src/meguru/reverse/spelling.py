"""How texts of plates and catalogues compare."""

from __future__ import annotations

import re
import unicodedata

FOLDER_NAME = re.compile(r"[^\s/\\.:*?\"<>|][^/\\:*?\"<>|]*\Z")  # what may name a folder anywhere


def folded(text: str) -> str:
    """Letters and digits only, in capitals and half width: spacing and hyphens of a plate do not count."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).upper() if letter.isalnum())
