"""What a sorting process does with an item: shares by port, or by rule."""

from __future__ import annotations

import numpy as np

from meguru.engine.compiling.coefficients import ONE
from meguru.engine.compiling.lifetimes import age_of
from meguru.engine.compiling.nodes import PushNodes
from meguru.engine.compiling.shape import Shape
from meguru.engine.plan import FLOW, RULES
from meguru.errors import NetworkError, ShareError, UnsupportedError
from meguru.model.components import Model, Process, Rule
from meguru.quantity import Quantity

DUST = 1e-12  # a share that rounding leaves of one


def sort(push: PushNodes, name: str, process: Process, item: str, node: int) -> None:
    rules = [(i, r) for i, r in enumerate(process.rules) if r.item in (None, item)]
    for index, rule in rules:
        _can_hold(push, name, index, rule)
    if not rules:
        for port, index in _split(push, process.split, f"processes.{name}.split").items():
            push.emit(FLOW, node, name, port, item, index)
        return
    rows = [_split(push, rule.split, f"processes.{name}.rules.{i}.split") for i, rule in rules]
    if process.split:
        rows.append(_split(push, process.split, f"processes.{name}.split"))
    table = _rule_table(push, name, item, rules, bool(process.split))
    for port in dict.fromkeys(p for row in rows for p in row):
        first = push.numbers.put(push.numbers.get(rows[0][port]) if port in rows[0] else np.zeros((1, 1)))
        for row in rows[1:]:
            push.numbers.put(push.numbers.get(row[port]) if port in row else np.zeros((1, 1)))
        largest = max(range(first, first + len(rows)), key=lambda i: float(push.numbers.get(i).max()))
        flows = push.emit(RULES, node, name, port, item, largest, table=table, extra=first)
        for operation in push.by_node[node][len(push.by_node[node]) - len(flows) :]:
            operation[3] = ONE


def _can_hold(push: PushNodes, name: str, index: int, rule: Rule) -> None:
    """Something that arrives has what a rule asks for: a part has no segment and no build class."""
    arriving = [item for item in push.network.arriving.get(name, {}) if rule.item in (None, item)]
    labels = [label for item in arriving for label in _class_labels(push.model, push.shape, item)]
    wrong = {
        "segment": rule.segment is not None and all(rule.segment != segment for _, segment in labels),
        "build": rule.build is not None and all(rule.build != build for build, _ in labels),
        "age_below": rule.age_below is not None
        and all(push.model.items[item].kind == "material" for item in arriving),
    }
    for key in (key for key, is_wrong in wrong.items() if is_wrong):
        raise push.error(
            NetworkError,
            f"processes.{name}.rules.{index}.{key}",
            f"nothing that arrives has a '{key.partition('_')[0]}' to sort by",
            found=", ".join(arriving),
            expected="products in use" if key != "age_below" else "parts or products",
        )


def _split(push: PushNodes, split: dict[str, Quantity | None], place: str) -> dict[str, int]:
    """Coefficients of the shares of one split; 'rest' is what is left. They sum to one."""
    found = {p: push.numbers.share(q, f"{place}.{p}") for p, q in split.items() if q is not None}
    total = sum((push.numbers.get(i) for i in found.values()), np.zeros((1, 1)))
    rest = [p for p, q in split.items() if q is None]
    if np.any(total > 1.0 + 1e-9) or (not rest and np.any(np.abs(total - 1.0) > 1e-9)):
        wrong = float(total.flat[np.abs(total - 1).argmax()])
        raise push.error(
            ShareError,
            place,
            "shares do not sum to one",
            found=f"{wrong:.6g}",
            expected="1; one port may be 'rest'",
        )
    if rest:
        left = 1.0 - total
        found[rest[0]] = push.numbers.put(np.where(left < DUST, 0.0, left))  # no flow of rounding
    return {p: found[p] for p in split}


def _rule_table(
    push: PushNodes, name: str, item: str, rules: list[tuple[int, Rule]], has_default: bool
) -> int:
    """Which row of shares holds, by (condition, class, age)."""
    start = len(push.rules)
    labels = _class_labels(push.model, push.shape, item)
    for condition in range(2 if item in push.shape.failing else 1):
        for build, segment in labels:
            for age in range(push.numbers.steps + 1):
                row = next(
                    (
                        row
                        for row, (i, rule) in enumerate(rules)
                        if _fits(push, f"processes.{name}.rules.{i}", rule, condition, build, segment, age)
                    ),
                    None,
                )
                if row is None and not has_default:
                    raise push.error(
                        NetworkError,
                        f"processes.{name}.rules",
                        f"no rule for some of '{item}'",
                        found=f"condition {'failed' if condition else 'intact'}, age {age} steps",
                        expected="a last rule without conditions, or a split",
                    )
                push.rules.append(len(rules) if row is None else row)
    return start


def _fits(
    push: PushNodes, place: str, rule: Rule, condition: int, build: str, segment: str, age: int
) -> bool:
    if rule.condition is not None and (rule.condition == "failed") != (condition == 1):
        return False
    if (rule.segment is not None and rule.segment != segment) or (
        rule.build is not None and rule.build != build
    ):
        return False
    if rule.age_below is None:
        return True
    limit = push.numbers.read(rule.age_below, "year", f"{place}.age_below")
    if limit.size > 1:
        raise push.error(
            UnsupportedError,
            f"{place}.age_below",
            "an age limit must be one number",
            found="a series or distribution",
        )
    return bool(age_of(age, push.model.time.sales) * push.numbers.step < float(limit[0, 0]) - 1e-9)


def _class_labels(model: Model, shape: Shape, item: str) -> list[tuple[str, str]]:
    """(build class, segment) of each class of an item, in order."""
    if item not in shape.uses:
        return [("", "")]
    return [
        (build, segment)
        for use in shape.uses[item]
        for build in shape.builds[item]
        for segment in (list(model.processes[use].segments) or [""])
    ]
