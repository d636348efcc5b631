"""What is said of circular-economy-2050: sentences from their values alone, the README from the sentences."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from story_of_example import STORY

from meguru.examples import example_path
from meguru.examples.locate import CAUSAL
from meguru.foresight import load
from meguru.foresight.futures import hash_of
from meguru.foresight.telling.words import label_of, percent, sentence

NAME = "circular-economy-2050"


@cache
def story() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(STORY.read_text(encoding="utf-8"))
    return read


def told(*kinds: str, about: str = "") -> list[dict[str, Any]]:
    """Sentences of some kinds, of a group or of the sides of a split together."""
    return [
        one
        for one in story()["sentences"]
        if one["kind"] in kinds and (not about or "".join(sorted(one["about"])) == about)
    ]


@cache
def readme() -> str:
    return example_path(NAME, CAUSAL).with_name("README.md").read_text(encoding="utf-8")


def cells(begin: str) -> list[list[str]]:
    """Rows of the table whose head begins so."""
    table = readme()[readme().index(begin) :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip(" *") for cell in row.strip("|").split("|")] for row in table]


def test_the_story_is_that_of_the_example_as_it_is() -> None:
    """If this fails the model has changed: run and analyse it, and write the story and the README again."""
    assert story()["model_hash"] == hash_of(load(example_path(NAME, CAUSAL)))
    assert (story()["seed"], story()["members"]) == (0, 20_000)


def test_every_sentence_of_the_story_is_made_again_from_its_values_alone() -> None:
    assert len(story()["sentences"]) > 60
    for one in story()["sentences"]:
        assert sentence(one["kind"], one["values"]) == one["text"]


def test_the_readme_gives_the_evidence_for_the_number_of_groups() -> None:
    (count,) = told("count_model")
    values, curves = count["values"], {key: dict(pairs) for key, pairs in count["curves"].items()}
    assert (values["count"], values["proposed"]) == (6, 3) and "2 to 9" in values["why"]["en"]
    rows = cells("| groups | gap ± error")
    assert [int(row[0].split()[0]) for row in rows] == list(range(2, 10))
    for row in rows:
        number = int(row[0].split()[0])
        assert row[1] == f"{curves['gap'][number]:.3f} ± {curves['error'][number]:.3f}"
        assert row[2] == f"{curves['stability'][number]:.2f}"
    years = told("branch", "branch_early")
    assert rows[4][3:] == [f"{values['supported']} of {values['splits']}", str(len(years))]
    assert rows[1][0] == f"{values['proposed']} (proposed)"


def test_the_readme_gives_years_intervals_and_strongest_causes() -> None:
    model = load(example_path(NAME, CAUSAL))
    labels = {label_of(model, name)["en"]: name for name in model.nodes}
    rows = cells("| split | told from")
    branches = told("branch", "branch_early", "branch_doubted")
    assert len(rows) == len(branches) == 5
    for row in rows:
        sides = row[0].split(":")[0].replace(" or ", "·").replace("·", "")
        (one,) = [one for one in branches if "".join(one["about"]) == sides]
        low, high = one["values"]["interval"]
        assert row[1] == f"{one['values']['year']:g} ({low:g}–{high:g})"
        causes = [labels[it["values"]["node"]["en"]] for it in told("driver", about=sides)]
        for place, words in enumerate(row[2].split(", ")):
            said = {label.lower(): name for label, name in labels.items()}
            assert [
                name for label, name in said.items() if words.lower() in label and name == causes[place]
            ], words
    (early,) = told("branch_early")
    assert early["about"] == ["A", "B"] and f"A or B too, {early['values']['null_year']:g}" in readme()
    (doubted,) = told("branch_doubted")
    assert doubted["about"] == ["D", "E"] and "Of the last the year says less" in readme()


def test_the_readme_gives_shares_and_marks() -> None:
    rows = cells("| group | share")
    for row, one in zip(rows, told("group"), strict=True):
        marks = {mark["field"]: mark for mark in one["values"]["marks"]}
        assert row[0][0] == one["values"]["group"] and row[1] == percent(one["values"]["share"])
        assert row[2:] == [
            marks[field]["mark"] for field in ("resource circulation", "environment", "economy", "society")
        ]
    flips = sorted(mark["flips"] for one in told("group") for mark in one["values"]["marks"])
    said = re.search(r"flips in (\d+) % of resamples, no other mark in more\s+than (\d+) %", readme())
    assert said and (round(100 * flips[-1]), round(100 * flips[-2])) == (int(said[1]), int(said[2]))


def test_the_readme_gives_the_road_to_e() -> None:
    (together,) = told("conditions_together", about="E")
    (deadline,) = told("condition_deadline", about="E")
    values = deadline["values"]
    assert [one["node"]["en"] for one in together["values"]["causes"]] == [
        "Programme of eco-points and the like",
        "Public awareness of circulation",
        "Regulation in place",
    ]
    road = " ".join(readme().split("**The road to E.**")[1].split("\n\n")[0].split())
    (box,) = told("conditions_box", about="E")
    described = percent(box["values"]["coverage"]), percent(box["values"]["density"])
    assert (
        "In {} of its futures three conditions are met, and of the futures that meet them {}".format(
            *described
        )
        in road
    )
    raised = percent(together["values"]["unforced"]), percent(together["values"]["forced"])
    assert "from {} to {}".format(*raised) in road
    shares = (percent(values[key]) for key in ("reached", "missed", "wanted"))
    template = "(deadline {:g}: held from then on it gives {}, from {:g} on {}, where {} is asked for)"
    reached, missed, wanted = shares
    assert template.format(values["deadline"], reached, values["after"], missed, wanted) in road
    spared = told("condition_cause", about="E")
    assert len(spared) == 2 and "can be spared, also both together" in road
    for one in spared:
        assert one["values"]["along"]["share"] >= one["values"]["wanted"]
        assert percent(one["values"]["along"]["share"]) in road


def test_the_readme_gives_the_association_of_the_driving_forces() -> None:
    assert f"Cramér's V with the\ngroups is {story()['association']:.2f}." in readme()
