"""Words of the sentences in both languages, from ``sentences.yaml``, and how values are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from string import Formatter
from typing import Any

from meguru.foresight.model import CausalModel, edge_names

LANGUAGES = ("en", "ja")
Words = dict[str, str]  # language → text
PART = re.compile(r"<(\w+)>")


@lru_cache(maxsize=1)
def texts() -> dict[str, dict[str, Words]]:
    """Part of the file → key → words."""
    from ruamel.yaml import YAML

    home = resources.files("meguru.foresight.telling").joinpath("sentences.yaml")
    read: dict[str, dict[str, Any]] = YAML(typ="safe").load(home.read_text(encoding="utf-8"))
    found = {
        part: {key: dict(zip(LANGUAGES, entry, strict=True)) for key, entry in entries.items()}
        for part, entries in read.items()
    }
    parts = found.pop("parts")
    found["sentences"] = {
        key: {language: _whole(text, parts, language) for language, text in entry.items()}
        for key, entry in found["sentences"].items()
    }
    return found


def _whole(text: str, parts: Mapping[str, Words], language: str) -> str:
    """A template with the parts that it names."""
    return PART.sub(lambda one: parts[one[1]][language], text)


def sentence(kind: str, values: Mapping[str, Any]) -> Words:
    """A sentence: the template of its kind, its places filled with values of its evidence, nothing else."""
    return {
        language: _Filler(language).vformat(text, (), values)
        for language, text in texts()["sentences"][kind].items()
    }


def places_of(kind: str) -> dict[str, str]:
    """Places of a sentence, and the form of the value of each."""
    text = texts()["sentences"][kind]["en"]
    return {name: form or "" for _, name, form, _ in Formatter().parse(text) if name}


def word(key: str, language: str, **values: str) -> str:
    """A word or phrase, its places filled."""
    return texts()["words"][key][language].format(**values)


def reason_of(text: str) -> Words:
    """A reason of the analysis in words."""
    return texts()["reasons"][text]


def field_of(name: str) -> Words:
    """A field in words: known ones in both languages, others as the model calls them."""
    return texts()["fields"].get(name) or dict.fromkeys(LANGUAGES, name or "–")


def unit_of(unit: str) -> Words:
    """A unit in words: ``trillion JPY/year`` → 兆円/年; nothing of a plain number."""
    if unit in ("", "1"):
        return dict.fromkeys(LANGUAGES, "")
    known = texts()["units"]
    told = {}
    for language, between in zip(LANGUAGES, (" ", ""), strict=True):
        parts = [part.split() for part in unit.split("/")]
        if not all(one in known for part in parts for one in part):
            between = " "  # one that nobody translates stays apart
        words = [between.join(known.get(one, {language: one})[language] for one in part) for part in parts]
        told[language] = "/".join(words)
    return told


def label_of(model: CausalModel, name: str) -> Words:
    """The label of a node or event; its name where it has none."""
    held = (model.nodes.get(name) or model.events[name]).label
    fallback = held.get("en") or next(iter(held.values()), name)
    return {language: held.get(language) or fallback for language in LANGUAGES}


def drawn_label(model: CausalModel, kind: str, name: str) -> Words:
    """What is drawn for each scenario in words: start of a node, strength or lag of an influence."""
    if kind == "start":
        return {lang: word("drawn_start", lang, name=text) for lang, text in label_of(model, name).items()}
    edge = dict(zip(edge_names(model.edges), model.edges, strict=True))[name]
    ends = label_of(model, edge.source), label_of(model, edge.target)
    return {
        lang: word(f"drawn_{kind}", lang, name=f"{ends[0][lang]} → {ends[1][lang]}") for lang in LANGUAGES
    }


def codes_text(codes: Sequence[str]) -> str:
    """Groups as they are named together: ``A·B``."""
    return "·".join(codes)


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


def tenths(share: float) -> str:
    """A share in percent with a digit after the point, where shares that lie close are compared."""
    return f"{share * 100:.1f} %"


def points(change: float, *, signed: bool = False) -> str:
    """A change of a share in percentage points."""
    text = f"{change * 100:+.1f}" if signed else f"{change * 100:.1f}"
    return text.replace("-", "−")


def level(model: CausalModel, node: str, value: float) -> Words:
    """A value with the unit of its node."""
    told = {"size": value, "unit": model.nodes[node].unit}
    return {language: _level(told, language) for language in LANGUAGES}


def change(model: CausalModel, node: str, size: float) -> Words:
    """A difference of two values of a node: of values in percent it is one in percentage points."""
    value = {"size": size, "unit": model.nodes[node].unit}
    return {language: _change(value, language) for language in LANGUAGES}


def bound(model: CausalModel, node: str, low: float | None, high: float | None) -> Words:
    """A bound in words."""
    value = {"low": low, "high": high, "unit": model.nodes[node].unit}
    return {language: _bound(value, language) for language in LANGUAGES}


def _level(value: Mapping[str, Any], language: str) -> str:
    """With its unit; a plain number and one of an index stand alone."""
    unit = "" if value["unit"] == "index" else unit_of(value["unit"])[language]
    return f"{number(value['size'])} {unit}".strip()


def _change(value: Mapping[str, Any], language: str) -> str:
    if value["unit"] != "%":
        return _level(value, language)
    return word("points", language, size=number(value["size"]))


def _bound(value: Mapping[str, Any], language: str) -> str:
    low, high, unit = value["low"], value["high"], value["unit"]
    if low is None:
        return word("below", language, high=_level({"size": high, "unit": unit}, language))
    above = _level({"size": low, "unit": unit}, language)
    if high is None:
        return word("above", language, low=above)
    return word("between", language, low=number(low), high=_level({"size": high, "unit": unit}, language))


def _interval(value: Sequence[float] | None, language: str) -> str:
    if value is None or value[0] == value[1]:
        return ""
    return word("interval", language, low=f"{value[0]:g}", high=f"{value[1]:g}")


def _marks(value: Sequence[Mapping[str, Any]], language: str) -> str:
    told = []
    for one in value:
        text = word("mark", language, field=field_of(one["field"])[language], mark=one["mark"])
        told.append(text + (word("flips", language, rate=percent(one["flips"])) if one["flips"] else ""))
    return word("and", language).join(told) if told else word("no_marks", language)


def _deviations(value: Sequence[float], language: str) -> str:
    numbers = word("list", language).join(f"{one:+.1f}".replace("-", "−") for one in value)
    return word("deviations", language, numbers=numbers) if numbers else ""


def _held(value: Sequence[Mapping[str, Any]], language: str) -> str:
    told = [
        word(
            "held",
            language,
            node=one["node"][language],
            level=_level(one["level"], language),
            year=f"{one['year']:g}",
        )
        for one in value
    ]
    return word("list", language).join(told)


def _along(value: Mapping[str, Any] | None, language: str) -> str:
    if value is None:
        return ""
    names = word("list", language).join(one[language] for one in value["names"])
    return word("along", language, names=names, share=tenths(value["share"]))


def _late(value: Mapping[str, float] | None, language: str) -> str:
    if value is None:
        return ""
    return word("late", language, after=f"{value['year']:g}", missed=tenths(value["share"]))


FORMS: dict[str, Callable[[Any, str], str]] = {
    "": lambda value, _: str(value),
    "count": lambda value, _: f"{value:,}",
    "number": lambda value, _: number(value),
    "share": lambda value, _: f"{value:.2f}",
    "percent": lambda value, _: percent(value),
    "tenths": lambda value, _: tenths(value),
    "points": lambda value, _: points(value),
    "signed": lambda value, _: points(value, signed=True),
    "year": lambda value, _: f"{value:g}",
    "codes": lambda value, _: codes_text(value),
    "label": lambda value, language: value[language],
    "labels": lambda value, language: word("list", language).join(one[language] for one in value),
    "reason": lambda value, language: reason_of(value)[language],
    "aside": lambda value, language: word("aside", language, why=value[language]) if value else "",
    "continuum": lambda value, language: (
        "" if value is None else word("continuum", language, null=f"{value:.2f}")
    ),
    "level": _level,
    "change": _change,
    "bound": _bound,
    "interval": _interval,
    "marks": _marks,
    "deviations": _deviations,
    "held": _held,
    "along": _along,
    "late": _late,
}


class _Filler(Formatter):
    """Fills places by the form that stands behind their colon."""

    def __init__(self, language: str) -> None:
        self._language = language

    def format_field(self, value: Any, form: str) -> str:
        return FORMS[form](value, self._language)
