"""What announces a drill, and what says that it is none."""

import pytest

from aurora.conditions.words import says_drill, says_real, without_drill
from aurora.triage.text import Utterance, normalise

LANGUAGES = ("en", "es", "fr", "de")


def flat(words: str) -> str:
    return Utterance(normalise(words)).flat


@pytest.mark.parametrize(
    "words",
    [
        "exercise exercise, fire in zone B, one casualty",
        "this is an exercise, gas leak in zone B",
        "fire drill, smoke in zone C",
        "simulacro, incendio en la zona B",
        "esto es un ejercicio, fuga de gas",
        "exercice exercice, feu en zone B",
        "ceci est un exercice, fuite de gaz",
        "Übung Übung, Feuer in Zone B",
        "das ist eine Übung, Gasaustritt",
    ],
)
def test_a_drill_is_announced(words):
    assert says_drill(flat(words), LANGUAGES)
    assert not says_real(flat(words), LANGUAGES)


@pytest.mark.parametrize(
    "words",
    [
        "his hand is caught in the pillar drill",
        "the drill went through his hand",
        "is this a drill? there is smoke",
        "during the exercise a man fell",
        "in the middle of the fire drill there is a leak",
        "log this as an exercise, ammonia is leaking",
        "en pleno simulacro se ha caído un hombre",
        "pendant l'exercice un homme est tombé",
        "während der Übung ist einer gestürzt",
        "fire in zone B",
    ],
)
def test_a_mention_of_a_drill_is_no_announcement(words):
    assert not says_drill(flat(words), LANGUAGES)


@pytest.mark.parametrize(
    "words",
    [
        "no duff",
        "this is not a drill",
        "exercise exercise, no duff, man down",
        "stop the exercise",
        "esto no es un simulacro",
        "paren el ejercicio",
        "ce n'est pas un exercice",
        "arrêtez l'exercice",
        "das ist keine Übung",
        "Übung abbrechen",
    ],
)
def test_it_is_for_real(words):
    assert says_real(flat(words), LANGUAGES)
    assert not says_drill(flat(words), LANGUAGES)


def test_what_is_played_is_left_without_the_words_of_the_drill():
    words = flat("exercise exercise, fire in zone B, one casualty")

    assert without_drill(words, LANGUAGES) == "fire in zone b one casualty"
