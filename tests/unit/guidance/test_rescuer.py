"""Whoever gives compressions is told of a danger around them, and pushes again once clear of it."""

import pytest

from aurora.levels import Hazard, Urgency
from aurora.site.model import LANGUAGES
from tests.line import YES, example_library, said
from tests.unit.guidance.rated_call import RatedCall, first_line, pushing, take_along

DANGERS = {
    "en": {
        "there's a fire in here now": "fire",
        "the room is filling with smoke": "fire",
        "I smell gas": "flammable_gas",
        "he's still holding the cable": "electrocution",
        "he's in the tank": "confined_space",
    },
    "es": {
        "hay fuego aquí ahora": "fire",
        "la sala se está llenando de humo": "fire",
        "huele a gas": "flammable_gas",
        "todavía tiene el cable en la mano": "electrocution",
        "está dentro del tanque": "confined_space",
    },
    "fr": {
        "il y a le feu ici maintenant": "fire",
        "la pièce se remplit de fumée": "fire",
        "ça sent le gaz": "flammable_gas",
        "il tient toujours le câble": "electrocution",
        "il est dans la cuve": "confined_space",
    },
    "de": {
        "hier brennt es jetzt": "fire",
        "der Raum füllt sich mit Rauch": "fire",
        "es riecht nach Gas": "flammable_gas",
        "er hält noch das Kabel": "electrocution",
        "er liegt im Tank": "confined_space",
    },
}
BROUGHT_OUT = [
    ("en", "I dragged him outside"),
    ("en", "we're in the car park now"),
    ("es", "lo he arrastrado fuera"),
    ("es", "lo saqué a la calle"),
    ("fr", "je l'ai traîné dehors"),
    ("fr", "on l'a porté dehors"),
    ("de", "ich habe ihn rausgezogen"),
    ("de", "ich habe ihn rausgebracht"),
    ("de", "ich habe ihn nach draußen gezogen"),
]
ALL = [
    (language, words, DANGERS[language][words])
    for language in LANGUAGES
    for words in DANGERS[language]
]
FIRE = said(Urgency.CRITICAL, hazard=Hazard.FIRE, procedure="fire")


@pytest.mark.parametrize(("language", "words", "danger"), ALL)
def test_a_danger_around_a_rescuer_goes_before_compressions(
    language: str, words: str, danger: str
) -> None:
    call = pushing(language)

    assert call.hear(words).startswith(first_line(danger, language))


@pytest.mark.parametrize(("language", "words", "danger"), ALL)
def test_compressions_go_on_once_the_rescuer_is_clear_of_it(
    language: str, words: str, danger: str
) -> None:
    call = pushing(language)
    call.hear(words)

    released = said(facts=dict(example_library().procedures[danger, language].hold_until))
    assert call.take(released).startswith(first_line("cardiac_arrest", language))


@pytest.mark.parametrize(("language", "words"), BROUGHT_OUT)
def test_who_brought_the_casualty_out_pushes_again(language: str, words: str) -> None:
    call = pushing(language)
    call.take(FIRE)

    assert call.hear(words).startswith(first_line("cardiac_arrest", language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_can_be_taken_along_is_and_nobody_stays_for_who_cannot(language: str) -> None:
    call = pushing(language)

    assert take_along(language) in call.take(FIRE)


@pytest.mark.parametrize("fact", ["power_off", "inside"])
def test_nobody_is_told_to_drag_a_casualty_they_must_not_go_near(fact: str) -> None:
    words = {"power_off": "he's still holding the cable", "inside": "he's in the tank"}
    call = pushing()

    assert take_along() not in call.hear(words[fact])


def test_what_ends_the_danger_is_asked_in_the_same_turn() -> None:
    call = pushing()

    assert "Is the power off now?" in call.hear("he's still holding the cable")
    assert call.take(YES).startswith(first_line("cardiac_arrest"))


def test_a_fire_the_rescuer_is_out_of_does_not_stop_them_again() -> None:
    call = pushing()
    call.take(FIRE)
    call.hear("I'm out")
    call.take(FIRE)

    assert call.running == "cardiac_arrest"


def test_a_fire_that_reaches_the_rescuer_again_does() -> None:
    call = pushing()
    call.take(FIRE)
    call.hear("I'm out")
    call.take(
        said(Urgency.CRITICAL, hazard=Hazard.FIRE, procedure="fire", facts={"escaped": False})
    )

    assert call.running == "fire"


def test_another_danger_where_the_rescuer_now_is_stops_them_too() -> None:
    call = pushing()
    call.take(FIRE)
    call.hear("I'm out")

    assert call.hear("I smell gas").startswith(first_line("flammable_gas"))


def test_a_danger_that_is_only_guessed_stops_nobody_from_pushing() -> None:
    call = pushing()
    call.take(said(Urgency.CRITICAL, hazard=Hazard.VIOLENCE, procedure=None, confidence=0.99))

    assert call.running == "cardiac_arrest"


def test_a_spill_moves_the_rescuer_and_holds_compressions_no_longer_than_that() -> None:
    call = pushing()
    call.take(said(Urgency.CRITICAL, hazard=Hazard.CHEMICAL, procedure="spill"))
    assert call.running == "spill"

    assert call.take(said()).startswith(first_line("cardiac_arrest"))


def test_blows_on_the_back_give_way_to_a_danger_as_well() -> None:
    call = RatedCall("en")
    call.hear("my colleague is choking")

    assert call.take(FIRE).startswith(first_line("fire"))
    assert call.situation.state.waiting == "choking"


def test_a_danger_named_by_key_keeps_the_compressions_waiting_too() -> None:
    call = pushing()
    assert call.guide.may_start(call.situation, "fire")
    call.guide.start(call.situation, "fire")

    assert call.situation.state.waiting == "cardiac_arrest"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_danger_that_the_rescuer_is_out_of_may_still_come_near(language: str) -> None:
    call = pushing(language)
    call.take(FIRE)
    call.take(said(facts={"escaped": True}))
    move_on = example_library().phrases_in(language).move_on

    assert call.take(FIRE).startswith(move_on)
    assert move_on not in call.take(FIRE)
