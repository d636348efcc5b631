"""Whether values may be read side by side: the same level, the same kind of goods."""

from __future__ import annotations

from collections.abc import Iterable

from meguru.indicators.catalogue.definitions import LEVELS, Words
from meguru.indicators.catalogue.measured import NOT_GIVEN, WITHOUT, Measured

GOODS = ("durable", "consumable")
NAMES = {
    "product": Words("product", "製品"),
    "business": Words("business", "事業"),
    "supply_chain": Words("supply chain", "サプライチェーン"),
    "nation": Words("nation", "国"),
    "durable": Words("durable", "耐久財"),
    "consumable": Words("consumable", "消耗品"),
}


def warnings_of(found: Iterable[Measured]) -> list[Words]:
    """What to beware of, each once."""
    every = list(found)
    values = [one for one in every if one.state not in WITHOUT]
    warnings = [*_mixed_levels(values), *_mixed_goods(values), *_unusual_levels(values)]
    return [*warnings, *_mandatory_left_out(every)]


def _mandatory_left_out(every: list[Measured]) -> list[Words]:
    """Indicators that a standard asks for, and of which neither figures nor a reason are given."""
    found: dict[str, dict[str, None]] = {}
    for one in every:
        if one.definition.mandatory and one.state == NOT_GIVEN:
            found.setdefault(one.definition.set, {})[one.definition.short] = None
    return [
        Words(
            f"{name}: mandatory and not given: {', '.join(left)}. "
            "Give their figures, or say 'not applicable: why' of them.",
            f"{name}：必須の指標 {'、'.join(left)} の値がありません。"
            "値を入力するか、「該当しない: 理由」と記してください。",
        )
        for name, left in found.items()
    ]


def _listed(names: Iterable[str]) -> Words:
    known = [NAMES[name] for name in names]
    return Words(", ".join(one.en for one in known), "・".join(one.ja for one in known))


def _mixed_levels(values: list[Measured]) -> list[Words]:
    there = {one.level for one in values}
    levels = [level for level in LEVELS if level in there]
    if len(levels) < 2:
        return []
    names = _listed(levels)
    return [
        Words(
            f"levels are mixed: {names.en}. Compare within one level only.",
            f"評価レベルが混在しています（{names.ja}）。同じレベルの中だけで比較してください。",
        )
    ]


def _mixed_goods(values: list[Measured]) -> list[Words]:
    there = {one.goods for one in values}
    if not set(GOODS) == there:
        return []
    return [
        Words(
            "durable and consumable goods are side by side: the same indicator does not compare them.",
            "耐久財と消耗品が並んでいます。同じ指標でも単純には比較できません。",
        )
    ]


def _unusual_levels(values: list[Measured]) -> list[Words]:
    found: dict[tuple[str, str], Words] = {}
    for one in values:
        if one.level is not None and one.level not in one.definition.levels:
            meant, level = _listed(one.definition.levels), NAMES[one.level]
            found[one.id, one.level] = Words(
                f"{one.id} is meant for {meant.en}, and is measured of a {level.en} here.",
                f"{one.id} は{meant.ja}レベルの指標ですが、{level.ja}レベルで測っています。",
            )
    return list(found.values())
