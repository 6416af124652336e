"""What all languages of a procedure share is changed in each of them, and nothing else is."""

import pytest

from aurora.console.procedures.shared import order_of, shared_of, with_shared
from aurora.errors import SiteError
from aurora.site.load import DEFAULT_SITE
from aurora.site.yaml_file import plain_yaml

LANGUAGES = ("en", "es", "fr", "de")
FIRE = {
    f"fire.{language}": (DEFAULT_SITE / f"procedures/{language}/fire.yaml").read_text()
    for language in LANGUAGES
}


def form(**changed: list[str]) -> dict[str, list[str]]:
    shared = shared_of(FIRE, "fire.en")
    steps = {
        f"order/{key}/{at}": [str(at + 1)]
        for key, told in shared.steps.items()
        for at in range(len(told))
    }
    given = {"urgency": [shared.urgency], "alert": list(shared.alert), "uses_exit": ["yes"]}
    return {**given, "equipment": [shared.equipment], **steps, **changed}


def test_the_form_shows_what_is_there_and_saved_as_it_is_it_changes_nothing():
    shared = shared_of(FIRE, "fire.es")
    assert (shared.urgency, shared.uses_exit, shared.unequal) == ("critical", True, [])
    assert shared.alert[0] == "site_emergency_team"
    for key, steps in shared.steps.items():
        assert steps[0] in str(plain_yaml(FIRE[key], key)["then"][0])
    for key, text in FIRE.items():
        assert with_shared(text, key, form()) == text


def test_urgency_alerts_and_exit_change_in_every_language_and_no_other_line_does():
    asked = form(urgency=["urgent"], alert=["fire", "site_emergency_team", "medical"])
    del asked["uses_exit"]
    texts = {key: with_shared(text, key, asked) for key, text in FIRE.items()}

    for key, text in texts.items():
        before, after = plain_yaml(FIRE[key], key), plain_yaml(text, key)
        assert after["urgency"] == "urgent"
        assert after["alert"] == ["site_emergency_team", "fire", "medical"]
        assert after["uses_exit"] is False
        fields = {"urgency", "alert", "uses_exit"}
        assert {name: after[name] for name in after.keys() - fields} == {
            name: before[name] for name in before.keys() - fields
        }
        gone = set(FIRE[key].splitlines()) - set(text.splitlines())
        assert len(gone) <= 4
    assert shared_of(texts, "fire.de").unequal == []


def test_a_step_moves_in_the_languages_that_its_place_was_typed_for():
    asked = form(**{"order/fire.es/3": ["1"]})
    for key, text in FIRE.items():
        before = plain_yaml(text, key)["then"]
        after = plain_yaml(with_shared(text, key, asked), key)
        moved = [before[3], *before[:3], *before[4:]]
        assert after["then"] == (moved if key == "fire.es" else before)
        assert after["comfort"] == plain_yaml(text, key)["comfort"]


def test_where_all_languages_have_the_same_steps_one_place_is_for_all():
    texts = dict.fromkeys(FIRE, FIRE["fire.en"])
    assert list(shared_of(texts, "fire.de").steps) == ["all"]
    before = plain_yaml(FIRE["fire.en"], "fire.en")["then"]
    for key, text in texts.items():
        after = plain_yaml(with_shared(text, key, {"order/all/0": ["2"]}), key)["then"]
        assert after == [before[1], before[0], *before[2:]]


@pytest.mark.parametrize(
    ("given", "order"),
    [
        ({}, [0, 1, 2, 3]),
        ({"order/all/3": ["2"]}, [0, 3, 1, 2]),
        ({"order/all/0": ["3"]}, [1, 2, 0, 3]),
        ({"order/all/0": ["2"], "order/all/1": ["1"]}, [1, 0, 2, 3]),
        ({"order/all/2": ["soon"], "order/all/1": ["-4"]}, [0, 1, 2, 3]),
    ],
)
def test_who_moves_one_step_types_one_place(given, order):
    assert order_of(given, "all", 4) == order


def test_fields_in_which_languages_differ_are_named():
    french = FIRE["fire.fr"].replace("urgency: critical", "urgency: normal")
    assert shared_of({**FIRE, "fire.fr": french}, "fire.en").unequal == ["urgency"]


def test_a_text_that_is_none_is_refused_by_its_name():
    with pytest.raises(SiteError, match=r"fire\.de"):
        shared_of({**FIRE, "fire.de": "- a\n- list\n"}, "fire.en")
