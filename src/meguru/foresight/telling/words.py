"""Words of the sentences in both languages, from ``sentences.yaml``."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Any

from meguru.foresight.model import CausalModel

LANGUAGES = ("en", "ja")
Words = dict[str, str]  # language → text


@lru_cache(maxsize=1)
def texts() -> dict[str, dict[str, Words]]:
    """Part of the file → key → words."""
    from ruamel.yaml import YAML

    home = resources.files("meguru.foresight.telling").joinpath("sentences.yaml")
    found: dict[str, dict[str, Any]] = YAML(typ="safe").load(home.read_text(encoding="utf-8"))
    return {
        part: {key: dict(zip(LANGUAGES, entry, strict=True)) for key, entry in entries.items()}
        for part, entries in found.items()
    }


def filled(part: str, key: str, **values: object) -> Words:
    """A sentence or word with its places filled; values may be words themselves."""
    return {
        language: text.format(
            **{name: value[language] if isinstance(value, dict) else value for name, value in values.items()}
        )
        for language, text in texts()[part][key].items()
    }


def reason_of(text: str) -> Words:
    """A reason of the analysis in words."""
    return texts()["reasons"][text]


def field_of(name: str) -> Words:
    """A field in words: known ones in both languages, others as the model calls them."""
    return texts()["fields"].get(name) or dict.fromkeys(LANGUAGES, name or "–")


def label_of(model: CausalModel, name: str) -> Words:
    """The label of a node or event; its name where it has none."""
    held = (model.nodes.get(name) or model.events[name]).label
    fallback = held.get("en") or next(iter(held.values()), name)
    return {language: held.get(language) or fallback for language in LANGUAGES}


def joined(parts: list[Words], between: str = "and") -> Words:
    """Words one after the other."""
    sign = texts()["words"][between]
    return {language: sign[language].join(one[language] for one in parts) for language in LANGUAGES}


def number(value: float) -> str:
    """Three digits that count."""
    text = f"{value:.3g}"
    return f"{value:,.0f}" if "e" in text and abs(value) >= 1 else text.replace("-", "−")


def percent(share: float) -> str:
    """A share in whole percent; below one percent with a digit more."""
    if share in (0.0, 1.0) or 0.0095 <= share < 0.995:
        text = f"{share * 100:.0f}"
    else:
        text = "< 0.1" if share < 0.0005 else "> 99.9" if share > 0.9995 else f"{share * 100:.1f}"
    return f"{text} %"


def points(change: float, *, signed: bool = False) -> str:
    """A change of a share in percentage points."""
    text = f"{change * 100:+.1f}" if signed else f"{change * 100:.1f}"
    return text.replace("-", "−")
