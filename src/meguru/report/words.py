"""Words of the report in both languages, from ``texts.yaml``, and names of the model as they are shown."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from meguru.files.shipped import read_shipped
from meguru.model.components import Component, Model
from meguru.report.both import EMPTY, Both

OUTSIDE = "outside"
PART_FAILURE = "part_failure"


@lru_cache(maxsize=8)
def texts_of(room: str) -> dict[str, dict[str, Both]]:
    """Part of the ``texts.yaml`` of a room → key → words."""
    found = read_shipped(resources.files(room).joinpath("texts.yaml"))
    return {
        part: {str(key): _both(entry) for key, entry in entries.items()} for part, entries in found.items()
    }


def _texts() -> dict[str, dict[str, Both]]:
    return texts_of("meguru.report")


def _both(entry: object) -> Both:
    if isinstance(entry, list):
        return Both(str(entry[0]), str(entry[1]))
    return Both.of(entry)


def say(key: str, **values: object) -> Both:
    """A sentence or heading of the report."""
    text = _texts()["report"][key]
    return text.fill(**values) if values else text


def unit_words() -> dict[str, Both]:
    """Unit → as it is written."""
    return _texts()["units"]


def unit_words_of_one() -> dict[str, Both]:
    """Unit → as one of it is written, where that is another word."""
    return _texts()["units_of_one"]


def common(word: str) -> Both:
    """A name that models use without a label (a group, a stage, a cause): known words in both languages."""
    found = _texts()["common"].get(word.replace("_", " ").replace("-", " ").casefold())
    return found if found is not None else Both.of(word.replace("_", " "))


def label_of(component: Component | None, name: str) -> Both:
    """The label of a component; its name if it has none."""
    label = component.label if component is not None else None
    if label is not None:
        label = (
            {key: _kept_together(text) for key, text in label.items()}
            if isinstance(label, dict)
            else _kept_together(label)
        )
    if isinstance(label, dict):
        texts = [text for text in label.values() if text]
        fallback = label.get("en") or label.get("ja") or (texts[0] if texts else name)
        return Both(label.get("en") or fallback, label.get("ja") or fallback)
    return Both.of(label) if label else common(name)


def _kept_together(text: str) -> str:
    """A number and its % do not part at the end of a line."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


class Names:
    """Labels of what stands in a model, by its name."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def process(self, name: str) -> Both:
        return label_of(self.model.processes.get(name), name)

    def item(self, name: str) -> Both:
        return label_of(self.model.items.get(name), name)

    def actor(self, name: str) -> Both:
        if name == OUTSIDE and name not in self.model.actors:
            return say("outside")
        return label_of(self.model.actors.get(name), name)

    def category(self, name: str) -> Both:
        return label_of(self.model.impacts.get(name), name)

    def indicator(self, name: str) -> Both:
        return label_of(self.model.indicators.get(name), name)

    def scenario(self, name: str) -> Both:
        return label_of(self.model.scenarios.get(name), name)

    def measure(self, name: str) -> Both:
        return label_of(self.model.measures.get(name), name)

    def cause(self, process: str, cause: str) -> Both:
        found = self.model.processes.get(process)
        if found is not None and cause in found.leave:
            return label_of(found.leave[cause], cause)
        return self.item(cause) if cause in self.model.items else common(cause)

    def route(self, name: str) -> Both:
        """A route by its own name, or as 'from → to'."""
        source, arrow, target = name.partition(" -> ")
        if not arrow:
            return Both.of(name)
        return self.process(source.partition(".")[0]) + " → " + self.process(target)

    def place(self, name: str, where: str) -> Both:
        """What an entry of the account belongs to: a process, a route or a measure."""
        if where == "route":
            return self.route(name)
        return self.measure(name) if where == "measure" else self.process(name)

    def note(self, component: Component) -> Both:
        return Both.of(component.note) if component.note else EMPTY
