"""Whole calls, every provider off: an answer goes to what was asked, a fact before a likeness."""

import pytest

from aurora.conversation.dialogue import Dialogue
from aurora.rooms import open_rooms
from aurora.settings import load_settings
from tests.line import NOON, new_call

PUSH = {"en": "centre of the chest", "es": "centro del pecho", "fr": "poitrine", "de": "Brustkorb"}
"""In the first line of cardiac_arrest."""


@pytest.fixture(scope="module")
def dialogue() -> Dialogue:
    rooms = open_rooms(load_settings())
    rooms.triage.warm()
    return rooms.dialogue


def told(dialogue: Dialogue, language: str, *words: str) -> str:
    """What Aurora says to the last of these words."""
    call = new_call(language=language)
    dialogue.close_turn(dialogue.greet(call, NOON))
    said = ""
    for one in words:
        turn = dialogue.hear(call, one, NOON)
        dialogue.close_turn(turn)
        said = turn.message
    return said


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["gas leak in zone B", "I'm out", "my colleague here passed out", "no"]),
        ("es", ["fuga de gas en zona B", "ya estoy fuera", "mi compañero se desmayó aquí", "no"]),
        ("fr", ["il y a le feu zone B", "on est dehors", "mon collègue s'est évanoui", "non"]),
        (
            "de",
            ["es brennt in Zone B", "ja wir sind draußen", "mein Kollege ist bewusstlos", "nein"],
        ),
    ],
)
def test_a_casualty_outside_who_does_not_breathe_gets_compressions(dialogue, language, words):
    assert PUSH[language] in told(dialogue, language, *words)


AGAIN = {
    "en": ["he's not breathing", "he's breathing again"],
    "es": ["no respira", "ya respira otra vez"],
    "fr": ["il ne respire pas", "il respire à nouveau"],
    "de": ["er atmet nicht", "er atmet wieder"],
}
SIDE = {"en": "side", "es": "lado", "fr": "côté", "de": "Seite"}
BACK = {"en": "back", "es": "boca arriba", "fr": "dos", "de": "rücken"}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "he stopped breathing again"),
        ("en", "he's not breathing again"),
        ("en", "he's stopped breathing"),
        ("es", "ha dejado de respirar otra vez"),
        ("es", "otra vez no respira"),
        ("fr", "il a encore arrêté de respirer"),
        ("fr", "il ne respire plus du tout"),
        ("de", "er hat wieder aufgehört zu atmen"),
        ("de", "er atmet wieder nicht"),
    ],
)
def test_who_stops_breathing_again_is_pushed_again_and_not_turned(dialogue, language, words):
    turned = told(dialogue, language, *AGAIN[language])
    pushed = told(dialogue, language, *AGAIN[language], words)

    assert SIDE[language] in turned
    assert SIDE[language] not in pushed
    assert BACK[language] in pushed.lower()


@pytest.mark.parametrize(
    ("language", "arrest", "alone", "child"),
    [
        ("en", "he's not breathing", "yes I'm alone", "grown-up"),
        ("es", "no respira", "sí, estoy solo", "adulto"),
        ("fr", "il ne respire pas", "oui je suis seul", "adulte"),
        ("de", "er atmet nicht", "ja, ich bin allein", "Erwachsene"),
    ],
)
def test_an_adult_alone_is_not_spoken_to_as_a_child(dialogue, language, arrest, alone, child):
    assert child not in told(dialogue, language, arrest, alone)


@pytest.mark.parametrize(
    ("language", "fire", "alone", "door"),
    [
        ("en", "fire in zone D", "I'm alone here", "door between"),
        ("es", "hay fuego en zona D", "estoy solo aquí", "Cierre la puerta"),
        ("fr", "il y a le feu zone D", "je suis seul ici", "Fermez la porte"),
        ("de", "es brennt in Zone D", "ich bin allein hier", "Tür zu"),
    ],
)
def test_who_is_alone_in_a_fire_is_not_told_to_shut_themselves_in(
    dialogue, language, fire, alone, door
):
    assert door not in told(dialogue, language, fire, alone)


def test_who_brought_the_defibrillator_is_told_to_use_it(dialogue):
    words = ["he's not breathing", "someone brought the defibrillator"]

    assert "Switch it on" in told(dialogue, "en", *words)


TWO = {
    "en": "two people got electrocuted / zone A / power is off / one is awake the other isn't",
    "es": "se electrocutaron dos compañeros / zona A / la corriente está cortada / "
    "uno está despierto y el otro no",
    "fr": "deux collègues sont électrocutés / zone A / le courant est coupé / "
    "l'un est conscient, l'autre non",
    "de": "zwei Kollegen haben einen Stromschlag / Zone A / der Strom ist aus / "
    "der eine ist wach, der andere nicht",
}


@pytest.mark.parametrize(
    ("language", "no"), [("en", "no"), ("es", "no"), ("fr", "non"), ("de", "nein")]
)
def test_one_who_is_awake_keeps_no_compressions_from_the_other(dialogue, language, no):
    words = TWO[language].split(" / ")
    said = [told(dialogue, language, *words, *[no] * times) for times in (1, 2, 3)]

    assert any(PUSH[language] in one for one in said)
