"""Of several casualties the worst off counts, and no one's being awake keeps help from another."""

import pytest

from aurora.conversation.facts import learn
from aurora.triage.text import normalise
from tests.line import NO, rules_of
from tests.unit.guidance.line import BREATHING, STEPS, Line, procedure

ONE_OF_TWO = [
    ("en", "one is awake, the other isn't"),
    ("es", "uno está despierto y el otro no"),
    ("fr", "l'un est conscient, l'autre non"),
    ("de", "der eine ist wach, der andere nicht"),
]
SEVERAL = [
    ("en", "two people got electrocuted"),
    ("en", "three casualties"),
    ("en", "there's another man unconscious"),
    ("es", "se electrocutaron dos compañeros"),
    ("es", "hay otro herido, está inconsciente"),
    ("fr", "deux collègues sont électrocutés"),
    ("fr", "il y a un autre blessé"),
    ("de", "zwei Kollegen sind verletzt"),
    ("de", "noch einer ist bewusstlos"),
]
BREATHES = [
    ("en", "one is breathing, the other is not"),
    ("es", "uno respira y el otro no"),
    ("fr", "l'un respire, l'autre non"),
    ("de", "der eine atmet, der andere nicht"),
]


def facts(language: str, words: str) -> dict:
    return dict(rules_of(language).rate(normalise(words), language).facts)


@pytest.mark.parametrize(("language", "words"), ONE_OF_TWO)
def test_of_two_the_one_who_is_not_awake_counts(language, words):
    told = facts(language, words)

    assert (told.get("awake"), told.get("others_hurt")) == (False, True)


@pytest.mark.parametrize(("language", "words"), BREATHES)
def test_of_two_the_one_who_does_not_breathe_counts(language, words):
    told = facts(language, words)

    assert (told.get("breathing"), told.get("others_hurt")) == (False, True)


@pytest.mark.parametrize(("language", "words"), SEVERAL)
def test_several_casualties_are_known_as_such(language, words):
    assert facts(language, words).get("others_hurt") is True


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "there are three of us here"),
        ("en", "he's awake"),
        ("es", "somos tres aquí"),
        ("fr", "nous sommes trois ici"),
        ("de", "wir sind zu dritt hier"),
    ],
)
def test_people_beside_one_casualty_are_no_casualties(language, words):
    assert "others_hurt" not in facts(language, words)


def test_good_news_of_one_casualty_is_no_good_news_of_another():
    known = {"awake": False, "breathing": False, "others_hurt": True}
    learn(known, {"awake": True, "breathing": True})

    assert (known["awake"], known["breathing"]) == (False, False)


def test_good_news_of_the_only_casualty_is_taken():
    known = {"awake": False}
    learn(known, {"awake": True})

    assert known["awake"] is True


def test_who_stopped_breathing_is_awake_no_more():
    known = {"awake": True}
    learn(known, {"breathing": False})

    assert "awake" not in known


def test_whoever_is_said_to_be_awake_in_the_same_words_still_is():
    known = {"awake": True}
    learn(known, {"breathing": False, "awake": True})

    assert known["awake"] is True


# What follows

AWAKE = {"ask": "Is he awake?", "again": "Does he answer you?", "fact": "awake"}


def running(**parts) -> Line:
    line = Line(procedure(**parts), procedure("cardiac_arrest"))
    line.start()
    return line


def test_one_who_is_awake_keeps_no_compressions_from_another():
    line = running(then=[BREATHING, *STEPS])
    line.facts.update(awake=True, others_hurt=True)
    line.hear()

    assert line.hear(NO).startswith("First of cardiac_arrest.")


def test_who_was_awake_and_breathes_badly_is_asked_after_once_more():
    line = running(then=[BREATHING, AWAKE, *STEPS])
    line.facts["awake"] = True
    line.hear()

    assert line.hear(NO) == "Does he answer you?"
    assert line.hear(NO).startswith("First of cardiac_arrest.")


def test_what_is_said_while_the_power_is_on_is_not_said_once_it_is_off():
    line = running(then=[BREATHING, *STEPS], hold_until={"power_off": True})
    line.facts.update(awake=True, power_off=True)
    line.hear()

    assert "Not while the power is on." not in line.hear(NO)
